"""A file becomes a table of text."""

from bulksms.loader.interface import Level, Note, ReadOptions, Sheet, Source
from bulksms.loader.opening import open_sheets, read_sheets

__all__ = ["Level", "Note", "ReadOptions", "Sheet", "Source", "open_sheets", "read_sheets"]
