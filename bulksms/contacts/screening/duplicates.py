"""Of several rows with one number, the one that is texted; the others name it.

It must not know why a row was left out before: it sees only rows that could be texted.
"""

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.rejection_codes import ROW_REF
from bulksms.contacts.rows.row_table import RowTable
from bulksms.contacts.rows.rules import Duplicates

__all__ = ["SAME_NUMBER", "dedupe", "point_to"]

SAME_NUMBER = f"The same number stands in row {ROW_REF}, which is the one texted."
AT_ONCE = 1 << 20  # rows looked at together

Rows = NDArray[np.int64]


def dedupe(verdicts: RowTable, rows: Rows, rule: Duplicates) -> tuple[Rows, Rows]:
    """Find the rows whose number is texted in another one, and for each of them that other one.

    Args:
        verdicts: what is known of all rows.
        rows: those that could be texted, in file order.
        rule: which row stays; `refuse` keeps the first, so that the rows still add up.
    """
    rows = rows[_shared(verdicts.judged.numbers, rows)]
    numbers = verdicts.judged.numbers[rows]
    if rule is Duplicates.MOST_COMPLETE:
        order = np.lexsort((-verdicts.judged.filled[rows].astype(np.int64), numbers))
    else:
        order = np.argsort(numbers, kind="stable")
    first = np.ones(len(order), dtype=bool)
    first[1:] = numbers[order][1:] != numbers[order][:-1]
    groups = np.cumsum(first) - 1
    stays = np.roll(first, -1) if rule is Duplicates.LAST else first
    kept = rows[order[stays]][groups]
    gone = ~stays
    back = np.argsort(rows[order[gone]])
    return rows[order[gone]][back], kept[gone][back]


def point_to(verdicts: RowTable, gone: Rows, kept: Rows) -> None:
    """Leave duplicates out, each naming the row that is texted."""
    verdicts.instead[gone] = kept
    verdicts.tell(gone, Reason.DUPLICATE, SAME_NUMBER, points=True)


def _shared(numbers: NDArray[np.int64], rows: Rows) -> NDArray[np.bool_]:
    """Mark the rows whose number stands in another one too; few, as a rule."""
    ordered = np.sort(numbers[rows])
    several = sorted_unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    parts = (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
    marks = [is_in_sorted(numbers[part], several) for part in parts]
    return np.concatenate([np.empty(0, dtype=bool), *marks])
