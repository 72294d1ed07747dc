"""A file becomes a table of text.

The names behind this door load when they are asked for: the process that reads a workbook must
start at once and needs none of the libraries that lay the table out.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulksms.loader.interface import Level, Note, ReadOptions, Sheet, Source
    from bulksms.loader.opening import open_sheets, read_sheets

__all__ = ["Level", "Note", "ReadOptions", "Sheet", "Source", "open_sheets", "read_sheets"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever stands behind the door
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "opening" if name.endswith("_sheets") else "interface"
    return getattr(import_module(f"{__name__}.{room}"), name)
