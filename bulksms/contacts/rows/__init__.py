"""The result of one row by itself, and the table of all rows."""
