"""Findings about all rows together, to be read before sending."""
