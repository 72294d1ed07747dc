"""A file becomes a table of text."""

from bulksms.loader.interface import Note, ReadOptions, Sheet, Source

__all__ = ["Note", "ReadOptions", "Sheet", "Source"]
