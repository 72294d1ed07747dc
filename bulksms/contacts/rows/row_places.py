"""Where rows stand, as people see it: their number, and their file when there are several."""

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.columns.naming import place
from bulksms.contacts.rows.verdicts import Verdicts

__all__ = ["places_of_rows", "row_place"]


def row_place(verdicts: Verdicts, row: int) -> str:
    """Say where a row stands, as "row 17"."""
    return f"row {places_of_rows(verdicts, np.array([row]))[0]}"


def places_of_rows(verdicts: Verdicts, rows: NDArray[np.integer]) -> list[str]:
    """Give the numbers of rows, as "17" or "17 of list.csv"."""
    several = len(verdicts.pairs) > 1
    files = [f" of {place(sheet)}" if several else "" for sheet, _ in verdicts.pairs]
    sheets = np.searchsorted(verdicts.starts, rows, side="right") - 1
    numbers = np.zeros(len(rows), dtype=np.int64)
    for at, sheet, _, where in verdicts.sheets():
        inside = sheets == at
        numbers[inside] = sheet.rows.numbers[rows[inside] - where.start]
    pairs = zip(numbers.tolist(), sheets.tolist(), strict=True)
    return [f"{number}{files[at]}" for number, at in pairs]
