"""Writes down why a row is left out, and says where a row stands; it must not know any rule."""

from collections.abc import Sequence

import pandas as pd

from bulksms.contacts.model import Reason
from bulksms.loader import Sheet

__all__ = ["counted", "mark", "place", "row_place"]


def mark(
    table: pd.DataFrame,
    where: pd.Series,
    reason: Reason,
    sentence: str | pd.Series,
    *,
    column: str | pd.Series | None = None,
    cell: str | pd.Series | None = None,
) -> pd.DataFrame:
    """Give the rows `where` a reason; a column or cell of `None` stays as it is."""
    if not where.any():
        return table
    told = {"reason": reason.value, "sentence": sentence, "column": column, "cell": cell}
    changed = {
        name: table[name].mask(where, value).astype("str")
        for name, value in told.items()
        if value is not None
    }
    return table.assign(**changed)


def place(sheet: Sheet) -> str:
    """Name a file, and its sheet when it has several."""
    return sheet.source.path + (f" ({sheet.source.sheet})" if sheet.source.sheet else "")


def row_place(rows: pd.DataFrame, sheets: Sequence[Sheet]) -> str:
    """Say where the first of the rows stands, as "row 17", with its file when there are several."""
    first = rows.iloc[0]
    file = f" of {place(sheets[first['source']])}" if len(sheets) > 1 else ""
    return f"row {first['row']}{file}"


def counted(rows: pd.DataFrame, noun: str) -> str:
    """Say how many there are, as "1 row" or "2 rows"."""
    return f"{len(rows)} {noun}" if len(rows) == 1 else f"{len(rows)} {noun}s"
