"""Which column of a sheet is what, by its header."""
