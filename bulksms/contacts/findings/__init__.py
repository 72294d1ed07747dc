"""What to know before sending, found in all rows together."""
