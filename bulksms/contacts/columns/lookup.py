"""Finds a column by what people call it, and says what is near when there is none.

It reads headers, and values only to tell whether two equal headers hold the same.
"""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.compute as pc

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow
from bulksms.contacts.columns.headers import compact
from bulksms.errors import BulkSmsError, MappingError
from bulksms.loader import Sheet

__all__ = ["find", "find_or_count", "name_of", "place", "seen", "where"]


def seen(sheet: Sheet) -> Sheet:
    """Take the names off the columns that are hidden."""
    names = ("" if at in sheet.hidden_columns else name for at, name in enumerate(sheet.header))
    return replace(sheet, header=tuple(names))


def find(sheet: Sheet, header: str, error: type[BulkSmsError]) -> int | None:
    """Find a column by its header, in any spelling; an error when it could be two."""
    exact = [at for at, known in enumerate(sheet.header) if known.strip() == header.strip()]
    wanted = compact(header)
    loose = [at for at, known in enumerate(sheet.header) if wanted and compact(known) == wanted]
    found = exact or loose
    _refuse_equal(sheet, found, error)
    return found[0] if found else None


def find_or_count(sheet: Sheet, header: str) -> int | None:
    """Find a column by its header, or by its number from 1."""
    position = find(sheet, header, MappingError)
    if position is None and header.strip().isdecimal():
        return int(header) - 1 if 1 <= int(header) <= sheet.rows.width else None
    return position


def name_of(sheet: Sheet, at: int) -> str:
    """Name a column so that `find_or_count` finds it: its header where that is enough."""
    runs = [compact(name) for name in sheet.header]
    return sheet.header[at].strip() if runs[at] and runs.count(runs[at]) == 1 else str(at + 1)


def _refuse_equal(sheet: Sheet, positions: Sequence[int], error: type[BulkSmsError]) -> None:
    for later in positions[1:]:
        if _differ(sheet, positions[0], later):
            raise error(
                f"Columns {positions[0] + 1} and {later + 1} of {where(sheet)} are both called "
                f"{sheet.header[later].strip()!r} and hold different values: rename one, "
                "or choose with --map FIELD=COLUMN NUMBER."
            )


def _differ(sheet: Sheet, left: int, right: int) -> bool:
    nothing = arrow_scalar("")
    for block in sheet.rows.blocks([left, right]):
        one, other = (pc.utf8_trim_whitespace(block.column(at)) for at in (left, right))
        filled = pc.and_(pc.not_equal(one, nothing), pc.not_equal(other, nothing))
        if bools_from_arrow(pc.and_(filled, pc.not_equal(one, other))).any():
            return True
    return False


def place(sheet: Sheet) -> str:
    """Name a file, and its sheet when it has several."""
    return sheet.source.path + (f" ({sheet.source.sheet})" if sheet.source.sheet else "")


def where(sheet: Sheet) -> str:
    """Name a file like `place`, and say that columns are hidden."""
    return place(sheet) + (" (hidden columns left out)" if sheet.hidden_columns else "")
