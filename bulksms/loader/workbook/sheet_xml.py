"""Reads the cells of a worksheet's XML, whatever program wrote it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from bulksms.loader.workbook.cell_text import EMPTY, CellText, CellWriter
from bulksms.loader.workbook.row_batches import MAX_ROW

__all__ = ["MAX_COLUMN", "CellReader", "SheetXmlHandler", "new_parser", "read_strings"]

MAX_COLUMN = 16_384
MAX_CONVERTED = 100_000
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = frozenset({"1", "true", "on"})
_BLANKS = " \t\r\n"

TakeCell = Callable[[int, int, CellText], object]


def column_number(letters: str) -> int:
    """Column letters as a number from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def unescape(text: str) -> str:
    """Replace `_x000D_` and the like by the character that they mean."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _without_halves(text: str) -> str:
    """Replace halves of surrogate pairs by the sign for a lost character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class HasDoctype(Exception):
    """A part declares a document type, which no spreadsheet needs."""


class RichText:
    """The text of `<si>` or `<is>`: its runs joined, without the phonetic ones."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._piece: list[str] = []
        self._inside = False
        self._keeps_blanks = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take a tag that opens inside the text."""
        if name == "rPh":
            self._phonetic += 1
        elif name == "t" and not self._phonetic:
            self._inside = True
            self._keeps_blanks = attributes.get("xml:space") == "preserve"
            self._piece = []

    def add(self, text: str) -> None:
        """Take characters."""
        if self._inside:
            self._piece.append(text)

    def end(self, name: str) -> None:
        """Take a tag that closes."""
        if name == "rPh":
            self._phonetic -= 1
        elif name == "t" and self._inside:
            self._inside = False
            piece = "".join(self._piece)
            self._pieces.append(piece if self._keeps_blanks else piece.strip(_BLANKS))

    def value(self) -> str:
        """The whole text."""
        return _without_halves(unescape("".join(self._pieces)))


@dataclass(slots=True)
class CellReader:
    """Gives the text of a cell from what its XML says.

    Attributes:
        strings: the shared strings; `None` when they are read elsewhere.
    """

    writer: CellWriter
    strings: Sequence[str] | None = None
    _converted: dict[tuple[int, str], CellText] = field(default_factory=dict)

    def read(
        self, kind: str, style: int, value: str | None, rich: str | None, *, has_formula: bool
    ) -> CellText:
        """Read a cell.

        Args:
            kind: its type, such as `s` for a shared string.
            style: the number of its style.
            value: the characters of `<v>`, if there is any.
            rich: the text of `<is>`, if there is any.
            has_formula: a formula gave the value.
        """
        if kind == "e":
            return self.writer.error()
        if kind in {"str", "inlineStr"} and (rich is not None or value is not None):
            text = rich if rich is not None else _without_halves(unescape(value or ""))
            return self.writer.text(text, style)
        if not value or not value.strip():
            return self.writer.error() if has_formula else EMPTY
        return self._from_value(kind, value, style)

    def _from_value(self, kind: str, value: str, style: int) -> CellText:
        if kind == "s":
            return self._shared(value, style)
        if kind == "b":
            return self.writer.truth(value=value.strip().lower() in _TRUE)
        return self.writer.date(value, style) if kind == "d" else self._number(value, style)

    def _shared(self, value: str, style: int) -> CellText:
        if self.strings is None or not 0 <= int(value) < len(self.strings):
            raise ValueError(value)
        return self.writer.text(self.strings[int(value)], style)

    def _number(self, value: str, style: int) -> CellText:
        key = style, value
        if key not in self._converted:
            if len(self._converted) > MAX_CONVERTED:
                self._converted = {}
            try:
                self._converted[key] = self.writer.number(float(value), style)
            except ValueError:
                return self.writer.text(value, style)
        return self._converted[key]


class SheetXmlHandler:
    """Follows the XML of one sheet; the size that it states is never believed.

    Attributes:
        row: the number of the row that is read.
        hidden_rows: their numbers.
        hidden_columns: from 0.
    """

    def __init__(self, cell_reader: CellReader, take: TakeCell) -> None:
        self.row = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self._cell_reader, self._take = cell_reader, take
        self._column = -1
        self._cell: dict[str, str] | None = None
        self._has_formula = False
        self._value: list[str] | None = None
        self._inside = False
        self._rich: RichText | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a tag that opens."""
        name = tag.rpartition(":")[2]
        if self._cell is not None:
            self._start_inside(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._start_row(attributes)
        elif name == "col" and attributes.get("hidden") in _TRUE:
            last = min(int(attributes.get("max", 1)), MAX_COLUMN)
            self.hidden_columns.update(range(int(attributes.get("min", 1)) - 1, last))

    def text(self, text: str) -> None:
        """Take characters."""
        if self._inside and self._value is not None:
            self._value.append(text)
        elif self._rich is not None:
            self._rich.add(text)

    def end(self, tag: str) -> None:
        """Take a tag that closes."""
        name = tag.rpartition(":")[2]
        if name == "v":
            self._inside = False
        elif name == "c":
            self._end_cell()
        elif self._rich is not None:
            self._rich.end(name)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        if not 0 < self.row <= MAX_ROW:
            raise ValueError(self.row)
        self._column = -1
        if attributes.get("hidden") in _TRUE:
            self.hidden_rows.append(self.row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            match = _REFERENCE.match(reference)
            if match is None:
                raise ValueError(reference)
            self.row, self._column = int(match[2]), column_number(match[1])
        if not 0 < self.row <= MAX_ROW or self._column >= MAX_COLUMN:
            raise ValueError(reference)
        self._cell = attributes
        self._has_formula = False
        self._value = self._rich = None

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v":
            self._value, self._inside = [], True
        elif name == "f":
            self._has_formula = True
        elif name == "is":
            self._rich = RichText()
        elif self._rich is not None:
            self._rich.start(name, attributes)

    def _end_cell(self) -> None:
        assert self._cell is not None
        style = self._cell.get("s", "0")
        cell = self._cell_reader.read(
            self._cell.get("t", "n"),
            int(style) if style.isdecimal() else 0,
            None if self._value is None else "".join(self._value),
            None if self._rich is None else self._rich.value(),
            has_formula=self._has_formula,
        )
        self._cell = self._rich = None
        if cell.text or cell.is_unresolved:
            self._take(self.row, self._column, cell)


def new_parser(handler: "SheetXmlHandler | _StringsHandler") -> expat.XMLParserType:
    """Make a parser for a handler; it takes no document type, which could hold entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    return parser


def _refuse_doctype(*_: object) -> None:
    raise HasDoctype


class _StringsHandler:
    """Follows the XML of the shared strings."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._item: RichText | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "si":
            self._item = RichText()
        elif self._item is not None:
            self._item.start(name, attributes)

    def text(self, text: str) -> None:
        if self._item is not None:
            self._item.add(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if self._item is None:
            return
        if name == "si":
            self.texts.append(self._item.value())
            self._item = None
        else:
            self._item.end(name)


def read_strings(chunks: Iterable[bytes]) -> list[str]:
    """Read the shared strings."""
    handler = _StringsHandler()
    parser = new_parser(handler)
    for chunk in chunks:
        parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
    parser.Parse(b"", True)  # noqa: FBT003
    return handler.texts
