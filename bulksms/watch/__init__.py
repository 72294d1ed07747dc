"""Runs a saved campaign on every complete file that is dropped into a folder."""
