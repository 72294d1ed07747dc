"""Compiles the installed metadata into the number table: `make tables`, never at run time."""

from bulksms.contacts.numbers.compiler.making import compiled

__all__ = ["compiled"]
