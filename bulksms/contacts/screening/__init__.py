"""Rows of all sheets become contacts and rejections, each row exactly one of the two."""
