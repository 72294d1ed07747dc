"""Sheets become contacts and rejections, and every row is one of the two."""
