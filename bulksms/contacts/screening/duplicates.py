"""Of several rows with one number, the one that is texted; the others name it.

It sees only rows that could be texted.
"""

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.rejection_codes import ROW_REF
from bulksms.contacts.rows.row_table import RowTable
from bulksms.contacts.rows.rules import Duplicates

__all__ = ["SAME_NUMBER", "find_duplicates", "reject_duplicates"]

SAME_NUMBER = f"The same number is in row {ROW_REF}, which is texted instead."
ROWS_AT_ONCE = 1 << 20

Rows = NDArray[np.int64]


def find_duplicates(row_table: RowTable, rows: Rows, rule: Duplicates) -> tuple[Rows, Rows]:
    """Find the rows whose number another row is texted for, and for each of them that row.

    Args:
        row_table: what is known of all rows.
        rows: those that could be texted, in file order.
        rule: which row is kept; `refuse` keeps the first, so that the rows still add up.
    """
    rows = rows[_repeated(row_table.columns.phone_numbers, rows)]
    numbers = row_table.columns.phone_numbers[rows]
    if rule is Duplicates.MOST_COMPLETE:
        filled = row_table.columns.filled_fields[rows].astype(np.int64)
        order = np.lexsort((-filled, numbers))
    else:
        order = np.argsort(numbers, kind="stable")
    first = np.ones(len(order), dtype=bool)
    first[1:] = numbers[order][1:] != numbers[order][:-1]
    groups = np.cumsum(first) - 1
    keeps = np.roll(first, -1) if rule is Duplicates.LAST else first
    kept = rows[order[keeps]][groups]
    dropped = ~keeps
    file_order = np.argsort(rows[order[dropped]])
    return rows[order[dropped]][file_order], kept[dropped][file_order]


def reject_duplicates(row_table: RowTable, duplicates: Rows, kept: Rows) -> None:
    """Leave duplicates out, each naming the row that is texted."""
    row_table.kept_rows[duplicates] = kept
    row_table.reject(duplicates, Reason.DUPLICATE, SAME_NUMBER, refers=True)


def _repeated(numbers: NDArray[np.int64], rows: Rows) -> NDArray[np.bool_]:
    """Mark the rows whose number is in another row too; usually few."""
    ordered = np.sort(numbers[rows])
    several = sorted_unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    parts = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    marks = [is_in_sorted(numbers[part], several) for part in parts]
    return np.concatenate([np.empty(0, dtype=bool), *marks])
