"""Builds the columns of a table from batches of rows; their sender is not trusted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_to_arrow, first_bytes
from bulksms.loader.cell_damage import BlockFilter
from bulksms.loader.header import GAP, SAMPLE, Header, find_header
from bulksms.loader.row_store import NUMBER, RowStore, RowStoreWriter
from bulksms.loader.sheet_table import Table, assemble_table
from bulksms.loader.workbook.protocol import RowBatch

if TYPE_CHECKING:
    from bulksms.loader.interface import Record

_ITEM = 4
_PRINTED = 0x21, 0x7E  # no blank is among these

Numbers = NDArray[np.int32]
Texts = list[pa.StringArray]


def unpack(batch: RowBatch) -> tuple[Numbers, Texts]:
    """Return the numbers of the rows and their columns.

    Raises:
        ValueError: the batch contradicts itself.
    """
    rows, width = batch.rows, batch.width
    body = pa.py_buffer(batch.body)
    begin, end = rows * _ITEM, (rows + rows * width + 1) * _ITEM
    if min(rows, width) < 0 or end > len(body):
        raise ValueError(batch.head())
    numbers = np.frombuffer(batch.body, dtype="<i4", count=rows)
    texts = body.slice(end)
    columns = []
    for at in range(width):
        offsets = body.slice(begin + at * rows * _ITEM, (rows + 1) * _ITEM)
        column = pa.StringArray.from_buffers(rows, offsets, texts)
        column.validate(full=True)
        columns.append(column)
    return numbers, columns


class ColumnBuilder:
    """Takes batches of rows and gives their table.

    Attributes:
        unresolved: the cells that hold an error, or a formula without a value.
        digits: the cells whose text does not show all digits of their number, and them.
        hidden_rows: how many filled rows were left out.
        stray_row: the number of a last row that is far below the list and no part of it; or 0.
    """

    def __init__(
        self, *, header_row: int | None, include_hidden: bool, max_rows: int | None = None
    ) -> None:
        self._header_row, self._include_hidden = header_row, include_hidden
        self._sample: list[Record] = []
        self._waiting: list[tuple[Numbers, Texts]] = []
        self._gaps = _GapCounter()
        self._block_filter = BlockFilter(guarded=False, max_rows=max_rows)
        self._last = 0
        self._writer: RowStoreWriter | None = None
        self._width = 0
        self._narrower: list[RowStore] = []
        self.unresolved: list[tuple[int, int]] = []
        self.digits: list[tuple[int, int, str]] = []
        self.hidden_rows = self.stray_row = 0

    def take(self, batch: RowBatch) -> None:
        """Take some rows.

        Raises:
            ValueError: the batch contradicts itself, or the one before.
        """
        numbers, texts = unpack(batch)
        if (np.diff(numbers, prepend=self._last) <= 0).any():
            raise ValueError(batch.head())
        self._last = int(numbers[-1]) if len(numbers) else self._last
        self.unresolved += [(row, column) for row, column in batch.unresolved]
        self.digits += [(row, column, digits) for row, column, digits in batch.digits]
        hidden = np.array([] if self._include_hidden else batch.hidden, dtype=NUMBER)
        filled = _filled(texts, len(numbers))
        is_hidden = np.isin(numbers, hidden)
        self.hidden_rows += int(np.count_nonzero(filled & is_hidden))
        kept = (filled | np.isin(numbers, [row for row, _ in batch.unresolved])) & ~is_hidden
        if not kept.all():
            numbers, texts = (
                numbers[kept],
                [column.filter(bools_to_arrow(kept)) for column in texts],
            )
        self._gaps.take(numbers, hidden)
        if self._writer is None:
            self._wait(numbers, texts)
        else:
            self._write(numbers, texts)

    def finish(self, width: int) -> Table:
        """Return the table; `width` is that of the whole sheet."""
        if self._writer is None:
            self._begin()
        header = find_header(iter(self._sample), header_row=self._header_row, width=width)
        rows = self._rows(len(header.names))
        if self._ends_in_stray_row(header, rows):
            self.stray_row = self._gaps.rows_below.pop()
        return assemble_table(header, rows, self._block_filter, self._gaps.rows_below)

    def _ends_in_stray_row(self, header: Header, rows: RowStore) -> bool:
        """Whether the last row is alone below a gap, with nothing in a column with a name."""
        if not len(rows) or self._gaps.rows_below[-1:] != [rows.row_numbers[-1]]:
            return False
        named = (at for at, name in enumerate(header.names) if name)
        return not any(rows.column(at)[-1].as_py().strip() for at in named)

    def _wait(self, numbers: Numbers, texts: Texts) -> None:
        """Keep the first rows until there are enough to find the header among them."""
        self._waiting.append((numbers, texts))
        wanted = SAMPLE - len(self._sample)
        cells = zip(*(column.slice(0, wanted).to_pylist() for column in texts), strict=True)
        self._sample += [
            (number, list(row))
            for number, row in zip(numbers[:wanted].tolist(), cells, strict=True)
        ]
        if len(self._sample) == SAMPLE:
            self._begin()

    def _begin(self) -> None:
        header = find_header(iter(self._sample), header_row=self._header_row)
        above = header.index + 1
        self._writer = RowStoreWriter(self._width, self._block_filter)
        for numbers, texts in self._waiting:
            self._write(numbers[above:], [column.slice(above) for column in texts])
            above = max(above - len(numbers), 0)
        self._waiting = []

    def _write(self, numbers: Numbers, texts: Texts) -> None:
        assert self._writer is not None
        if len(texts) > self._width:
            self._narrower.append(self._writer.finish())
            self._width = len(texts)
            self._writer = RowStoreWriter(self._width, self._block_filter)
        self._writer.add(_widened(texts, self._width, len(numbers)), numbers)

    def _rows(self, width: int) -> RowStore:
        """Return all rows, each as wide as the widest."""
        assert self._writer is not None
        rows = self._writer.finish()
        stores = [store for store in (*self._narrower, rows) if len(store)]
        if len(stores) == 1 and stores[0].width == width:
            return stores[0]
        writer = RowStoreWriter(width)
        for store in stores:
            for block in store.blocks():
                writer.add(_widened(block.texts, width, len(block)), block.row_numbers)
        return writer.finish()


class _GapCounter:
    """Counts the blank rows between the filled ones; a hidden row is neither.

    Attributes:
        rows_below: the numbers of the rows below more than `GAP` blank ones.
    """

    def __init__(self) -> None:
        self.rows_below: list[int] = []
        self._last: int | None = None
        self._hidden = 0

    def take(self, numbers: Numbers, hidden: Numbers) -> None:
        """Take the rows that are kept, and those that are hidden among and around them."""
        if not len(numbers):
            self._hidden += len(hidden)
            return
        before = np.searchsorted(hidden, numbers)
        last = int(numbers[0]) - 1 if self._last is None else self._last
        skipped = np.diff(before, prepend=-self._hidden)
        blank = np.diff(numbers, prepend=last) - 1 - skipped
        self.rows_below += numbers[blank > GAP].tolist()
        self._last, self._hidden = int(numbers[-1]), len(hidden) - int(before[-1])


def _filled(texts: Texts, rows: int) -> NDArray[np.bool_]:
    """Which rows hold more than blanks."""
    filled = np.zeros(rows, dtype=np.bool_)
    for column in texts:
        if filled.all():
            return filled
        filled |= _printed(column)
    for row in np.flatnonzero(~filled).tolist():
        filled[row] = any(column[row].as_py().strip() for column in texts)
    return filled


def _printed(column: pa.StringArray) -> NDArray[np.bool_]:
    """Which texts begin with a letter of ASCII that is not a blank: nearly all that hold any."""
    first, (low, high) = first_bytes(column), _PRINTED
    printed: NDArray[np.bool_] = (first >= low) & (first <= high)
    return printed


def _widened(texts: Sequence[pa.StringArray], width: int, rows: int) -> Texts:
    if len(texts) == width:
        return list(texts)
    nothing = pa.StringArray.from_buffers(
        rows, pa.py_buffer(bytes((rows + 1) * _ITEM)), pa.py_buffer(b"")
    )
    return [*texts, *[nothing] * (width - len(texts))]
