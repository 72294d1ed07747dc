"""Writes columns as CSV, a block of rows at a time, byte for byte as `write_table` would."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    arrow_scalar,
    bools_from_arrow,
    bools_to_arrow,
    first_bytes,
    ints_to_arrow,
    string_buffers,
    strings_to_arrow,
)
from bulksms.columnar.parallel import map_in_order
from bulksms.output.csv_rows import guard, whole_file

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_blocks", "write_columns"]

BLOCK = 50_000
# Each is a superset of what `guard` changes and of what needs quotes.
SUSPECT = r"^[\s\v\x1c-\x1f\x85\p{Z}=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
NUMBER = r"^\+[0-9]+\z"
NEED_QUOTES = (b",", b'"', b"\r", b"\n")


def _marked(signs: bytes) -> NDArray[np.bool_]:
    marks = np.zeros(256, dtype=bool)
    marks[list(signs)] = True
    return marks


NEEDS_QUOTES = _marked(b"".join(NEED_QUOTES))
# What `SUSPECT` begins with, as bytes: signs of ASCII, and the first bytes of all others.
MAY_NEED_A_GUARD = _marked(b"\t\n\v\f\r\x1c\x1d\x1e\x1f =+-@\xc2\xe1\xe2\xe3\xef")

Thing = TypeVar("Thing")


def write_columns(path: Path, header: Sequence[str], table: "pd.DataFrame") -> None:
    """Write a whole CSV of columns of texts or whole numbers under a header."""
    parts = (table.iloc[start : start + BLOCK] for start in range(0, len(table), BLOCK))
    write_blocks(path, header, parts, _columns)


def write_blocks(
    path: Path,
    header: Sequence[str],
    blocks: Iterable[Thing],
    columns: Callable[[Thing], Sequence[pa.StringArray]],
) -> None:
    """Write a whole CSV under a header, of the columns of text that each block gives."""
    with whole_file(path) as draft:
        csv.writer(draft).writerow([guard(name) for name in header])
        draft.flush()
        for lines in map_in_order(lambda block: _lines(columns(block)), blocks):
            draft.buffer.write(lines)


def _columns(table: "pd.DataFrame") -> list[pa.StringArray]:
    texts = (table.iloc[:, at].astype("str") for at in range(table.shape[1]))
    return [_whole(pa.array(text, type=pa.string())) for text in texts]


def _whole(texts: pa.StringArray | pa.ChunkedArray) -> pa.StringArray:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _lines(columns: Sequence[pa.StringArray]) -> memoryview:
    if not len(columns[0]):
        return memoryview(b"")
    cells = [_quoted(_guarded(column)) for column in columns]
    if len(cells) == 1:  # a line of one empty cell would be blank
        cells = [pc.if_else(pc.equal(cells[0], arrow_scalar("")), arrow_scalar('""'), cells[0])]
    lines = pc.binary_join_element_wise(*cells, arrow_scalar(","))
    lines = pc.binary_join_element_wise(lines, arrow_scalar(""), arrow_scalar("\r\n"))
    _, _, letters = lines.buffers()
    return memoryview(letters)[: pc.sum(pc.binary_length(lines)).as_py()]


def _guarded(cells: pa.StringArray) -> pa.StringArray:
    """Guard the cells that need it: what a cell begins with tells which may."""
    rows = np.flatnonzero(MAY_NEED_A_GUARD[first_bytes(cells)])
    some = cells.take(ints_to_arrow(rows))
    suspect = pc.match_substring_regex(some, SUSPECT)
    suspect = pc.and_not(suspect, pc.match_substring_regex(some, NUMBER))
    safe = [guard(text) for text in some.filter(suspect).to_pylist()]
    if not safe:
        return cells
    marks = np.zeros(len(cells), dtype=bool)
    marks[rows[bools_from_arrow(suspect)]] = True
    return pc.replace_with_mask(cells, bools_to_arrow(marks), strings_to_arrow(safe))


def _quoted(cells: pa.StringArray) -> pa.StringArray:
    offsets, letters = string_buffers(cells)
    text = letters.tobytes()  # most columns hold no such sign: nothing says so as fast
    if not any(sign in text for sign in NEED_QUOTES):
        return cells
    places = np.flatnonzero(NEEDS_QUOTES[letters])
    special = np.zeros(len(cells), dtype=bool)
    special[np.searchsorted(offsets, places, side="right") - 1] = True
    quoted = cells.filter(bools_to_arrow(special))
    if b'"' in text:
        quoted = pc.replace_substring(quoted, '"', '""')
    quoted = pc.binary_join_element_wise(
        arrow_scalar('"'), quoted, arrow_scalar('"'), arrow_scalar("")
    )
    return pc.replace_with_mask(cells, bools_to_arrow(special), quoted)
