"""Finds the rows and cells in a piece of a sheet's XML, and proves that there is nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    GREATER,
    MASKS,
    SLASH,
    Flags,
    Positions,
    Windows,
    as_integer,
    give_up_unless,
)
from bulksms.loader.workbook.fast_xlsx.cell_types import CellTypes, Shape
from bulksms.loader.workbook.row_batches import MAX_ROW
from bulksms.loader.workbook.sheet_xml import MAX_COLUMN

_ROW, _ROW_END = b'<row r="', b"</row>"
_CELL, _CELL_END = b'<c r="', b"</c>"
_INLINE, _KEPT = b"<is><t>", b'<is><t xml:space="preserve">'
_INLINE_END = b"</t></is></c>"
_VALUE, _VALUE_END = b"<v>", b"</v></c>"
_A, _Z, _QUOTE, _ZERO, _SPACE = b'AZ"0 '
_ALPHABET, _BYTE = 26, 0xFF
_BEHIND_CELL = np.uint64(8 * len(_CELL))
_DIGITS = 7
_INLINE_TAGS, _VALUE_TAGS = 6, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTags:
    """The rows of a piece.

    Attributes:
        numbers: as people see them.
        tags: which tag opens each row, among all tags.
        ends: which tag is behind its last cell.
        attributes: where those after the number begin and end.
        lengths: of the number and the quote behind it.
        keys: both, as the references of its cells end too.
    """

    numbers: Positions
    tags: Positions
    ends: Positions
    attributes: tuple[Positions, Positions]
    lengths: Positions
    keys: NDArray[np.uint64]


@dataclass(slots=True, kw_only=True)
class Cells:
    """The cells of a piece, in order.

    Attributes:
        rows: the index of each cell's row in the piece.
        columns: from 0.
        shapes: how each is to be read; `EMPTY` ones have no text.
        starts: where the text begins.
        ends: where it ends.
        kept: whether blanks around a text are part of it.
        behind: where the attributes after the reference begin.
        until: where the cell ends.
    """

    rows: Positions
    columns: Positions
    shapes: NDArray[np.int64]
    starts: Positions
    ends: Positions
    kept: Flags
    behind: Positions
    until: Positions


def find_rows(windows: Windows, last: int) -> RowTags:
    """Find the rows, which must follow each other without a gap; `last` is the number before."""
    tags = windows.tags
    opening = np.flatnonzero(windows.letters == ord("r"))
    opening = opening[windows.matches(tags[opening], b"<row")]
    give_up_unless(len(opening) and opening[0] == 0 and tags[0] == 0, "no row at first")
    positions = tags[opening]
    give_up_unless(windows.matches(positions, _ROW).all(), "a row without a number")
    positions = positions + len(_ROW)
    digits = _count_digits(windows, positions)
    numbers, fine = windows.numbers(positions, digits)
    give_up_unless(fine.all() and (windows.bytes[positions] != _ZERO).all(), "a row's number")
    steps = np.diff(numbers, prepend=last)
    give_up_unless((steps > 0).all() and numbers[-1] <= MAX_ROW, "the order of rows")
    behind = tags[opening + 1] - 1
    give_up_unless((windows.bytes[behind] == GREATER).all(), "text in a row")
    return RowTags(
        numbers=numbers,
        tags=opening,
        ends=_ends(windows, opening, behind),
        attributes=(positions + digits + 1, behind),
        lengths=digits + 1,
        keys=windows.eight_bytes(positions) & MASKS[digits + 1],
    )


def _count_digits(windows: Windows, positions: Positions) -> Positions:
    """How many bytes come before the next quote; too many when it is far."""
    counts = np.full(len(positions), _DIGITS + 2)
    for count in range(_DIGITS, 0, -1):
        counts[windows.byte(positions, count) == _QUOTE] = count
    give_up_unless(counts.max() <= _DIGITS, "a long number of a row")
    return counts


def _ends(windows: Windows, opening: Positions, behind: Positions) -> Positions:
    """Return which tag ends each row, and see that the next row follows at once."""
    tags = windows.tags
    following = np.append(opening[1:], windows.count)
    self_closed = windows.bytes[behind - 1] == SLASH
    ends = np.where(self_closed, opening + 1, following - 1)
    closing = tags[ends[~self_closed]]
    give_up_unless(windows.matches(closing, _ROW_END).all(), "a row that does not end")
    after = tags[following]
    give_up_unless((closing + len(_ROW_END) == after[~self_closed]).all(), "text between rows")
    give_up_unless((ends == following)[self_closed].all(), "something in a row that has ended")
    return ends


def find_cells(windows: Windows, row_tags: RowTags, cell_types: CellTypes) -> Cells:
    """Find the cells of the rows, and prove that there is nothing else between them."""
    tags = windows.tags
    opening = np.flatnonzero(windows.letters == ord("c"))
    spaced = windows.byte(tags[opening], 2) == _SPACE
    opening = opening if spaced.all() else opening[spaced]
    counts = np.diff(np.append(np.searchsorted(opening, row_tags.tags), len(opening)))
    _check_lines(row_tags, opening, counts)
    columns, behind, rows = _references(windows, tags[opening], counts, row_tags)
    # What follows the cell: the next one, or the end of the row.
    following = np.empty_like(opening)
    following[:-1] = opening[1:]
    filled = counts > 0
    following[np.cumsum(counts)[filled] - 1] = row_tags.ends[filled]
    starts = tags[opening + 1]
    give_up_unless((windows.bytes[starts - 1] == GREATER).all(), "text in a cell")
    types = cell_types.find(windows, behind, starts - 1 - behind)
    cells = Cells(
        rows=rows,
        columns=columns,
        shapes=np.array(cell_types.shapes, dtype=np.int64)[types],
        starts=starts,
        ends=starts.copy(),
        kept=np.ones(len(types), dtype=np.bool_),
        behind=behind,
        until=tags[following],
    )
    tagged = following - opening
    _read_empty(windows, cells, tagged, np.array(cell_types.unresolved, dtype=np.bool_)[types])
    _read_inline(windows, cells, opening, tagged)
    _read_values(windows, cells, opening, tagged)
    is_unusual = cells.until[cells.shapes == Shape.UNUSUAL] - len(_CELL_END)
    give_up_unless(windows.matches(is_unusual, _CELL_END).all(), "a cell that does not end")
    return cells


def _check_lines(row_tags: RowTags, opening: Positions, counts: Positions) -> None:
    """Check that rows begin with their first cell, and empty rows hold nothing."""
    filled = counts > 0
    first = (np.cumsum(counts) - counts)[filled]
    give_up_unless((opening[first] == row_tags.tags[filled] + 1).all(), "the beginning of a row")
    give_up_unless((row_tags.ends == row_tags.tags + 1)[~filled].all(), "something else in a row")


def _references(
    windows: Windows, positions: Positions, counts: Positions, row_tags: RowTags
) -> tuple[Positions, Positions, Positions]:
    """Read the columns, give where each reference ends, and the rows; they must be its own."""
    rows = np.repeat(np.arange(len(counts)), counts)
    head = windows.eight_bytes(positions)
    give_up_unless(((head & MASKS[6]) == as_integer(_CELL)).all(), "a cell without a reference")
    columns = _columns(windows, positions, (head >> _BEHIND_CELL).astype(np.int64))
    number = positions + (len(_CELL) + 1)
    wide = columns >= _ALPHABET
    if wide.any():
        number += wide
        number += columns >= _ALPHABET * (_ALPHABET + 1)
    lengths = np.repeat(row_tags.lengths, counts)
    row_keys = windows.eight_bytes(number) & np.repeat(MASKS[row_tags.lengths], counts)
    give_up_unless((row_keys == np.repeat(row_tags.keys, counts)).all(), "a cell's row")
    order = rows * MAX_COLUMN + columns
    give_up_unless((order[1:] > order[:-1]).all(), "the order of cells")
    give_up_unless(columns.max(initial=0) < MAX_COLUMN, "a column too far")
    return columns, number + lengths, rows


def _columns(windows: Windows, positions: Positions, letters: Positions) -> Positions:
    """Read one to three capital letters, of which `letters` are the first two bytes."""
    first, second = letters & _BYTE, letters >> 8
    columns = first - _A
    give_up_unless(((columns >= 0) & (columns < _ALPHABET)).all(), "a reference")
    more = second >= _A
    if more.any():
        third = windows.byte(positions, len(_CELL) + 2).astype(np.int64)
        most = more & (third >= _A)
        give_up_unless((second[more] <= _Z).all() and (third[most] <= _Z).all(), "a reference")
        columns = np.where(more, (columns + 1) * _ALPHABET + second - _A, columns)
        columns = np.where(most, (columns + 1) * _ALPHABET + third - _A, columns)
    return columns


def _read_empty(windows: Windows, cells: Cells, tagged: Positions, unresolved: Flags) -> None:
    self_closed = cells.shapes == Shape.EMPTY
    give_up_unless((tagged[self_closed] == 1).all(), "a cell with two ends")
    closed = ~self_closed & (tagged == 2)  # noqa: PLR2004 - a beginning and an end
    if closed.any():
        closed[closed] = windows.matches(cells.starts[closed], _CELL_END)
        after = cells.starts[closed] + len(_CELL_END)
        give_up_unless((after == cells.until[closed]).all(), "a cell's end")
        cells.shapes[closed] = Shape.EMPTY
    give_up_unless(not unresolved[self_closed | closed].any(), "an error without a name")


def _read_inline(windows: Windows, cells: Cells, opening: Positions, tagged: Positions) -> None:
    positions = _as_index(cells.shapes == Shape.INLINE)
    starts, ends = cells.starts[positions], windows.tags[3:][opening[positions]]
    plain = windows.matches(ends, _INLINE_END) & (tagged[positions] == _INLINE_TAGS)
    plain &= ends + len(_INLINE_END) == cells.until[positions]
    trimmed = windows.matches(starts, _INLINE)
    kept = ~trimmed
    if kept.any():
        kept[kept] = windows.matches(starts[kept], _KEPT)
        plain &= trimmed | kept
    cells.kept[positions] = ~trimmed
    cells.starts[positions] = starts + np.where(trimmed, len(_INLINE), len(_KEPT))
    cells.ends[positions] = ends
    _mark_unusual(cells, positions, plain)


def _read_values(windows: Windows, cells: Cells, opening: Positions, tagged: Positions) -> None:
    positions = _as_index((cells.shapes >= Shape.NUMBER) & (cells.shapes <= Shape.TEXT))
    starts, ends = cells.starts[positions], windows.tags[2:][opening[positions]]
    plain = windows.matches(ends, _VALUE_END) & (tagged[positions] == _VALUE_TAGS)
    plain &= ends + len(_VALUE_END) == cells.until[positions]
    plain &= windows.matches(starts, _VALUE)
    cells.starts[positions] = starts + len(_VALUE)
    cells.ends[positions] = ends
    _mark_unusual(cells, positions, plain)
    values = (cells.shapes == Shape.NUMBER) | (cells.shapes == Shape.SHARED)
    cells.shapes[values & (cells.starts == cells.ends)] = Shape.EMPTY


def _as_index(flags: Flags) -> Positions | slice:
    """Name them in the way that is quickest to look up."""
    return slice(None) if flags.all() else np.flatnonzero(flags)


def _mark_unusual(cells: Cells, positions: Positions | slice, plain: Flags) -> None:
    """Mark the cells that are not plain as unusual."""
    if plain.all():
        return
    is_unusual = np.arange(len(cells.shapes))[positions][~plain]
    cells.shapes[is_unusual] = Shape.UNUSUAL
    cells.starts[is_unusual] = cells.ends[is_unusual] = cells.until[is_unusual]
