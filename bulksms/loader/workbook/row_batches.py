"""Collects the cells of a sheet into batches of rows, without those far off."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bulksms.loader.workbook.cell_text import CellText
from bulksms.loader.workbook.protocol import Cell, RowBatch, batch_rows

__all__ = [
    "MAX_CELLS",
    "OutOfOrder",
    "RowCollector",
    "SheetEnd",
    "TooManyCells",
    "find_far_columns",
]

MAX_CELLS = 40_000_000
BATCH_CELLS = 50_000
# So many empty columns separate a stray cell from the table.
GAP_COLUMNS = 30
MAX_ROW = 1_048_576


class OutOfOrder(Exception):
    """A row comes after one below it."""


class TooManyCells(Exception):
    """A sheet is too large to lay out."""


@dataclass(slots=True, kw_only=True)
class SheetEnd:
    """The facts about a sheet that has been read.

    Attributes:
        height: the number of the last row that holds anything.
        width: the columns up to the last that does.
        hidden_columns: from 0.
        stray: cells far to the right of all others, which were left out.
        unreadable_formats: column and code of the number formats that cannot be rendered.
        locale_dates: columns with dates in the order of the reader, each with its first date.
    """

    height: int = 0
    width: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    stray: list[Cell] = field(default_factory=list)
    unreadable_formats: set[tuple[int, str]] = field(default_factory=set)
    locale_dates: dict[int, str] = field(default_factory=dict)
    _rows: int = 0

    def extend(self, last_row: int, batch: RowBatch) -> None:
        """Take account of some more rows.

        Raises:
            TooManyCells: the sheet is too large when all rows are as wide as the widest.
        """
        self.height = max(self.height, last_row)
        self.width = max(self.width, batch.width)
        self._rows += batch.rows
        if self._rows * self.width > MAX_CELLS:
            raise TooManyCells(self._rows, self.width)

    def note(self, column: int, cell: CellText) -> None:
        """Note a finding about the number format of a cell."""
        if cell.unreadable_format:
            self.unreadable_formats.add((column, cell.unreadable_format))
        if cell.follows_locale:
            self.locale_dates.setdefault(column, cell.text.decode())

    def line(self) -> dict[str, Any]:
        """Return it as a line of the protocol."""
        return {
            "height": self.height,
            "width": self.width,
            "hidden_columns": sorted(self.hidden_columns),
            "stray": self.stray,
            "unreadable_formats": sorted(self.unreadable_formats),
            "locale_dates": sorted(self.locale_dates.items()),
        }


class RowCollector:
    """Takes cells row by row and gives batches.

    Args:
        sort: rows may come in any order, and are kept until the end.
    """

    def __init__(self, *, sort: bool = False) -> None:
        self.end = SheetEnd()
        self._sort = sort
        self._columns: set[int] = set()
        self._last = 0
        self._cells = 0
        self._rows: dict[int, dict[int, bytes]] = {}
        self._unresolved: list[Cell] = []
        self._digits: list[tuple[int, int, str]] = []

    def take(self, row: int, column: int, cell: CellText) -> None:
        """Take a cell.

        Raises:
            OutOfOrder: its row is above one that was taken before.
            ValueError: there was another cell in its place.
        """
        cells = self._rows.get(row)
        if cells is None:
            if row <= self._last and not self._sort:
                raise OutOfOrder(row)
            cells = self._rows[row] = {}
            self._last = max(row, self._last)
        if column in cells:
            # Two rows of one number: to join them could give a person the name of another.
            raise ValueError((row, column))
        cells[column] = cell.text
        self._cells += 1
        if cell.is_unresolved:
            self._unresolved.append((row, column))
        if cell.digits:
            self._digits.append((row, column, cell.digits))
        if cell.unreadable_format or cell.follows_locale:
            self.end.note(column, cell)

    def is_full(self) -> bool:
        """Whether there are enough cells for a batch."""
        return self._cells >= BATCH_CELLS and not self._sort

    def batch(self, hidden_rows: list[int]) -> RowBatch:
        """Return the rows that were taken and forget them; the last is kept, as it may grow."""
        return self._rows_above(self._last, hidden_rows)

    def finish(
        self, hidden_rows: list[int], hidden_columns: set[int]
    ) -> Iterator[RowBatch | dict[str, Any]]:
        """Yield the last rows, and then what is known at the end of the sheet."""
        yield self._rows_above(MAX_ROW + 1, hidden_rows)
        self.end.hidden_columns = hidden_columns
        yield self.end.line()

    def _rows_above(self, open_row: int, hidden_rows: list[int]) -> RowBatch:
        """Take out the rows above one, without the cells far off."""
        rows = {row: self._rows[row] for row in sorted(self._rows) if row < open_row}
        self._columns.update(*rows.values())
        far = find_far_columns(self._columns)
        self._columns -= far
        for row, cells in rows.items():
            self.end.stray += [(row, column) for column in sorted(far & cells.keys())]
            rows[row] = {column: cells[column] for column in cells if column not in far}
        batch = batch_rows(
            rows,
            unresolved=sorted(
                cell for cell in self._unresolved if cell[0] < open_row and cell[1] not in far
            ),
            hidden=sorted(row for row in hidden_rows if row < open_row),
            digits=sorted(
                cell for cell in self._digits if cell[0] < open_row and cell[1] not in far
            ),
        )
        self._rows = {row: cells for row, cells in self._rows.items() if row >= open_row}
        self._unresolved = [cell for cell in self._unresolved if cell[0] >= open_row]
        self._digits = [cell for cell in self._digits if cell[0] >= open_row]
        hidden_rows[:] = [row for row in hidden_rows if row >= open_row]
        self._cells = 0
        self.end.extend(max((row for row, cells in rows.items() if cells), default=0), batch)
        return batch


def find_far_columns(columns: set[int]) -> set[int]:
    """The columns to the right of a wide gap."""
    ordered = sorted(columns)
    for at in range(1, len(ordered)):
        if ordered[at] - ordered[at - 1] > GAP_COLUMNS:
            return set(ordered[at:])
    return set()
