"""Words that several findings share: how many there are, and where a row stands."""

import numpy as np

from bulksms.contacts.rows.row_table import RowTable

__all__ = ["counted", "row_place"]


def counted(count: int, noun: str) -> str:
    """Say how many there are, as "1 row" or "2 rows"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def row_place(verdicts: RowTable, row: int) -> str:
    """Say where a row stands, as "row 17"."""
    return f"row {verdicts.places(np.array([row]))[0]}"
