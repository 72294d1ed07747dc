"""Reads each piece of a sheet's XML as a batch of rows."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.cell_text import CellText
from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    Flags,
    Positions,
    Windows,
    check_texts,
    find_doubtful,
    gather,
    give_up_unless,
)
from bulksms.loader.workbook.fast_xlsx.cell_types import CellTypes, Shape
from bulksms.loader.workbook.fast_xlsx.shared_strings import SharedStrings
from bulksms.loader.workbook.fast_xlsx.tags import Cells, RowTags, find_cells, find_rows
from bulksms.loader.workbook.fast_xlsx.unusual_cells import UnusualCells
from bulksms.loader.workbook.protocol import RowBatch
from bulksms.loader.workbook.row_batches import SheetEnd, find_far_columns

MAX_GRID = 4_000_000
_DIGITS = 15  # as many as a number keeps
_EIGHT = 8
_ZERO = ord("0")
_ATTRIBUTES = re.compile(rb'(?: [A-Za-z][\w:]*="[^"<>&]*")*(?: ?/)?')
_NAME = re.compile(rb' ([\w:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')


@dataclass(slots=True, kw_only=True)
class _Texts:
    """Where the texts of cells lie in a pool, and what else the cells are."""

    pool: NDArray[np.uint8]
    starts: Positions
    lengths: Positions
    unresolved: Flags
    digits: list[tuple[int, str]]


class PieceReader:
    """Reads the pieces of one sheet."""

    def __init__(
        self, cell_types: CellTypes, unusual: UnusualCells, strings: SharedStrings
    ) -> None:
        self._cell_types, self._unusual, self._strings = cell_types, unusual, strings
        self._pool = np.empty(0, dtype=np.uint8)
        self._room = 0
        self._rows: dict[bytes, bool] = {}
        self._columns: set[int] = set()
        self._last_row = 0
        self.end = SheetEnd()

    def read(self, piece: bytes) -> RowBatch:
        """Read a piece that holds whole rows."""
        windows = Windows(piece)
        row_tags = find_rows(windows, self._last_row)
        self._last_row = int(row_tags.numbers[-1])
        cells = find_cells(windows, row_tags, self._cell_types)
        texts = self._texts(windows, piece, cells)
        used = (texts.lengths > 0) | texts.unresolved
        width = self._width(cells.columns, used, len(row_tags.numbers))
        cell_rows = row_tags.numbers[cells.rows]
        unresolved = zip(cell_rows[texts.unresolved], cells.columns[texts.unresolved], strict=True)
        batch = RowBatch(
            rows=len(row_tags.numbers),
            width=width,
            unresolved=[(int(row), int(column)) for row, column in unresolved],
            hidden=self._hidden(row_tags, piece),
            body=self._body(row_tags, cells, texts, width),
            digits=[
                (int(cell_rows[at]), int(cells.columns[at]), digits) for at, digits in texts.digits
            ],
        )
        self.end.extend(int(cell_rows[used].max(initial=0)), batch)
        return batch

    def _texts(self, windows: Windows, piece: bytes, cells: Cells) -> _Texts:
        shapes = cells.shapes
        _find_unusual(windows, cells)
        texts = _Texts(
            pool=windows.bytes,
            starts=cells.starts,
            lengths=cells.ends - cells.starts,
            unresolved=np.zeros(len(shapes), dtype=np.bool_),
            digits=[],
        )
        is_unusual, shared = shapes == Shape.UNUSUAL, shapes == Shape.SHARED
        extra = self._read_unusual(piece, cells, texts, is_unusual) if is_unusual.any() else b""
        if shared.any():
            self._fill_pool(piece, extra, texts)
            self._read_shared(windows, texts, shared)
        elif extra:
            behind = np.frombuffer(extra, dtype=np.uint8)
            texts.pool = np.concatenate([windows.bytes[: len(piece)], behind])
        return texts

    def _read_unusual(self, piece: bytes, cells: Cells, texts: _Texts, is_unusual: Flags) -> bytes:
        """Read the cells that are not plain; their texts follow the piece."""
        positions = np.flatnonzero(is_unusual)
        begin, until = cells.behind[positions].tolist(), cells.until[positions].tolist()
        unusual = self._unusual.read([piece[a:b] for a, b in zip(begin, until, strict=True)])
        sizes = np.array([len(cell.text) for cell in unusual], dtype=np.int64)
        texts.lengths[positions] = sizes
        texts.starts[positions] = len(piece) + np.cumsum(sizes) - sizes
        texts.unresolved[positions] = [cell.is_unresolved for cell in unusual]
        self._note(positions, cells, unusual, texts)
        return b"".join([cell.text for cell in unusual])

    def _note(
        self, positions: Positions, cells: Cells, unusual: list[CellText], texts: _Texts
    ) -> None:
        """Note the digits that are not shown, and the formats that cannot be rendered."""
        for at, cell in zip(positions.tolist(), unusual, strict=True):
            if cell.digits:
                texts.digits.append((at, cell.digits))
            if cell.unreadable_format or cell.follows_locale:
                self.end.note(int(cells.columns[at]), cell)

    def _fill_pool(self, piece: bytes, extra: bytes, texts: _Texts) -> None:
        """Put the piece and the texts of its unusual cells before the shared strings."""
        size = len(piece) + len(extra)
        if size > self._room:
            self._room = size * 2
            self._pool = np.concatenate([np.empty(self._room, dtype=np.uint8), self._strings.pool])
        self._pool[: len(piece)] = np.frombuffer(piece, dtype=np.uint8)
        self._pool[len(piece) : size] = np.frombuffer(extra, dtype=np.uint8)
        texts.pool = self._pool

    def _read_shared(self, windows: Windows, texts: _Texts, shared: Flags) -> None:
        number, fine = windows.numbers(texts.starts[shared], texts.lengths[shared])
        give_up_unless(
            fine.all() and number.max() < len(self._strings), "a shared string that is none"
        )
        texts.starts[shared] = self._strings.starts[number] + self._room
        texts.lengths[shared] = self._strings.lengths[number]

    def _width(self, columns: Positions, used: Flags, rows: int) -> int:
        """How many columns the piece has."""
        filled = columns if used.all() else columns[used]
        width = int(filled.max(initial=-1)) + 1
        give_up_unless(width * rows <= MAX_GRID, "rows that are far too wide")
        self._columns.update(np.flatnonzero(np.bincount(filled)).tolist())
        give_up_unless(not find_far_columns(self._columns), "a stray cell")
        return width

    def _body(self, row_tags: RowTags, cells: Cells, texts: _Texts, width: int) -> bytes:
        rows = len(row_tags.numbers)
        starts = np.zeros(rows * width, dtype=np.int64)
        lengths = np.zeros(rows * width, dtype=np.int64)
        positions = cells.columns * rows + cells.rows
        within = cells.columns < width  # empty cells may be farther out
        if within.all():
            starts[positions], lengths[positions] = texts.starts, texts.lengths
        else:
            starts[positions[within]] = texts.starts[within]
            lengths[positions[within]] = texts.lengths[within]
        gathered = gather(texts.pool, starts, lengths)
        check_texts(gathered, lengths)
        offsets = np.zeros(rows * width + 1, dtype="<i4")
        np.cumsum(lengths, out=offsets[1:])
        parts = [row_tags.numbers.astype("<i4"), offsets, gathered]
        return b"".join(part.tobytes() for part in parts)

    def _hidden(self, row_tags: RowTags, piece: bytes) -> list[int]:
        """Return the hidden rows by their attributes."""
        begin, end = row_tags.attributes
        if (begin == end).all():
            return []
        row_attributes = [piece[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
        for attributes in set(row_attributes) - self._rows.keys():
            self._rows[attributes] = _hides(attributes)
        hidden = [self._rows[attributes] for attributes in row_attributes]
        return [int(number) for number in row_tags.numbers[hidden]]


def _hides(attributes: bytes) -> bool:
    give_up_unless(_ATTRIBUTES.fullmatch(attributes), "attributes of a row")
    names = _NAME.findall(attributes)
    give_up_unless(len(set(names)) == len(names) and b"r" not in names, "attributes of a row")
    return bool(_HIDDEN.search(attributes))


def _find_unusual(windows: Windows, cells: Cells) -> None:
    """Find the cells that looked plain by their tags, and are not by their texts."""
    shapes = cells.shapes
    is_doubtful = find_doubtful(windows, cells.starts, cells.ends, cells.kept)
    shapes[is_doubtful & (cells.ends > cells.starts)] = Shape.UNUSUAL
    positions = np.flatnonzero(shapes == Shape.NUMBER)
    if not len(positions):
        return
    starts = cells.starts[positions]
    lengths = cells.ends[positions] - starts
    fine = (lengths <= _DIGITS) & ((windows.bytes[starts] != _ZERO) | (lengths == 1))
    fine &= windows.numbers(starts, np.minimum(lengths, _EIGHT))[1]
    long = fine & (lengths > _EIGHT)
    fine[long] = windows.numbers(starts[long] + _EIGHT, lengths[long] - _EIGHT)[1]
    shapes[positions[~fine]] = Shape.UNUSUAL
