"""Campaigns that are being written in the page: their files, columns, corrections and plans."""
