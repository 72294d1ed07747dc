"""Reads a file into tables of text.

What builds the table is imported on first use: the process that reads a workbook must start at
once and needs none of its libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bulksms.loader.interface import ReadOptions, Sheet, Source, shown_file

if TYPE_CHECKING:
    from bulksms.loader.row_store import Block, RowStore
    from bulksms.loader.sheets import open_sheets, read_sheets

__all__ = [
    "Block",
    "ReadOptions",
    "RowStore",
    "Sheet",
    "Source",
    "open_sheets",
    "read_sheets",
    "shown_file",
]
_MODULES = {
    "Block": "row_store",
    "RowStore": "row_store",
    "open_sheets": "sheets",
    "read_sheets": "sheets",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
