"""Reads from a sheet's XML what calamine leaves out: hidden rows, errors, formulas, zeros.

It streams, and must not know what the cells are for.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from bulksms.errors import LoadError
from bulksms.loader.archive import BAD_XML, chunks, damaged, overlapping
from bulksms.loader.workbook.cell_text import Padding

Cell = tuple[int, int]
# What may stand in a trace, which is quick to look for, and the trace itself.
_TRACES = (
    ((b"<f", b":f"), re.compile(rb"<(?:\w+:)?f[\s/>]")),
    ((b'"e"', b"'e'"), re.compile(rb"""\st\s*=\s*["']e["']""")),
    ((b"hidden",), re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")),
)
# 26 columns of all rows are within bounds; only beyond them can a stray cell be absurd.
# A pattern that begins with a letter is found faster than one that begins with a space.
_FAR = re.compile(
    rb"""r(?<=\sr)\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]?"""
    rb"""(?:\d{8}|[2-9]\d{6}|1[1-9]\d{5}|10[5-9]\d{4}))"""
)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384


@dataclass(slots=True, kw_only=True)
class Overlay:
    """What stands over the values, by (row, column): rows from 1, columns from 0.

    Attributes:
        last: the furthest row and column that hold a value; 0 when nobody looked.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    broken: set[Cell] = field(default_factory=set)
    padded: dict[Cell, Padding] = field(default_factory=dict)
    last: tuple[int, int] = (0, 0)


def read_overlay(
    archive: zipfile.ZipFile, part: str, name: str, paddings: dict[str, Padding]
) -> Overlay:
    """Read the overlay of one worksheet; a sheet without a trace of any is not parsed at all."""
    if not _has_trace(chunks(archive, part, name), paddings):
        return Overlay()
    walker = Walker(paddings)
    parser = new_parser(walker)
    parser.StartDoctypeDeclHandler = lambda *_: _refuse(name)
    try:
        for chunk in chunks(archive, part, name):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003
    except BAD_XML as error:
        raise damaged(name) from error
    return walker.overlay


def new_parser(walker: "Walker") -> expat.XMLParserType:
    """Let a walker hear what a parser meets."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    return parser


def _has_trace(pieces: Iterator[bytes], paddings: dict[str, Padding]) -> bool:
    styles = "|".join(map(re.escape, paddings)).encode()
    padded = re.compile(rb"""\ss\s*=\s*["'](?:""" + styles + rb""")["']""") if paddings else None
    for window in overlapping(pieces):
        # UTF-16 XML has zero bytes, which the patterns cannot see through.
        if b"\0" in window[:4] or _FAR.search(window) or (padded and padded.search(window)):
            return True
        if any(_stands(window, *trace) for trace in _TRACES):
            return True
    return False


def _stands(window: bytes, parts: tuple[bytes, ...], trace: "re.Pattern[bytes]") -> bool:
    return any(part in window for part in parts) and bool(trace.search(window))


def _refuse(name: str) -> None:
    raise LoadError(f"{name} declares a DOCTYPE, which no spreadsheet needs: not read.")


def column_number(letters: str) -> int:
    """Column letters as a number from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _place(reference: str) -> Cell:
    """The cell a reference names; calamine would make room for any, Excel knows none outside."""
    match = _REFERENCE.match(reference)
    cell = (int(match[2]), column_number(match[1])) if match else (0, 0)
    if not 0 < cell[0] <= MAX_ROW or cell[1] >= MAX_COLUMN:
        raise ValueError(reference)
    return cell


class Walker:
    """Follows the XML of one sheet; `<dimension>` is never asked."""

    def __init__(self, paddings: dict[str, Padding]) -> None:
        self.overlay = Overlay()
        self._paddings = paddings
        self._row = 0
        self._column = -1
        self._cell: dict[str, str] = {}
        self._formula = False
        self._value = False
        self._inside = False
        self._filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of what opens."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._formula = True
        elif name in {"v", "is"}:
            self._value = self._inside = True
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            last = min(int(attributes.get("max", 1)), MAX_COLUMN)
            self.overlay.hidden_columns.update(range(int(attributes.get("min", 1)) - 1, last))

    def text(self, text: str) -> None:
        """Take note that the cell holds something."""
        if self._inside and text:
            self._filled = True

    def end(self, tag: str) -> None:
        """Judge the cell that closes."""
        name = tag.rpartition(":")[2]
        if name in {"v", "is"}:
            self._inside = False
        elif name == "c":
            self._end_cell()

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        if self._row > MAX_ROW:
            raise ValueError(self._row)
        self._column = -1
        if attributes.get("hidden") in {"1", "true"}:
            self.overlay.hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = _place(attributes["r"])
        else:
            self._column += 1
        self._cell = attributes
        self._formula = self._value = self._filled = False

    def _end_cell(self) -> None:
        here, kind = (self._row, self._column), self._cell.get("t", "n")
        # A formula whose result is the empty text has a type; one never calculated has none.
        missing = self._formula and not self._filled and not (self._value and kind == "str")
        if kind == "e" or missing:
            self.overlay.broken.add(here)
        padding = self._paddings.get(self._cell.get("s", "0"))
        if padding and self._filled and kind == "n":
            self.overlay.padded[here] = padding
        if self._filled or here in self.overlay.broken:
            row, column = self.overlay.last
            self.overlay.last = (max(row, self._row), max(column, self._column + 1))
