"""What people must know before sending, found in all rows together."""
