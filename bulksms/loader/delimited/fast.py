"""Lays a plain delimited text into columns at the speed of Arrow, or declines to.

It answers only where it can prove that the careful reader would say the same: a text with an
odd quote, a blank or a ragged line, a lone CR or a zero byte goes to that one, which numbers
its lines and knows what to say. It must not know what the columns mean.
"""

import csv
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    any_longer_than,
    bools_from_arrow,
    byte_lengths,
    first_bytes,
    ints_to_arrow,
)
from bulksms.columnar.parallel import map_in_order
from bulksms.loader.delimited.decoded import Layout, Text
from bulksms.loader.delimited.records import Proof, Unplain
from bulksms.loader.feed import RECORD_BYTES, plain_blocks
from bulksms.loader.gate import Gate
from bulksms.loader.interface import Record, no_rows
from bulksms.loader.row_store import RowStoreWriter
from bulksms.loader.table import GAP, Head, Table, assemble, find_head

__all__ = ["read_plainly"]

CELL_LIMIT = 131_072  # characters, the careful reader's own limit (csv.field_size_limit)
VISIBLE = "[!-~]"


@dataclass(slots=True, kw_only=True)
class _Top:
    """Reads the first records and remembers where in the text as UTF-8 each of them ends."""

    text: Text
    layout: Layout
    place: int = 0
    ends: dict[int, int] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        reader = csv.reader(self._counted(), delimiter=self.layout.separator, strict=True)
        for number, cells in enumerate(reader, 1):
            self.ends[number] = self.place
            yield number, cells

    def _counted(self) -> Iterator[str]:
        lines = map(self._passed, self.text.raw_lines())
        for _ in islice(lines, self.layout.skip):
            pass
        self.ends[0] = self.place
        yield from lines

    def _passed(self, line: str) -> str:
        if "\0" in line or line.endswith("\r"):
            raise Unplain
        self.place += len(line.encode())
        return line


class _Body:
    """Takes the records below a header in, and gives them the numbers people see."""

    def __init__(self, head: Head, writer: RowStoreWriter) -> None:
        self.gaps = [gap for gap in head.gaps if gap <= head.number]
        self._number = self._last = head.number
        self._writer = writer

    def take(self, batch: pa.RecordBatch) -> None:
        """Leave blank records out and keep the others."""
        if any(any_longer_than(column, CELL_LIMIT) for column in batch.columns):
            raise Unplain
        blank = _blank(batch)
        places = np.delete(np.arange(len(batch), dtype=np.int64), blank)
        if len(blank):
            batch = batch.take(ints_to_arrow(places))
        rows = places + self._number + 1
        self._number += len(places) + len(blank)
        if len(rows):
            self._note_gaps(rows)
            self._writer.add(batch.columns, rows)

    def _note_gaps(self, rows: NDArray[np.int64]) -> None:
        """Note the rows below more than `GAP` blank ones; none stands above the first record."""
        jumps = np.diff(rows, prepend=self._last or rows[0]) > GAP + 1
        self.gaps += rows[jumps].tolist()
        self._last = int(rows[-1])


def read_plainly(text: Text, layout: Layout, *, guarded: bool = False) -> Table | None:
    """Read a text into columns; none when it is not provably plain.

    With `guarded`, Excel's guards are taken off the cells.
    """
    separator = layout.separator
    if not (separator.isascii() and (separator == "\t" or separator.isprintable())):
        return None
    with suppress(Unplain, UnicodeError, csv.Error, pa.ArrowInvalid):
        top = _Top(text=text, layout=layout)
        head = find_head(top.records(), no_header=layout.no_header)
        # To Arrow a blank line is ragged, unless there is but one column.
        proof = Proof(separator=separator, blanks=len(head.names) == 1)
        blocks = plain_blocks(text.in_utf8(top.ends[head.number]), proof)
        batches = map_in_order(_parser(separator, len(head.names)), blocks)
        return _read(batches, head, guarded=guarded)
    return None


def _read(batches: Generator[pa.RecordBatch], head: Head, *, guarded: bool) -> Table:
    gate = Gate(guarded=guarded)
    writer = RowStoreWriter(len(head.names), gate)
    body = _Body(head, writer)
    try:
        with closing(batches):
            for batch in batches:
                body.take(batch)
        return assemble(head, writer.done(), no_rows(), body.gaps, gate.spoilt)
    except BaseException:
        writer.drop()
        raise


def _parser(separator: str, width: int) -> Callable[[memoryview], pa.RecordBatch]:
    """What lays whole records into columns; it fails on a ragged one."""
    from pyarrow import csv as arrow_csv  # only a text needs it

    labels = [str(position) for position in range(width)]
    read = arrow_csv.ReadOptions(
        column_names=labels, block_size=2 * RECORD_BYTES, use_threads=False
    )
    parse = arrow_csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
    )
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(labels, pa.string()),
        strings_can_be_null=False,
        check_utf8=False,
    )

    def parsed(records: memoryview) -> pa.RecordBatch:
        table = arrow_csv.read_csv(pa.BufferReader(pa.py_buffer(records)), read, parse, convert)
        (batch,) = table.combine_chunks().to_batches()
        return batch

    return parsed


def _blank(batch: pa.RecordBatch) -> NDArray[np.intp]:
    """Name the places of the records that hold nothing but spaces."""
    first = first_bytes(batch.column(0))
    unsure = np.flatnonzero((first < ord("!")) | (first > ord("~")))
    for column in batch.columns:
        if not len(unsure):
            return unsure
        visible = pc.match_substring_regex(column.take(ints_to_arrow(unsure)), VISIBLE)
        unsure = unsure[~bools_from_arrow(visible)]
    # Nothing of ASCII is to be seen in these: few, unless blank they are.
    cells = batch.take(ints_to_arrow(unsure))
    blank = [byte_lengths(pc.utf8_trim_whitespace(column)) == 0 for column in cells.columns]
    return unsure[np.logical_and.reduce(blank)]
