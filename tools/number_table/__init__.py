"""Compiles the installed metadata into the number table: `make tables`, never at run time."""

from tools.number_table.compile_table import compile_table

__all__ = ["compile_table"]
