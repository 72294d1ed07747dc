"""Compiles the installed metadata into the number table: `make tables`, never at run time."""

from tools.number_table.making import compiled

__all__ = ["compiled"]
