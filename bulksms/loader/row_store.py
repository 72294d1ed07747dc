"""Stores the rows of a sheet as columns of text, in blocks, beyond a limit on disk.

A block is an Arrow record batch of at most `BLOCK_ROWS` rows, whose columns hold each value once
where values repeat. The first `KEPT_BYTES` stay in memory; the rest is compressed in a nameless
temporary file, so that ten million rows need no more memory than one million.
"""

import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow
from bulksms.columnar.repeated import (
    Column,
    row_texts,
    text_bytes,
    with_values_once,
    without_unused_values,
)
from bulksms.errors import LoadError

__all__ = ["BLOCK_ROWS", "Block", "RowStore", "RowStoreWriter"]

BLOCK_ROWS = 1 << 16
BLOCK_BYTES = 16 << 20  # rows with very long cells make shorter blocks
KEPT_BYTES = 32 << 20  # of blocks that stay in memory
NUMBERS_AHEAD = 1 << 18  # room for so many at the most is made at once
NUMBER = np.int32  # counts the rows of any file

Filter = Callable[[pa.RecordBatch, NDArray[np.int32]], pa.RecordBatch]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Rows that follow each other.

    Attributes:
        start: how many rows of the sheet come before them.
        row_numbers: their numbers as people see them.
        cells: the requested columns, each named by its position; see `columnar.repeated`.
    """

    start: int
    row_numbers: NDArray[np.int32]
    cells: pa.RecordBatch

    def __len__(self) -> int:
        return len(self.row_numbers)

    def take(self, inside: NDArray[np.int64]) -> "Block":
        """Return some of the rows, which need not follow each other."""
        cells = self.cells.take(ints_to_arrow(inside))
        return Block(start=self.start, row_numbers=self.row_numbers[inside], cells=cells)

    @property
    def texts(self) -> list[pa.StringArray]:
        """The texts of all requested columns."""
        return [row_texts(column) for column in self.cells.columns]

    def column(self, at: int) -> pa.StringArray:
        """Return the texts of a column by its position; an empty cell is `""`, never missing."""
        return row_texts(self.cells.column(str(at)))

    def values(self, at: int) -> Column:
        """Return a column by its position, each value once where they repeat."""
        return self.cells.column(str(at))


class RowStore:
    """All rows of a sheet, as a `RowStoreWriter` left them.

    Attributes:
        width: how many columns there are.
        row_numbers: the number of every row as people see it.
    """

    def __init__(
        self,
        width: int,
        row_numbers: NDArray[np.int32],
        kept: Sequence[pa.RecordBatch],
        stored: "_BlockFile",
    ) -> None:
        self.width, self.row_numbers = width, row_numbers
        self._kept, self._stored = kept, stored

    def __len__(self) -> int:
        return len(self.row_numbers)

    def blocks(self, columns: Sequence[int] | None = None) -> Iterator[Block]:
        """Yield the blocks in order, with all columns or some."""
        wanted = range(self.width) if columns is None else sorted(set(columns))
        start = 0
        for cells in self._batches(wanted):
            end = start + len(cells)
            yield Block(start=start, row_numbers=self.row_numbers[start:end], cells=cells)
            start = end

    def column(self, at: int) -> pa.ChunkedArray:
        """Return a whole column."""
        chunks = [block.column(at) for block in self.blocks([at])]
        return pa.chunked_array(chunks, pa.string())

    def cell(self, index: int, at: int) -> str:
        """Return one cell of the row at an index."""
        text: str = self.row(index, [at]).column(at)[0].as_py()
        return text

    def row(self, index: int, columns: Sequence[int]) -> Block:
        """Return some columns of the row at an index."""
        block = next(block for block in self.blocks(columns) if index < block.start + len(block))
        return block.take(np.array([index - block.start]))

    def _batches(self, columns: Sequence[int]) -> Iterator[pa.RecordBatch]:
        for batch in self._kept:
            yield batch.select([str(at) for at in columns])
        yield from self._stored.batches(columns)


class _BlockFile:
    """A nameless file of blocks, which is gone when no one needs it or the program ends."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._sizes: list[int] = []
        self._reading = threading.Lock()  # all readers share one position in the file

    def add(self, block: pa.RecordBatch) -> None:
        """Write a block behind the others."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="bulksms-")  # noqa: SIM115 - rows outlive it
            weakref.finalize(self, self._file.close)
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        content = pa.BufferOutputStream()
        with pa.ipc.new_stream(content, block.schema, options=options) as stream:
            stream.write_batch(block)
        self._sizes.append(self._file.write(content.getvalue()))
        self._file.flush()

    def batches(self, columns: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Read the blocks in order, with some columns."""
        options = pa.ipc.IpcReadOptions(included_fields=list(columns), use_threads=False)
        start = 0
        for size in self._sizes:
            content = self._read(start, size)
            yield pa.ipc.open_stream(content, options=options).read_next_batch()
            start += size

    def _read(self, start: int, size: int) -> bytes:
        assert self._file is not None
        with self._reading:
            self._file.seek(start)
            return self._file.read(size)


class RowStoreWriter:
    """Takes rows, some at a time, and combines them into the blocks of a `RowStore`.

    Args:
        width: how many columns there are.
        block_filter: what each block passes, with its numbers, before it is kept.
        block_rows: how many rows a block has at the most.
        kept_bytes: how many bytes of blocks stay in memory.
    """

    def __init__(
        self,
        width: int,
        block_filter: Filter | None = None,
        block_rows: int = BLOCK_ROWS,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self._width, self._block_rows = width, block_rows
        self._names = [str(at) for at in range(width)]
        self._block_filter = block_filter
        self._numbers = np.empty(0, dtype=NUMBER)
        self._added = self._passed = 0
        self._pending: list[pa.RecordBatch] = []
        self._pending_bytes = 0
        self._kept: list[pa.RecordBatch] = []
        self._room = kept_bytes
        self._stored = _BlockFile()
        self._executor = ThreadPoolExecutor(1)
        self._storing: Future[None] | None = None

    def add(self, columns: Sequence[Column], numbers: NDArray[np.integer]) -> None:
        """Take some rows as columns without nulls, always of the same types, and their numbers."""
        self._number(numbers)
        batch = pa.RecordBatch.from_arrays(list(columns), names=self._names)
        for start in range(0, len(batch), self._block_rows):
            part = batch.slice(start, self._block_rows)
            self._append(part if len(part) == len(batch) else without_unused_values(part))

    def finish(self) -> RowStore:
        """Return the rows; nothing can be added after this."""
        with self._executor:
            if self._storing is not None:
                self._storing.result()
            if self._pending:
                self._store_block(*self._combined())
        self._numbers.resize(self._added, refcheck=False)
        return RowStore(self._width, self._numbers, self._kept, self._stored)

    def abort(self) -> None:
        """Discard the rows."""
        self._executor.shutdown(cancel_futures=True)

    def _number(self, numbers: NDArray[np.integer]) -> None:
        end = self._added + len(numbers)
        if end > len(self._numbers):
            # Mostly in place: a second copy of ten million numbers would be 40 MB.
            self._numbers.resize(end + min(end, NUMBERS_AHEAD), refcheck=False)
        self._numbers[self._added : end] = numbers
        self._added = end

    def _append(self, batch: pa.RecordBatch) -> None:
        size = sum(map(text_bytes, batch.columns))
        rows = sum(map(len, self._pending)) + len(batch)
        if self._pending and (rows > self._block_rows or self._pending_bytes + size > BLOCK_BYTES):
            if self._storing is not None:
                self._storing.result()  # one at a time: the reader must not run ahead
            self._storing = self._executor.submit(self._store_block, *self._combined())
        self._pending.append(batch)
        self._pending_bytes += size

    def _combined(self) -> tuple[list[pa.RecordBatch], NDArray[np.int32]]:
        """Take the pending rows and their numbers, which become one block."""
        parts, self._pending, self._pending_bytes = self._pending, [], 0
        start, self._passed = self._passed, self._passed + sum(map(len, parts))
        return parts, self._numbers[start : self._passed].copy()

    def _store_block(self, parts: list[pa.RecordBatch], numbers: NDArray[np.int32]) -> None:
        """Filter a block and store it, while the reader continues."""
        columns = map(with_values_once, pa.Table.from_batches(parts).columns)
        block = pa.RecordBatch.from_arrays(list(columns), names=self._names)
        if self._block_filter is not None:
            block = self._block_filter(block, numbers)
        self._room -= block.nbytes
        if self._room >= 0:
            self._kept.append(block)
            return
        with _disk_errors_as_sentences():
            self._stored.add(block)


@contextmanager
def _disk_errors_as_sentences() -> Iterator[None]:
    """Raise a full disk as a `LoadError`."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise LoadError(
            f"The rows cannot be stored in {tempfile.gettempdir()} while they are checked ({why}): "
            "free some space there, or name another folder with TMPDIR.",
            code="no_room_for_rows",
        ) from None
