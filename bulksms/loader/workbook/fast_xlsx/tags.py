"""Finds the rows and the cells in a piece of a sheet's XML, and proves that nothing else is there.

It must not know what the cells mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    GREATER,
    MASKS,
    SLASH,
    Flags,
    Places,
    Windows,
    give_up_unless,
    word,
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
class Lines:
    """The rows of a piece.

    Attributes:
        numbers: as people see them.
        tags: which tag opens each row, among all tags.
        ends: which tag is behind its last cell.
        attributes: where those after the number begin and end.
        lengths: of the number and the quote behind it.
        keys: both, as they stand in the references too.
    """

    numbers: Places
    tags: Places
    ends: Places
    attributes: tuple[Places, Places]
    lengths: Places
    keys: NDArray[np.uint64]


@dataclass(slots=True, kw_only=True)
class Cells:
    """The cells of a piece, in order.

    Attributes:
        rows: the place of each cell's row in the piece.
        columns: from 0.
        shapes: how each is to be read; `EMPTY` ones have no text.
        starts: where the text begins.
        ends: where it ends.
        kept: whether blanks around a text are part of it.
        behind: where the attributes after the reference begin.
        until: where the cell ends.
    """

    rows: Places
    columns: Places
    shapes: NDArray[np.int64]
    starts: Places
    ends: Places
    kept: Flags
    behind: Places
    until: Places


def find_lines(seen: Windows, last: int) -> Lines:
    """Find the rows, which must follow each other without a gap; `last` is the number before."""
    tags = seen.tags
    opening = np.flatnonzero(seen.letters == ord("r"))
    opening = opening[seen.stands(tags[opening], b"<row")]
    give_up_unless(len(opening) and opening[0] == 0 and tags[0] == 0, "no row at first")
    places = tags[opening]
    give_up_unless(seen.stands(places, _ROW).all(), "a row without a number")
    places = places + len(_ROW)
    digits = _count_digits(seen, places)
    numbers, fine = seen.numbers(places, digits)
    give_up_unless(fine.all() and (seen.bytes[places] != _ZERO).all(), "a row's number")
    steps = np.diff(numbers, prepend=last)
    give_up_unless((steps > 0).all() and numbers[-1] <= MAX_ROW, "the order of rows")
    behind = tags[opening + 1] - 1
    give_up_unless((seen.bytes[behind] == GREATER).all(), "text in a row")
    return Lines(
        numbers=numbers,
        tags=opening,
        ends=_ends(seen, opening, behind),
        attributes=(places + digits + 1, behind),
        lengths=digits + 1,
        keys=seen.words(places) & MASKS[digits + 1],
    )


def _count_digits(seen: Windows, places: Places) -> Places:
    """How many bytes stand before the next quote; too many when it is far."""
    found = np.full(len(places), _DIGITS + 2)
    for count in range(_DIGITS, 0, -1):
        found[seen.byte(places, count) == _QUOTE] = count
    give_up_unless(found.max() <= _DIGITS, "a long number of a row")
    return found


def _ends(seen: Windows, opening: Places, behind: Places) -> Places:
    """Give which tag ends each row, and see that the next row follows at once."""
    tags = seen.tags
    following = np.append(opening[1:], seen.count)
    alone = seen.bytes[behind - 1] == SLASH
    ends = np.where(alone, opening + 1, following - 1)
    closing = tags[ends[~alone]]
    give_up_unless(seen.stands(closing, _ROW_END).all(), "a row that does not end")
    after = tags[following]
    give_up_unless((closing + len(_ROW_END) == after[~alone]).all(), "text between rows")
    give_up_unless((ends == following)[alone].all(), "something in a row that has ended")
    return ends


def find_cells(seen: Windows, lines: Lines, kinds: CellTypes) -> Cells:
    """Find the cells of the rows, and prove that nothing else stands between them."""
    tags = seen.tags
    opening = np.flatnonzero(seen.letters == ord("c"))
    spaced = seen.byte(tags[opening], 2) == _SPACE
    opening = opening if spaced.all() else opening[spaced]
    counts = np.diff(np.append(np.searchsorted(opening, lines.tags), len(opening)))
    _check_lines(lines, opening, counts)
    columns, behind, rows = _references(seen, tags[opening], counts, lines)
    # What follows the cell: the next one, or the end of the row.
    following = np.empty_like(opening)
    following[:-1] = opening[1:]
    filled = counts > 0
    following[np.cumsum(counts)[filled] - 1] = lines.ends[filled]
    starts = tags[opening + 1]
    give_up_unless((seen.bytes[starts - 1] == GREATER).all(), "text in a cell")
    found = kinds.find(seen, behind, starts - 1 - behind)
    cells = Cells(
        rows=rows,
        columns=columns,
        shapes=np.array(kinds.shapes, dtype=np.int64)[found],
        starts=starts,
        ends=starts.copy(),
        kept=np.ones(len(found), dtype=np.bool_),
        behind=behind,
        until=tags[following],
    )
    tagged = following - opening
    _read_empty(seen, cells, tagged, np.array(kinds.broken, dtype=np.bool_)[found])
    _read_inline(seen, cells, opening, tagged)
    _read_values(seen, cells, opening, tagged)
    odd = cells.until[cells.shapes == Shape.ODD] - len(_CELL_END)
    give_up_unless(seen.stands(odd, _CELL_END).all(), "a cell that does not end")
    return cells


def _check_lines(lines: Lines, opening: Places, counts: Places) -> None:
    """See that the first cell stands at the beginning of its row, and nothing in an empty one."""
    filled = counts > 0
    first = (np.cumsum(counts) - counts)[filled]
    give_up_unless((opening[first] == lines.tags[filled] + 1).all(), "the beginning of a row")
    give_up_unless((lines.ends == lines.tags + 1)[~filled].all(), "something else in a row")


def _references(
    seen: Windows, places: Places, counts: Places, lines: Lines
) -> tuple[Places, Places, Places]:
    """Read the columns, give where each reference ends, and the rows; they must be its own."""
    rows = np.repeat(np.arange(len(counts)), counts)
    head = seen.words(places)
    give_up_unless(((head & MASKS[6]) == word(_CELL)).all(), "a cell without a reference")
    columns = _columns(seen, places, (head >> _BEHIND_CELL).astype(np.int64))
    number = places + (len(_CELL) + 1)
    wide = columns >= _ALPHABET
    if wide.any():
        number += wide
        number += columns >= _ALPHABET * (_ALPHABET + 1)
    lengths = np.repeat(lines.lengths, counts)
    found = seen.words(number) & np.repeat(MASKS[lines.lengths], counts)
    give_up_unless((found == np.repeat(lines.keys, counts)).all(), "a cell's row")
    order = rows * MAX_COLUMN + columns
    give_up_unless((order[1:] > order[:-1]).all(), "the order of cells")
    give_up_unless(columns.max(initial=0) < MAX_COLUMN, "a column too far")
    return columns, number + lengths, rows


def _columns(seen: Windows, places: Places, letters: Places) -> Places:
    """Read one to three capital letters, of which `letters` are the first two bytes."""
    first, second = letters & _BYTE, letters >> 8
    columns = first - _A
    give_up_unless(((columns >= 0) & (columns < _ALPHABET)).all(), "a reference")
    more = second >= _A
    if more.any():
        third = seen.byte(places, len(_CELL) + 2).astype(np.int64)
        most = more & (third >= _A)
        give_up_unless((second[more] <= _Z).all() and (third[most] <= _Z).all(), "a reference")
        columns = np.where(more, (columns + 1) * _ALPHABET + second - _A, columns)
        columns = np.where(most, (columns + 1) * _ALPHABET + third - _A, columns)
    return columns


def _read_empty(seen: Windows, cells: Cells, tagged: Places, broken: Flags) -> None:
    alone = cells.shapes == Shape.EMPTY
    give_up_unless((tagged[alone] == 1).all(), "a cell with two ends")
    closed = ~alone & (tagged == 2)  # noqa: PLR2004 - a beginning and an end
    if closed.any():
        closed[closed] = seen.stands(cells.starts[closed], _CELL_END)
        after = cells.starts[closed] + len(_CELL_END)
        give_up_unless((after == cells.until[closed]).all(), "a cell's end")
        cells.shapes[closed] = Shape.EMPTY
    give_up_unless(not broken[alone | closed].any(), "an error without a name")


def _read_inline(seen: Windows, cells: Cells, opening: Places, tagged: Places) -> None:
    which = _those(cells.shapes == Shape.INLINE)
    starts, ends = cells.starts[which], seen.tags[3:][opening[which]]
    plain = seen.stands(ends, _INLINE_END) & (tagged[which] == _INLINE_TAGS)
    plain &= ends + len(_INLINE_END) == cells.until[which]
    trimmed = seen.stands(starts, _INLINE)
    kept = ~trimmed
    if kept.any():
        kept[kept] = seen.stands(starts[kept], _KEPT)
        plain &= trimmed | kept
    cells.kept[which] = ~trimmed
    cells.starts[which] = starts + np.where(trimmed, len(_INLINE), len(_KEPT))
    cells.ends[which] = ends
    _make_odd(cells, which, plain)


def _read_values(seen: Windows, cells: Cells, opening: Places, tagged: Places) -> None:
    which = _those((cells.shapes >= Shape.NUMBER) & (cells.shapes <= Shape.TEXT))
    starts, ends = cells.starts[which], seen.tags[2:][opening[which]]
    plain = seen.stands(ends, _VALUE_END) & (tagged[which] == _VALUE_TAGS)
    plain &= ends + len(_VALUE_END) == cells.until[which]
    plain &= seen.stands(starts, _VALUE)
    cells.starts[which] = starts + len(_VALUE)
    cells.ends[which] = ends
    _make_odd(cells, which, plain)
    values = (cells.shapes == Shape.NUMBER) | (cells.shapes == Shape.SHARED)
    cells.shapes[values & (cells.starts == cells.ends)] = Shape.EMPTY


def _those(which: Flags) -> Places | slice:
    """Name them in the way that is quickest to look up."""
    return slice(None) if which.all() else np.flatnonzero(which)


def _make_odd(cells: Cells, which: Places | slice, plain: Flags) -> None:
    """Call the cells that are not plain odd; their text is no concern of ours."""
    if plain.all():
        return
    odd = np.arange(len(cells.shapes))[which][~plain]
    cells.shapes[odd] = Shape.ODD
    cells.starts[odd] = cells.ends[odd] = cells.until[odd]
