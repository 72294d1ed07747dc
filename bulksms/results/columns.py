"""Writes columns as CSV, a block of rows at a time, byte for byte as `write_table` would."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bulksms.results.cells import guard, whole_file

__all__ = ["write_columns"]

BLOCK = 50_000
# Each is a superset of what `guard` changes and of what needs quotes.
SUSPECT = r"^[\s\v\x1c-\x1f\x85\p{Z}=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
NUMBER = r"^\+[0-9]+\z"
QUOTED = '[,"\r\n]'


def write_columns(path: Path, header: Sequence[str], table: pd.DataFrame) -> None:
    """Write a whole CSV of columns of texts or whole numbers under a header."""
    with whole_file(path) as draft:
        csv.writer(draft).writerow([guard(name) for name in header])
        draft.flush()
        for start in range(0, len(table), BLOCK):
            draft.buffer.write(_lines(table.iloc[start : start + BLOCK]))


def _lines(table: pd.DataFrame) -> memoryview:
    columns = list(_written(table))
    if len(columns) == 1:  # a line of one empty cell would be blank
        columns = [pc.if_else(pc.equal(columns[0], ""), _text('""'), columns[0])]
    lines = pc.binary_join_element_wise(*columns, _text(","))
    lines = pc.binary_join_element_wise(lines, _text(""), _text("\r\n"))
    _, _, letters = lines.buffers()
    return memoryview(letters)[: pc.sum(pc.binary_length(lines)).as_py()]


def _text(text: str) -> pa.LargeStringScalar:
    return pa.scalar(text, pa.large_string())


def _written(table: pd.DataFrame) -> Iterator[pa.LargeStringArray]:
    for at in range(table.shape[1]):
        texts = pa.array(table.iloc[:, at].astype("str"), type=pa.large_string())
        yield _quoted(_guarded(_whole(texts)))


def _whole(texts: pa.LargeStringArray | pa.ChunkedArray) -> pa.LargeStringArray:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _guarded(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    suspect = pc.match_substring_regex(cells, SUSPECT)
    if not pc.any(suspect).as_py():
        return cells
    suspect = pc.and_not(suspect, pc.match_substring_regex(cells, NUMBER))
    safe = pa.array(map(guard, cells.filter(suspect).to_pylist()), type=cells.type)
    return pc.replace_with_mask(cells, suspect, safe)


def _quoted(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    special = pc.match_substring_regex(cells, QUOTED)
    if not pc.any(special).as_py():
        return cells
    doubled = pc.replace_substring(cells.filter(special), '"', '""')
    quoted = pc.binary_join_element_wise(_text('"'), doubled, _text('"'), _text(""))
    return pc.replace_with_mask(cells, special, quoted)
