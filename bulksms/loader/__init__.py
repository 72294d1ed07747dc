"""Reads a file into tables of text.

The names are imported on first use: the process that reads a workbook must start at once and
needs none of the libraries that build the table.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulksms.loader.interface import ReadOptions, Sheet, Source
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
]
_MODULES = dict.fromkeys(("Block", "RowStore"), "row_store") | dict.fromkeys(
    ("open_sheets", "read_sheets"), "sheets"
)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'interface')}"), name)
