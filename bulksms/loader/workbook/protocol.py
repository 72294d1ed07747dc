"""How rows travel from the process that reads a workbook to the one that keeps them.

The texts of all cells follow each other, column after column.
"""

import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulksms.errors import LoadError

__all__ = ["MAX_ANSWER_BYTES", "RESTART", "RowBatch", "too_much_memory"]

# One shared text may be in a million cells: what the parent has to hold is counted too.
MAX_ANSWER_BYTES = 400_000_000
# What the child says when everything before is void.
RESTART = {"restart": True}

# A cell by the number of its row and its column from 0.
Cell = tuple[int, int]


def too_much_memory(name: str) -> LoadError:
    """The sentence for a workbook that is too large for the memory."""
    return LoadError(
        f"{name} needs too much memory to read: save only what is needed as csv.",
        code="workbook_too_large",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBatch:
    """Some rows of a sheet that follow each other.

    Attributes:
        rows: how many there are.
        width: how many columns they have; a later batch may have more.
        unresolved: the cells that hold an error, or a formula without a value.
        hidden: the numbers of the hidden rows.
        digits: the cells with a whole number whose text does not show all its digits, and them.
        body: the numbers of the rows, where the text of each cell begins and the last one ends,
            all in four bytes, the lowest first; then the texts in UTF-8.
    """

    rows: int
    width: int
    unresolved: list[Cell]
    hidden: list[int]
    body: bytes
    digits: list[tuple[int, int, str]]

    def head(self) -> dict[str, Any]:
        """Everything but the body."""
        return {
            "rows": self.rows,
            "width": self.width,
            "unresolved": self.unresolved,
            "hidden": self.hidden,
            "digits": self.digits,
            "bytes": len(self.body),
        }


def batch_rows(
    rows: Mapping[int, Mapping[int, bytes]],
    *,
    unresolved: list[Cell],
    hidden: list[int],
    digits: list[tuple[int, int, str]],
) -> RowBatch:
    """Put rows, each with its filled cells by their columns, into a batch."""
    width = max((max(cells, default=-1) for cells in rows.values()), default=-1) + 1
    numbers = array("i", rows)
    offsets = array("i", [0])
    texts: list[bytes] = []
    end = 0
    for column in range(width):
        for cells in rows.values():
            text = cells.get(column)
            if text is not None:
                texts.append(text)
                end += len(text)
            offsets.append(end)
    if sys.byteorder == "big":
        numbers.byteswap()
        offsets.byteswap()
    body = b"".join([numbers.tobytes(), offsets.tobytes(), *texts])
    return RowBatch(
        rows=len(rows), width=width, unresolved=unresolved, hidden=hidden, digits=digits, body=body
    )
