"""What a terminal is like: its streams and their colours, its bars."""
