"""Reads simple delimited text into columns at the speed of Arrow, or declines to.

It answers only where the strict reader provably gives the same: a text with an odd quote, a
blank or a ragged line, a lone CR or a zero byte is left to that one, which numbers the lines
and reports what is wrong with them.
"""

import csv
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    all_bytes,
    bools_from_arrow,
    byte_lengths,
    first_bytes,
    ints_to_arrow,
    with_bytes,
)
from bulksms.columnar.parallel import map_in_order
from bulksms.columnar.repeated import (
    VALUES_ONCE,
    Column,
    distinct,
    for_rows,
    row_texts,
    values_repeat,
    without_unused_values,
)
from bulksms.loader.cell_damage import BlockFilter
from bulksms.loader.delimited.decoded import DecodedText
from bulksms.loader.delimited.dialects import Dialect
from bulksms.loader.delimited.record_blocks import (
    RECORD_BYTES,
    NotSimpleCsv,
    QuoteCheck,
    split_records,
)
from bulksms.loader.header import GAP, Header, find_header, skip_blank_records
from bulksms.loader.interface import Record
from bulksms.loader.row_store import RowStoreWriter
from bulksms.loader.sheet_table import Table, assemble_table

__all__ = ["read_with_arrow"]

CELL_LIMIT = 131_072  # characters, the strict reader's own limit (csv.field_size_limit)
VISIBLE = "[!-~]"


@dataclass(slots=True, kw_only=True)
class _FirstRecords:
    """Reads the first records and remembers where each ends in the text as UTF-8."""

    text: DecodedText
    dialect: Dialect
    taken: bytearray = field(default_factory=bytearray)
    ends: dict[int, int] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        reader = csv.reader(self._below_skipped(), delimiter=self.dialect.separator, strict=True)
        for number, cells in enumerate(reader, 1):
            self.ends[number] = len(self.taken)
            yield number, cells

    def _below_skipped(self) -> Iterator[str]:
        lines = map(self._counted, self.text.raw_lines())
        for _ in islice(lines, self.dialect.skip):
            pass
        self.ends[0] = len(self.taken)
        yield from lines

    def _counted(self, line: str) -> str:
        if "\0" in line or line.endswith("\r"):
            raise NotSimpleCsv
        self.taken += line.encode()
        return line

    def check_quotes(self, row: int) -> None:
        """Check the quotes of the records up to a row."""
        check = QuoteCheck(separator=self.dialect.separator, no_blank_lines=False)
        check.end(bytes(self.taken[self.ends[0] : self.ends[row]]), last=True)


class _BodyRows:
    """Stores the records below a header under the row numbers people see.

    Args:
        gap_rows: the numbers of the first rows that are below a long gap.
    """

    def __init__(
        self, header: Header, gap_rows: Sequence[int], separator: str, block_filter: BlockFilter
    ) -> None:
        self._header, self._separator, self._block_filter = header, separator, block_filter
        self._gap_rows = [row for row in gap_rows if row <= header.row_number]
        self._count = self._last = header.row_number
        self._writer = RowStoreWriter(len(header.names), block_filter)

    def store(self, batches: Generator[pa.RecordBatch]) -> Table:
        """Store all records and return their table."""
        try:
            with closing(batches):
                for batch in batches:
                    self._add(batch)
            rows = self._writer.finish()
            return assemble_table(self._header, rows, self._block_filter, self._gap_rows)
        except BaseException:
            self._writer.abort()
            raise

    def _add(self, batch: pa.RecordBatch) -> None:
        """Leave blank records out and store the others."""
        if any(
            byte_lengths(cells).max(initial=0) > CELL_LIMIT
            or _may_swallow_rows(cells, self._separator)
            for cells in map(distinct, batch.columns)
        ):
            raise NotSimpleCsv
        blank = _blank(batch)
        filled = np.delete(np.arange(len(batch), dtype=np.int64), blank)
        if len(blank):
            batch = without_unused_values(batch.take(ints_to_arrow(filled)))
        row_numbers = filled + self._count + 1
        self._count += len(filled) + len(blank)
        if len(row_numbers):
            self._note_gaps(row_numbers)
            self._writer.add(batch.columns, row_numbers)

    def _note_gaps(self, row_numbers: NDArray[np.int64]) -> None:
        """Note the rows below more than `GAP` blank ones; none is above the first record."""
        jumps = np.diff(row_numbers, prepend=self._last or row_numbers[0]) > GAP + 1
        self._gap_rows += row_numbers[jumps].tolist()
        self._last = int(row_numbers[-1])


def read_with_arrow(
    text: DecodedText, dialect: Dialect, max_rows: int | None = None
) -> Table | None:
    """Read a text into columns, or give nothing when it is not provably simple."""
    separator = dialect.separator
    if not dialect.is_usual:
        return None
    if not (separator.isascii() and (separator == "\t" or separator.isprintable())):
        return None
    with suppress(NotSimpleCsv, UnicodeError, csv.Error, pa.ArrowInvalid):
        first = _FirstRecords(text=text, dialect=dialect)
        gap_rows: list[int] = []
        filled = skip_blank_records(first.records(), gap_rows)
        header = find_header(filled, header_row=dialect.header_row)
        first.check_quotes(header.row_number)
        # To Arrow a blank line is ragged, unless there is but one column.
        check = QuoteCheck(separator=separator, no_blank_lines=len(header.names) == 1)
        blocks = split_records(text.in_utf8(first.ends[header.row_number]), check)
        batches = _parsed(blocks, separator, len(header.names))
        block_filter = BlockFilter(guarded=True, max_rows=max_rows)
        return _BodyRows(header, gap_rows, separator, block_filter).store(batches)
    return None


def _parsed(blocks: Iterator[memoryview], separator: str, width: int) -> Generator[pa.RecordBatch]:
    """Parse blocks of whole records; the first tells in which columns values repeat."""
    first = next(blocks)
    sample = _parser(separator, [pa.string()] * width)(first)
    types = [VALUES_ONCE if values_repeat(cells) else pa.string() for cells in sample.columns]
    yield from map_in_order(_parser(separator, types), chain([first], blocks))


def _parser(separator: str, types: Sequence[pa.DataType]) -> Callable[[memoryview], pa.RecordBatch]:
    """Make a parser of whole records into columns; it fails on a ragged one."""
    from pyarrow import csv as arrow_csv  # only a text needs it

    labels = list(map(str, range(len(types))))
    read = arrow_csv.ReadOptions(
        column_names=labels, block_size=2 * RECORD_BYTES, use_threads=False
    )
    parse = arrow_csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
    )
    convert = arrow_csv.ConvertOptions(
        column_types=dict(zip(labels, types, strict=True)),
        strings_can_be_null=False,
        check_utf8=False,
    )

    def parsed(records: memoryview) -> pa.RecordBatch:
        table = arrow_csv.read_csv(pa.BufferReader(pa.py_buffer(records)), read, parse, convert)
        (batch,) = table.combine_chunks().to_batches()
        return batch

    return parsed


def _may_swallow_rows(cells: pa.StringArray, separator: str) -> bool:
    """Whether a cell of several lines has a separator: a quote may be missing."""
    letters = all_bytes(cells)  # most columns have neither, and this is fastest
    if b"\n" not in letters or separator.encode() not in letters:
        return False
    return bool((with_bytes(cells, b"\n") & with_bytes(cells, separator.encode())).any())


def _blank(batch: pa.RecordBatch) -> NDArray[np.intp]:
    """Find the records with nothing but white space."""
    column = batch.column(0)
    first = for_rows(first_bytes(distinct(column)), column)
    unsure = np.flatnonzero((first < ord("!")) | (first > ord("~")))
    for column in batch.columns:
        if not len(unsure):
            return unsure
        visible = pc.match_substring_regex(_texts_of(column, unsure), VISIBLE)
        unsure = unsure[~bools_from_arrow(visible)]
    # These have no visible ASCII: few, unless they are blank.
    cells = (_texts_of(column, unsure) for column in batch.columns)
    blank = [byte_lengths(pc.utf8_trim_whitespace(column)) == 0 for column in cells]
    return unsure[np.logical_and.reduce(blank)]


def _texts_of(column: Column, rows: NDArray[np.intp]) -> pa.StringArray:
    return row_texts(column.take(ints_to_arrow(rows)))
