"""Finds a column by its header or its number, and names columns and files for people.

Values are read only to see whether two columns of one name hold the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.compute as pc

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow
from bulksms.contacts.columns.headers import compact
from bulksms.errors import BulkSmsError, MappingError
from bulksms.loader import Sheet

__all__ = [
    "column_name",
    "file_label",
    "find_column",
    "find_column_or_number",
    "visible_label",
    "without_hidden",
]


def without_hidden(sheet: Sheet) -> Sheet:
    """Take the headers off the columns that are hidden."""
    names = ("" if at in sheet.hidden_columns else name for at, name in enumerate(sheet.header))
    return replace(sheet, header=tuple(names))


def find_column(sheet: Sheet, header: str, error: type[BulkSmsError]) -> int | None:
    """Find a column by its header, in any spelling.

    Raises:
        BulkSmsError: several columns have that header and hold different values.
    """
    exact = [at for at, name in enumerate(sheet.header) if name.strip() == header.strip()]
    wanted = compact(header)
    loose = [at for at, name in enumerate(sheet.header) if wanted and compact(name) == wanted]
    positions = exact or loose
    _refuse_different(sheet, positions, error)
    return positions[0] if positions else None


def find_column_or_number(sheet: Sheet, header: str) -> int | None:
    """Find a column by its header, or by its number from 1."""
    position = find_column(sheet, header, MappingError)
    if position is None and header.strip().isdecimal():
        return int(header) - 1 if 1 <= int(header) <= sheet.rows.width else None
    return position


def column_name(sheet: Sheet, at: int) -> str:
    """Name a column so that `find_column_or_number` finds it: by its header where possible."""
    runs = [compact(name) for name in sheet.header]
    return sheet.header[at].strip() if runs[at] and runs.count(runs[at]) == 1 else str(at + 1)


def _refuse_different(sheet: Sheet, positions: Sequence[int], error: type[BulkSmsError]) -> None:
    for later in positions[1:]:
        if _differ(sheet, positions[0], later):
            raise error(
                f"Columns {positions[0] + 1} and {later + 1} of {visible_label(sheet)} are both "
                f"called {sheet.header[later].strip()!r} and hold different values: rename one, "
                "or choose with --map FIELD=COLUMN NUMBER."
            )


def _differ(sheet: Sheet, left: int, right: int) -> bool:
    nothing = arrow_scalar("")
    for block in sheet.rows.blocks([left, right]):
        first, second = (pc.utf8_trim_whitespace(block.column(at)) for at in (left, right))
        filled = pc.and_(pc.not_equal(first, nothing), pc.not_equal(second, nothing))
        if bools_from_arrow(pc.and_(filled, pc.not_equal(first, second))).any():
            return True
    return False


def file_label(sheet: Sheet) -> str:
    """Name a file, and its sheet when it has several."""
    return sheet.source.shown + (f" ({sheet.source.sheet})" if sheet.source.sheet else "")


def visible_label(sheet: Sheet) -> str:
    """Name a file like `file_label`, and say that columns are hidden."""
    return file_label(sheet) + (" (hidden columns left out)" if sheet.hidden_columns else "")
