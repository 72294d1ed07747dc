"""What one row says by itself, and what is known of every row."""
