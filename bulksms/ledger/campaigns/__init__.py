"""Campaigns and their frames: created whole, read, counted and summed."""
