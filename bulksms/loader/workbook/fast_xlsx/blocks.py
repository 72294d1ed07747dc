"""Makes columns of the cells in a piece of a sheet's XML.

It must not know where the piece came from.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import Flags, Places, Windows, gather
from bulksms.loader.workbook.fast_xlsx.cell_types import Kinds, Shape
from bulksms.loader.workbook.fast_xlsx.plainness import require
from bulksms.loader.workbook.fast_xlsx.shared_strings import Strings
from bulksms.loader.workbook.fast_xlsx.tags import Cells, Lines, find_cells, find_lines
from bulksms.loader.workbook.fast_xlsx.unusual_cells import OddCells
from bulksms.loader.workbook.fast_xlsx.xml_texts import check_texts, doubtful
from bulksms.loader.workbook.protocol import Packed

MAX_GRID = 4_000_000
_DIGITS = 15  # as many as a number keeps
_WORD = 8
_ZERO = ord("0")
_ATTRIBUTES = re.compile(rb'(?: [A-Za-z][\w:]*="[^"<>&]*")*(?: ?/)?')
_NAME = re.compile(rb' ([\w:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')


@dataclass(slots=True, kw_only=True)
class Reach:
    """How far a sheet reaches.

    Attributes:
        line: the last row that was read.
        height: the last row that holds a value.
        width: the columns up to the last that does, or that is broken.
        broken: the last row with a broken cell.
    """

    line: int = 0
    height: int = 0
    width: int = 0
    broken: int = 0


@dataclass(slots=True, kw_only=True)
class _Texts:
    """Where the texts of cells lie in a pool, and what else the cells are."""

    pool: NDArray[np.uint8]
    starts: Places
    lengths: Places
    used: Flags
    broken: Flags


class Blocks:
    """Reads the pieces of one sheet."""

    def __init__(self, kinds: Kinds, odd: OddCells, strings: Strings) -> None:
        self._kinds, self._odd, self._strings = kinds, odd, strings
        self._pool = np.empty(0, dtype=np.uint8)
        self._room = 0
        self._rows: dict[bytes, bool] = {}
        self.reach = Reach()

    def read(self, piece: bytes) -> Packed:
        """Read a piece that holds whole rows."""
        seen = Windows(piece)
        lines = find_lines(seen, self.reach.line)
        cells = find_cells(seen, lines, self._kinds)
        texts = self._texts(seen, piece, cells)
        width = self._stretch(lines, cells, texts)
        broken = texts.broken
        places = zip(lines.numbers[cells.rows[broken]], cells.columns[broken], strict=True)
        return Packed(
            rows=len(lines.numbers),
            width=width,
            broken=[(int(row), int(column)) for row, column in places],
            hidden=self._hidden(lines, piece),
            body=self._body(lines, cells, texts, width),
        )

    def _texts(self, seen: Windows, piece: bytes, cells: Cells) -> _Texts:
        shapes = cells.shapes
        _doubt(seen, cells)
        texts = _Texts(
            pool=seen.bytes,
            starts=cells.starts,
            lengths=cells.ends - cells.starts,
            used=shapes != Shape.EMPTY,
            broken=np.zeros(len(shapes), dtype=np.bool_),
        )
        odd, shared = shapes == Shape.ODD, shapes == Shape.SHARED
        found = self._read_odd(piece, cells, texts, odd) if odd.any() else b""
        if shared.any():
            self._fill_pool(piece, found, texts)
            self._read_shared(seen, texts, shared)
        elif found:
            behind = np.frombuffer(found, dtype=np.uint8)
            texts.pool = np.concatenate([seen.bytes[: len(piece)], behind])
        return texts

    def _read_odd(self, piece: bytes, cells: Cells, texts: _Texts, odd: Flags) -> bytes:
        """Read the cells that are not plain; their texts lie behind the piece."""
        which = np.flatnonzero(odd)
        begin, until = cells.behind[which].tolist(), cells.until[which].tolist()
        found = self._odd.read([piece[a:b] for a, b in zip(begin, until, strict=True)])
        sizes = np.array([len(one.text) for one in found], dtype=np.int64)
        texts.lengths[which] = sizes
        texts.starts[which] = len(piece) + np.cumsum(sizes) - sizes
        texts.used[which] = [one.used for one in found]
        texts.broken[which] = [one.broken for one in found]
        return b"".join([one.text for one in found])

    def _fill_pool(self, piece: bytes, odd: bytes, texts: _Texts) -> None:
        """Put the piece and the odd texts before the shared strings."""
        size = len(piece) + len(odd)
        if size > self._room:
            self._room = size * 2
            self._pool = np.concatenate([np.empty(self._room, dtype=np.uint8), self._strings.pool])
        self._pool[: len(piece)] = np.frombuffer(piece, dtype=np.uint8)
        self._pool[len(piece) : size] = np.frombuffer(odd, dtype=np.uint8)
        texts.pool = self._pool

    def _read_shared(self, seen: Windows, texts: _Texts, shared: Flags) -> None:
        number, fine = seen.numbers(texts.starts[shared], texts.lengths[shared])
        require(fine.all() and number.max() < len(self._strings), "a shared string that is none")
        texts.starts[shared] = self._strings.starts[number] + self._room
        texts.lengths[shared] = self._strings.lengths[number]

    def _stretch(self, lines: Lines, cells: Cells, texts: _Texts) -> int:
        """See how far the block reaches, and give its width."""
        reach = self.reach
        reach.line = int(lines.numbers[-1])
        used, broken = texts.used, texts.broken
        if broken.any():
            reach.broken = int(lines.numbers[cells.rows[broken][-1]])
        if used.any():
            reach.height = int(lines.numbers[cells.rows[len(used) - 1 - used[::-1].argmax()]])
        counted = cells.columns if used.all() else cells.columns[used | broken]
        width = int(counted.max(initial=-1)) + 1
        reach.width = max(reach.width, width)
        require(width * len(lines.numbers) <= MAX_GRID, "rows that are far too wide")
        return width

    def _body(self, lines: Lines, cells: Cells, texts: _Texts, width: int) -> bytes:
        rows = len(lines.numbers)
        starts = np.zeros(rows * width, dtype=np.int64)
        lengths = np.zeros(rows * width, dtype=np.int64)
        places = cells.columns * rows + cells.rows
        within = cells.columns < width  # empty cells may stand farther out
        if within.all():
            starts[places], lengths[places] = texts.starts, texts.lengths
        else:
            starts[places[within]] = texts.starts[within]
            lengths[places[within]] = texts.lengths[within]
        found = gather(texts.pool, starts, lengths)
        check_texts(found, lengths)
        offsets = np.zeros(rows * width + 1, dtype="<i4")
        np.cumsum(lengths, out=offsets[1:])
        parts = [lines.numbers.astype("<i4"), offsets, found]
        return b"".join(part.tobytes() for part in parts)

    def _hidden(self, lines: Lines, piece: bytes) -> list[int]:
        """Give the rows that nobody sees, by what their attributes say."""
        begin, end = lines.attributes
        if (begin == end).all():
            return []
        said = [piece[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
        for attributes in set(said) - self._rows.keys():
            self._rows[attributes] = _hides(attributes)
        hidden = [self._rows[attributes] for attributes in said]
        return [int(number) for number in lines.numbers[hidden]]


def _hides(attributes: bytes) -> bool:
    require(_ATTRIBUTES.fullmatch(attributes), "attributes of a row")
    names = _NAME.findall(attributes)
    require(len(set(names)) == len(names) and b"r" not in names, "attributes of a row")
    return bool(_HIDDEN.search(attributes))


def _doubt(seen: Windows, cells: Cells) -> None:
    """Find the cells that looked plain by their tags, and are not by their texts."""
    shapes = cells.shapes
    doubts = doubtful(seen, cells.starts, cells.ends, cells.kept)
    shapes[doubts & (cells.ends > cells.starts)] = Shape.ODD
    which = np.flatnonzero(shapes == Shape.NUMBER)
    if not len(which):
        return
    starts = cells.starts[which]
    lengths = cells.ends[which] - starts
    fine = (lengths <= _DIGITS) & ((seen.bytes[starts] != _ZERO) | (lengths == 1))
    fine &= seen.numbers(starts, np.minimum(lengths, _WORD))[1]
    long = fine & (lengths > _WORD)
    fine[long] = seen.numbers(starts[long] + _WORD, lengths[long] - _WORD)[1]
    shapes[which[~fine]] = Shape.ODD
