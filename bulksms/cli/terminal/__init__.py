"""What a terminal is like: its streams, its colours, its bars."""
