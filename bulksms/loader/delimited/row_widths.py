"""Judges by the number of its cells whether a row of text is shifted.

Writers of CSV differ: most give every row all its cells, some drop the trailing empty ones of
each row, and Excel drops them from blocks of 16 rows. A row is compared with the other rows of its
file; in doubt it is ragged, as it may have the words of another column.
"""

import re
from array import array
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, bools_to_arrow, byte_lengths
from bulksms.loader.delimited.cell_looks import (
    DOMINANT,
    STRONG,
    categories,
    filled_texts,
    looks_of_columns,
    trimmed,
    usual_looks,
)
from bulksms.loader.delimited.torn_rows import torn_rows
from bulksms.loader.header import filled_width
from bulksms.loader.row_store import RowStore

__all__ = ["RowWidths"]

EXCEL_BLOCK = 16
_MOST_CELLS = (1 << 16) - 1
_LEAST = 3  # cells that show what a column holds
_HABIT_ROWS, _HABIT_SHARE = 4, 0.3  # short rows that are a habit of the writer
_LIST = 8  # in so many rows a single short one is not a habit
_MOST_PIECES = 3
_FEW = 50  # categories of which a cell may be the end
_AT_ONCE = 1 << 16
Booleans: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.uint16]


class RowWidths:
    """The number of cells of each row, all of them and up to the last filled one."""

    def __init__(self) -> None:
        self._cells, self._filled = array("H"), array("H")

    def add(self, cells: Sequence[str]) -> None:
        """Count the cells of a row."""
        self._cells.append(min(len(cells), _MOST_CELLS))
        self._filled.append(min(filled_width(cells), _MOST_CELLS))

    def ragged_rows(self, rows: RowStore, broken: Sequence[int]) -> NDArray[np.int64]:
        """Return the numbers of the rows that may be shifted, apart from the broken ones.

        Args:
            rows: whose cells were counted.
            broken: numbers of rows that are left out already.
        """
        cells, filled = (np.frombuffer(counts, dtype="H") for counts in (self._cells, self._filled))
        if broken:
            sound = ~np.isin(rows.row_numbers, broken)
            cells[~sound] = filled[~sound] = _mode(cells[sound]) if sound.any() else rows.width
        ragged = filled > rows.width
        if len(cells) and (cells != cells[0]).any():
            ragged |= _odd_rows(rows, cells, filled)
            ragged |= torn_rows(rows, cells)
        return rows.row_numbers[ragged].astype(np.int64)


def _odd_rows(rows: RowStore, cells: Counts, filled: Counts) -> Booleans:
    """Mark the rows that differ from the others."""
    in_table = cells <= rows.width
    padded = np.count_nonzero(in_table & (filled < cells))
    if padded:
        fits = _fits_excel_blocks(rows, cells, filled)
        if np.count_nonzero(fits) >= len(fits) * DOMINANT:
            return ~fits
    widest = cells.max(where=in_table, initial=1)
    short = cells < widest
    count = np.count_nonzero(short)
    odd: Booleans = cells != _mode(cells)
    if count > padded and (count > 1 or len(cells) < _LIST):
        odd[:] = False  # the writer drops trailing empty cells
    elif count < max(_HABIT_ROWS, len(cells) * _HABIT_SHARE):
        return odd
    complete = cells == widest
    if np.count_nonzero(complete) < _LEAST:
        complete = in_table
    usual = usual_looks(rows, complete)
    if -1 in usual:  # among few complete rows a shifted one hides what is usual
        pairs = zip(usual, usual_looks(rows, in_table), strict=True)
        usual = [own if own >= 0 else other for own, other in pairs]
    odd[short] = _look_shifted(rows, cells, complete, short, usual)
    return odd | _pieces(odd & short, short) | _pushed_right(rows, usual)


def _pieces(shifted: Booleans, short: Booleans) -> Booleans:
    """Mark the short rows beside a shifted one: they may be pieces of one row."""
    pieces = shifted.copy()
    for _ in range(_MOST_PIECES):
        beside = pieces.copy()
        beside[1:] |= pieces[:-1]
        beside[:-1] |= pieces[1:]
        pieces = beside & short
    return pieces


def _fits_excel_blocks(rows: RowStore, cells: Counts, filled: Counts) -> Booleans:
    """Mark the rows as wide as their block of a file that Excel wrote."""
    usual = _mode(cells)
    fits: Booleans = cells == usual
    numbers = rows.row_numbers
    firsts = np.unique((numbers[~fits] - 1) // EXCEL_BLOCK) * EXCEL_BLOCK + 1
    starts = np.searchsorted(numbers, firsts).tolist()
    ends = np.searchsorted(numbers, firsts + EXCEL_BLOCK).tolist()
    for start, end in zip(starts, ends, strict=True):
        inside = cells[start:end]
        width = _mode(inside, preferred=usual)
        alike = inside == width
        # The first block has the header, too.
        is_full = width == (rows.width if start == 0 else filled[start:end][alike].max())
        count = int(np.count_nonzero(alike))
        in_excel = len(inside) > 1 or (fits & (cells != usual)).any()
        fits[start:end] = alike & (is_full and in_excel and count * 2 > len(inside))
    return fits


def _mode(values: NDArray[np.integer], preferred: int = -1) -> int:
    """The commonest value; of several the preferred one or else the largest."""
    counts = np.zeros(int(values.max(initial=0)) + 1, dtype=np.int64)
    for start in range(0, len(values), _AT_ONCE):  # it would widen all of them at once
        counts += np.bincount(values[start : start + _AT_ONCE], minlength=len(counts))
    best = np.flatnonzero(counts == counts.max())
    return preferred if preferred in best else int(best[-1])


def _look_shifted(
    rows: RowStore,
    cells: Counts,
    complete: Booleans,
    suspects: Booleans,
    usual: Sequence[int],
) -> Booleans:
    """Mark those of the suspects with a cell unlike its column in the complete rows."""
    first = next(rows.blocks())
    inside = bools_to_arrow(complete[: len(first)])
    own = filled_texts([column.filter(inside) for column in first.texts])
    all_values = filled_texts(first.texts)
    shifted = []
    for block in rows.blocks():
        inside = suspects[block.start : block.start + len(block)]
        if inside.any():
            texts = [trimmed(column.filter(bools_to_arrow(inside))) for column in block.texts]
            widths = cells[block.start : block.start + len(block)][inside]
            shifted.append(
                _unlike_columns(texts, usual) | _like_next(texts, widths, own, all_values)
            )
    return np.concatenate(shifted) if shifted else np.empty(0, dtype=np.bool_)


def _unlike_columns(texts: Sequence[pa.StringArray], usual: Sequence[int]) -> Booleans:
    unlike = np.zeros(len(texts[0]), dtype=np.bool_)
    for column, looks, look in zip(texts, looks_of_columns(texts), usual, strict=True):
        if look >= 0:
            unlike |= (byte_lengths(column) > 0) & (looks != look)
    return unlike


def _like_next(
    texts: Sequence[pa.StringArray],
    widths: Counts,
    own: Sequence[pa.StringArray],
    all_values: Sequence[pa.StringArray],
) -> Booleans:
    """Mark the rows whose last cell is a value of the next column and none of its own."""
    alike = np.zeros(len(widths), dtype=np.bool_)
    for at, values in enumerate(all_values[1:]):
        next_values = categories(values, own[at])
        is_next = bools_from_arrow(pc.is_in(texts[at], value_set=next_values))
        is_own = bools_from_arrow(pc.is_in(texts[at], value_set=own[at]))
        is_next |= _is_joined(texts[at], all_values[at], next_values)
        alike |= is_next & ~is_own & (widths == at + 1)
    return alike


def _is_joined(texts: pa.StringArray, own: pa.StringArray, following: pa.StringArray) -> Booleans:
    """Mark the texts that are a value of their column and one of the next in one cell."""
    values = [value for value in following.to_pylist() if value]
    if not 0 < len(values) <= _FEW:
        return np.zeros(len(texts), dtype=np.bool_)
    endings = "|".join(map(re.escape, values))
    begins = pc.replace_substring_regex(texts, rf" ?(?:{endings})$", "")
    changed = bools_from_arrow(pc.not_equal(begins, texts))
    is_value: Booleans = bools_from_arrow(pc.is_in(begins, value_set=own)) & changed
    return is_value


def _pushed_right(rows: RowStore, usual: Sequence[int]) -> Booleans:
    """Mark the rows whose cells behind an empty one are those of the column before.

    A writer that drops trailing empty cells hides a separator too many in a row that it cut.
    """
    values = [filled_texts([column])[0] for column in next(rows.blocks()).texts]
    pushed = []
    for block in rows.blocks():
        texts = [trimmed(column) for column in block.texts]
        marks = np.zeros(len(block), dtype=np.bool_)
        fits_before, is_foreign = ~marks, marks.copy()
        looks_beside = looks_of_columns(texts[1:])
        for at in reversed(range(1, len(texts))):
            is_filled = byte_lengths(texts[at]) > 0
            looks = looks_beside[at - 1]
            if usual[at - 1] >= 0:
                fits_before &= ~is_filled | (looks == usual[at - 1])
                if usual[at] not in {-1, usual[at - 1]}:
                    is_foreign |= is_filled & (looks == usual[at - 1])
            before = categories(values[at - 1], values[at])
            is_foreign |= is_filled & bools_from_arrow(pc.is_in(texts[at], value_set=before))
            if usual[at - 1] in STRONG and usual[at] not in {-1, usual[at - 1]}:
                marks |= is_filled & (looks == usual[at - 1])
            marks |= (byte_lengths(texts[at - 1]) == 0) & fits_before & is_foreign
        pushed.append(marks)
    return np.concatenate(pushed)
