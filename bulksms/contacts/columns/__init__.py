"""The column mapping of a sheet, by its headers."""
