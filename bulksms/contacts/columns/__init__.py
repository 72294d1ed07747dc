"""Which column of a sheet is what, told by its header."""
