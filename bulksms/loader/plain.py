"""Lays a plain delimited text into columns at the speed of Arrow, or declines to.

It answers only where it can prove that the careful reader would say the same: a text with an
odd quote, a blank or a ragged line, a lone CR or a zero byte goes to that one, which numbers
its lines and knows what to say. It must not know what the columns mean.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from bulksms.loader.interface import Record, no_rows
from bulksms.loader.quotes import has_plain_lines
from bulksms.loader.rows import RowsWriter
from bulksms.loader.table import GAP, Head, Table, assemble, find_head
from bulksms.loader.text import Layout, Text

__all__ = ["read_plainly"]

CELL_LIMIT = 131_072  # characters, the careful reader's own limit (csv.field_size_limit)
BLOCK_BYTES = 4 << 20
VISIBLE = "[!-~]"
LINE_ENDS = b"\r\n"


@dataclass(slots=True, kw_only=True)
class _Top:
    """Reads the first records and remembers where in the UTF-8 bytes each of them ends."""

    text: Text
    layout: Layout
    place: int
    ends: dict[int, int] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        reader = csv.reader(self._counted(), delimiter=self.layout.separator, strict=True)
        for number, cells in enumerate(reader, 1):
            self.ends[number] = self.place
            yield number, cells

    def _counted(self) -> Iterator[str]:
        lines = self.text.lines()
        self.place += sum(len(line.encode()) for line in islice(lines, self.layout.skip))
        self.ends[0] = self.place
        for line in lines:
            self.place += len(line.encode())
            yield line


def read_plainly(text: Text, layout: Layout) -> Table | None:
    """Read a text into columns; none when it is not provably plain."""
    try:
        data, start = text.in_utf8()
        if not _is_plain(data, start, layout.separator):
            return None
        top = _Top(text=text, layout=layout, place=start)
        head = find_head(top.records(), no_header=layout.no_header)
    except (UnicodeError, csv.Error):
        return None
    above = head.number
    body = memoryview(data)[top.ends[above] : _end(data, start)]
    # Arrow would leave out a mark in front of the first row; another reader keeps it.
    if not len(body) or data.startswith(BOM_UTF8, top.ends[above]):
        return None
    if not has_plain_lines(np.frombuffer(body, dtype=np.uint8), ord(layout.separator)):
        return None
    table = _parsed(body, layout.separator, len(head.names))
    return None if table is None else _numbered(table, head)


def _is_plain(data: bytes, start: int, separator: str) -> bool:
    """Prove that a line ends where every reader says, and that no byte is replaced."""
    if not (separator.isascii() and (separator == "\t" or separator.isprintable())):
        return False
    if b"\0" in data:
        return False
    returns = data.count(b"\r", start)
    return not returns or returns == data.count(b"\r\n", start)


def _end(data: bytes, start: int) -> int:
    end = len(data)
    while end > start and data[end - 1] in LINE_ENDS:
        end -= 1
    return end


def _parsed(body: memoryview, separator: str, width: int) -> pa.Table | None:
    labels = [str(position) for position in range(width)]
    parse = arrow_csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
    )
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(labels, pa.string()),
        strings_can_be_null=False,
        check_utf8=False,
    )
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=arrow_csv.ReadOptions(column_names=labels, block_size=BLOCK_BYTES),
            parse_options=parse,
            convert_options=convert,
        )
    except pa.ArrowInvalid:  # ragged, or a record longer than a block
        return None
    return None if any(_longest(column) > CELL_LIMIT for column in table.columns) else table


def _longest(column: pa.ChunkedArray) -> int:
    longest: int | None = pc.max(pc.binary_length(column)).as_py()
    return longest or 0


def _numbered(table: pa.Table, head: Head) -> Table:
    """Leave blank records out and give the others the numbers people see."""
    blank = _blank(table)
    places = np.delete(np.arange(len(table), dtype=np.int64), blank)
    if len(blank):
        table = table.take(pa.array(places))
    numbers = places + head.number + 1
    writer, start = RowsWriter(len(head.names)), 0
    for batch in table.to_batches():
        writer.add(batch.columns, numbers[start : start + len(batch)])
        start += len(batch)
    return assemble(head, writer.done(), no_rows(), _gaps(head, numbers))


def _gaps(head: Head, numbers: NDArray[np.int64]) -> list[int]:
    """Name the rows below more than `GAP` blank ones; nothing stands above the first record."""
    above = [head.number] if head.number else numbers[:1].tolist()
    jumps = np.diff(numbers, prepend=np.array(above)) > GAP + 1
    below: list[int] = numbers[jumps].tolist()
    return [gap for gap in head.gaps if gap <= head.number] + below


def _blank(table: pa.Table) -> NDArray[np.int64]:
    """Name the places of the records that hold nothing but spaces."""
    unsure = np.arange(len(table), dtype=np.int64)
    for column in table.columns:
        cells = column.take(pa.array(unsure)) if len(unsure) < len(table) else column
        visible = pc.match_substring_regex(cells, VISIBLE)
        unsure = np.compress(~np.asarray(visible.to_numpy(), dtype=bool), unsure)
        if not len(unsure):
            return unsure
    # Nothing of ASCII is to be seen in these: few, unless blank they are.
    cells = table.take(pa.array(unsure))
    trimmed = (pc.equal(pc.utf8_trim_whitespace(column), "") for column in cells.columns)
    found: NDArray[np.int64] = unsure[np.logical_and.reduce([np.asarray(one) for one in trimmed])]
    return found
