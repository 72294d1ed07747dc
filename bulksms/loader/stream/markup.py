"""Finds the rows and the cells in a piece of a sheet's XML, and proves that nothing else is there.

It must not know what the cells mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.overlay import MAX_COLUMN, MAX_ROW
from bulksms.loader.stream.kinds import Kinds, Shape
from bulksms.loader.stream.plainness import require
from bulksms.loader.stream.windows import GREATER, MASKS, SLASH, Flags, Places, Windows, word

_ROW, _ROW_END = b'<row r="', b"</row>"
_CELL, _CELL_END = b'<c r="', b"</c>"
_INLINE, _KEPT = b"<is><t>", b'<is><t xml:space="preserve">'
_INLINE_END = b"</t></is></c>"
_VALUE, _VALUE_END = b"<v>", b"</v></c>"
_A, _Z, _QUOTE, _ZERO = b'AZ"0'
_DIGITS = 7
_INLINE_TAGS, _VALUE_TAGS = 6, 4


@dataclass(slots=True, kw_only=True)
class Lines:
    """The rows of a piece.

    Attributes:
        numbers: as people see them.
        tags: which tag opens each row, among all tags.
        ends: which tag is behind its last cell.
        attributes: where those after the number begin and end.
        digits: how many the number has.
        keys: the digits and the quote behind them, as they stand in the references too.
    """

    numbers: Places
    tags: Places
    ends: Places
    attributes: tuple[Places, Places]
    digits: Places
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
    letters = seen.bytes[tags + 1]
    opening = np.flatnonzero(letters == ord("r"))
    opening = opening[seen.stands(tags[opening], b"<row")]
    require(len(opening) and opening[0] == 0 and tags[0] == 0, "no row at first")
    places = tags[opening]
    require(seen.stands(places, _ROW).all(), "a row without a number")
    places = places + len(_ROW)
    digits = _count_digits(seen, places)
    numbers, fine = seen.numbers(places, digits)
    require(fine.all() and (seen.bytes[places] != _ZERO).all(), "a row's number")
    steps = np.diff(numbers, prepend=last)
    require((steps > 0).all() and numbers[-1] <= MAX_ROW, "the order of rows")
    following = np.append(opening[1:], len(tags))
    behind = np.append(tags, seen.size)[opening + 1] - 1
    require((seen.bytes[behind] == GREATER).all(), "text in a row")
    alone = seen.bytes[behind - 1] == SLASH
    ends = np.where(alone, opening + 1, following - 1)
    closing = tags[ends[~alone]]
    require(seen.stands(closing, _ROW_END).all(), "a row that does not end")
    after = np.append(places[1:] - len(_ROW), seen.size)
    require((closing + len(_ROW_END) == after[~alone]).all(), "text between rows")
    require((behind + 1 == after)[alone].all() and (ends == following)[alone].all(), "a row's end")
    keys = seen.words(places) & MASKS[digits + 1]
    start = places + digits + 1
    return Lines(
        numbers=numbers,
        tags=opening,
        ends=ends,
        attributes=(start, behind),
        digits=digits,
        keys=keys,
    )


def _count_digits(seen: Windows, places: Places) -> Places:
    """How many bytes stand before the next quote; too many when it is far."""
    found = np.full(len(places), _DIGITS + 2)
    for count in range(_DIGITS, 0, -1):
        found[seen.bytes[places + count] == _QUOTE] = count
    require(not len(found) or found.max() <= _DIGITS, "a long number of a row")
    return found


def find_cells(seen: Windows, lines: Lines, kinds: Kinds) -> Cells:
    """Find the cells of the rows, and prove that nothing else stands between them."""
    tags = seen.tags
    opening = np.flatnonzero(seen.bytes[tags + 1] == ord("c"))
    opening = opening[seen.bytes[tags[opening] + 2] == ord(" ")]
    counts = np.diff(np.append(np.searchsorted(opening, lines.tags), len(opening)))
    rows = np.repeat(np.arange(len(lines.tags)), counts)
    columns, behind = _references(seen, tags[opening], rows, lines)
    # What follows the cell: the next one, or the end of the row.
    following = np.append(opening[1:], len(tags))[: len(opening)]
    final = np.append(rows[1:] != rows[:-1], np.ones(1, dtype=np.bool_))[: len(rows)]
    following[final] = lines.ends[rows[final]]
    _check_lines(lines, opening, counts)
    places = np.append(tags, seen.size)
    ends = places[opening + 1] - 1
    require((seen.bytes[ends] == GREATER).all(), "text in a cell")
    found = kinds.find(seen, behind, ends - behind)
    cells = Cells(
        rows=rows,
        columns=columns,
        shapes=np.array(kinds.shapes, dtype=np.int64)[found],
        starts=ends + 1,
        ends=ends + 1,
        kept=np.ones(len(found), dtype=np.bool_),
        behind=behind,
        until=places[following],
    )
    tagged = following - opening
    _read_empty(seen, cells, tagged, np.array(kinds.broken, dtype=np.bool_)[found])
    _read_inline(seen, cells, places[np.minimum(opening + 3, len(tags))], tagged)
    _read_values(seen, cells, places[np.minimum(opening + 2, len(tags))], tagged)
    odd = cells.until[cells.shapes == Shape.ODD] - len(_CELL_END)
    require(seen.stands(odd, _CELL_END).all(), "a cell that does not end")
    return cells


def _check_lines(lines: Lines, opening: Places, counts: Places) -> None:
    """See that the first cell stands at the beginning of its row, and nothing in an empty one."""
    filled = counts > 0
    first = (np.cumsum(counts) - counts)[filled]
    require((opening[first] == lines.tags[filled] + 1).all(), "the beginning of a row")
    require((lines.ends == lines.tags + 1)[~filled].all(), "something else in a row")


def _read_empty(seen: Windows, cells: Cells, tagged: Places, broken: Flags) -> None:
    alone = cells.shapes == Shape.EMPTY
    require((tagged[alone] == 1).all(), "a cell with two ends")
    closed = ~alone & (tagged == 2)  # noqa: PLR2004 - a beginning and an end
    closed[closed] = seen.stands(cells.starts[closed], _CELL_END)
    require((cells.starts[closed] + len(_CELL_END) == cells.until[closed]).all(), "a cell's end")
    cells.shapes[closed] = Shape.EMPTY
    require(not broken[alone | closed].any(), "an error without a name")


def _read_inline(seen: Windows, cells: Cells, ends: Places, tagged: Places) -> None:
    inline = cells.shapes == Shape.INLINE
    plain = inline & (tagged == _INLINE_TAGS)
    plain[plain] = _closes(seen, cells, ends, plain, _INLINE_END)
    trimmed = plain.copy()
    trimmed[plain] = seen.stands(cells.starts[plain], _INLINE)
    kept = plain & ~trimmed
    kept[kept] = seen.stands(cells.starts[kept], _KEPT)
    cells.kept[trimmed] = False
    cells.shapes[inline & ~trimmed & ~kept] = Shape.ODD
    cells.starts[trimmed] += len(_INLINE)
    cells.starts[kept] += len(_KEPT)
    cells.ends[trimmed | kept] = ends[trimmed | kept]


def _read_values(seen: Windows, cells: Cells, ends: Places, tagged: Places) -> None:
    valued = (cells.shapes >= Shape.NUMBER) & (cells.shapes <= Shape.TEXT)
    plain = valued & (tagged == _VALUE_TAGS)
    plain[plain] = _closes(seen, cells, ends, plain, _VALUE_END)
    plain[plain] = seen.stands(cells.starts[plain], _VALUE)
    cells.shapes[valued & ~plain] = Shape.ODD
    cells.starts[plain] += len(_VALUE)
    cells.ends[plain] = ends[plain]
    nothing = plain & (cells.starts == cells.ends) & (cells.shapes != Shape.TEXT)
    cells.shapes[nothing] = Shape.EMPTY


def _closes(seen: Windows, cells: Cells, ends: Places, which: Flags, literal: bytes) -> Flags:
    """Whether the text is closed by the literal, and the cell with it."""
    closing = ends[which]
    found: Flags = seen.stands(closing, literal)
    found &= closing + len(literal) == cells.until[which]
    return found


def _references(seen: Windows, places: Places, rows: Places, lines: Lines) -> tuple[Places, Places]:
    """Read the columns, and give where each reference ends; the row in it must be its own."""
    head = seen.words(places)
    require(((head & MASKS[6]) == word(_CELL)).all(), "a cell without a reference")
    letters = [seen.bytes[places + len(_CELL) + at].astype(np.int64) for at in range(3)]
    first, second, third = ((one >= _A) & (one <= _Z) for one in letters)
    require(first.all(), "a reference")
    third &= second
    columns = letters[0] - _A
    columns = np.where(second, (columns + 1) * 26 + letters[1] - _A, columns)
    columns = np.where(third, (columns + 1) * 26 + letters[2] - _A, columns)
    number = places + (len(_CELL) + 1) + second + third
    digits = lines.digits[rows]
    require((seen.words(number) & MASKS[digits + 1] == lines.keys[rows]).all(), "a cell's row")
    inside = rows[1:] == rows[:-1]
    require((np.diff(columns) > 0)[inside].all(), "the order of cells")
    require(not len(columns) or columns.max() < MAX_COLUMN, "a column too far")
    return columns, number + digits + 1
