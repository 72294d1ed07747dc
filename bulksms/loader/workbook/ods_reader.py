"""Reads the sheets of an OpenDocument spreadsheet: the texts that it shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bulksms.loader.archive import BAD_XML, Archive, damaged_workbook
from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.cell_text import (
    EMPTY,
    CellFormat,
    CellText,
    CellWriter,
    hidden_digits,
)
from bulksms.loader.workbook.number_formats.built_in_formats import built_in_code
from bulksms.loader.workbook.ods_names import namespace_parser, usual_name
from bulksms.loader.workbook.ods_prefixes import OdsPrefixes
from bulksms.loader.workbook.row_batches import MAX_CELLS, MAX_ROW, RowCollector, TooManyCells
from bulksms.loader.workbook.sheet_choice import SheetTitle, choose_sheets
from bulksms.loader.workbook.sheet_xml import MAX_COLUMN

__all__ = ["read_ods"]

_CONTENT, _STYLES = "content.xml", "styles.xml"
_HIDDEN = frozenset({"collapse", "filter"})
MAX_BLANKS = 1_000
_GENERAL, _PERCENT, _DATE = 0, 1, 2
_BLANKS = {"text:tab": "\t", "text:line-break": "\n"}
_WHITESPACE = re.compile(r"[ \t\r\n]+")
_ERROR = re.compile(r"#(?:REF|NAME|VALUE|N/A|DIV/0|NUM|NULL)[!?]?$|Err:\d+$")


@dataclass(slots=True)
class _Table:
    title: str
    style: str
    collector: RowCollector = field(default_factory=RowCollector)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)


def read_ods(data: bytes, name: str, options: ReadOptions, locale: DisplayLocale) -> Iterator[Any]:
    """Yield the lines of the protocol.

    Raises:
        LoadError: the workbook is damaged, or has no such sheet.
    """
    archive = Archive(data, name)
    if _CONTENT not in archive:
        raise damaged_workbook(name)
    archive.check_parts()
    handler = _ContentHandler(locale)
    parser = namespace_parser()
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    try:
        if _STYLES in archive:
            handler.prefixes.read(archive.chunks(_STYLES))
        for chunk in archive.chunks(_CONTENT):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003
    except BAD_XML as error:
        raise damaged_workbook(name) from error
    sheets = [
        SheetTitle(table.title, table.style in handler.hidden_styles) for table in handler.tables
    ]
    chosen, hidden = choose_sheets(sheets, name, options)
    yield {"hidden_sheets": hidden}
    for at in chosen:
        table = handler.tables[at]
        yield {"sheet": table.title}
        yield from table.collector.finish(table.hidden_rows, table.hidden_columns)


class _Paragraphs:
    """The text of a cell: its own paragraphs, without those of comments and drawings."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = []
        self._depth = 0
        self._in_paragraph = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            self._in_paragraph = tag in {"text:p", "text:h"}
            if self._in_paragraph:
                self._lines.append([])
        self._depth += 1
        if tag == "text:s":
            self._add(" " * min(int(attributes.get("text:c", "1")), MAX_BLANKS))
        elif tag in _BLANKS:
            self._add(_BLANKS[tag])

    def text(self, text: str) -> None:
        self._add(_WHITESPACE.sub(" ", text))

    def _add(self, text: str) -> None:
        if self._in_paragraph and self._depth:
            self._lines[-1].append(text)

    def end(self) -> None:
        self._depth -= 1

    @property
    def is_open(self) -> bool:
        """Whether an element inside the cell has not ended."""
        return self._depth > 0

    def value(self) -> str | None:
        """The lines, or `None` when there is no paragraph."""
        if not self._lines:
            return None
        return "\n".join("".join(line).strip(" ") for line in self._lines)


class _ContentHandler:
    """Follows the XML of all sheets.

    Attributes:
        tables: the sheets, in order.
        hidden_styles: the table styles of hidden sheets.
        prefixes: what formats of text write before numbers.
    """

    def __init__(self, locale: DisplayLocale) -> None:
        self.tables: list[_Table] = []
        self.hidden_styles: set[str] = set()
        self._style = ""
        self._cells = _OdsCells(locale)
        self.prefixes = OdsPrefixes()
        self._skipped = 0
        self._row = self._column = 0
        self._row_end = 0
        self._row_cells: list[tuple[int, int, CellText]] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs = _Paragraphs()
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a tag that opens."""
        name = usual_name(tag)
        if self._skipped or name in {"table:dde-links", "table:tracked-changes"}:
            self._skipped += 1
            return
        attributes = {usual_name(key): value for key, value in attributes.items()}
        if self._cell is not None:
            self._paragraphs.start(name, attributes)
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._cell, self._paragraphs = attributes, _Paragraphs()
        else:
            self._start_outside_cells(name, attributes)

    def _start_outside_cells(self, name: str, attributes: dict[str, str]) -> None:
        self.prefixes.start(name, attributes)
        if name == "table:table-row":
            self._start_row(attributes)
        elif name == "table:table-column":
            self._start_column(attributes)
        elif name == "table:table":
            self._start_table(attributes)
        elif name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self._style)

    def text(self, text: str) -> None:
        """Take characters."""
        if self._cell is not None:
            self._paragraphs.text(text)
        else:
            self.prefixes.text(text)

    def end(self, tag: str) -> None:
        """Take a tag that closes."""
        name = usual_name(tag)
        if self._skipped:
            self._skipped -= 1
        elif self._cell is not None and self._paragraphs.is_open:
            self._paragraphs.end()
        elif self._cell is not None:
            self._end_cell(self._cell)
        else:
            self.prefixes.end()
            if name == "table:table-row":
                self._end_row()

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._row = self._row_end = self._column = 0
        self.prefixes.start_table()
        title, style = attributes.get("table:name", ""), attributes.get("table:style-name", "")
        self.tables.append(_Table(title, style))

    def _start_column(self, attributes: dict[str, str]) -> None:
        end = self._column + _repeated(attributes, "table:number-columns-repeated")
        self.prefixes.start_column(self._column, attributes)
        if attributes.get("table:visibility") in _HIDDEN:
            columns = range(self._column, min(end, MAX_COLUMN))
            self.tables[-1].hidden_columns.update(columns)
        self._column = end

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row = self._row_end + 1
        self._row_end += _repeated(attributes, "table:number-rows-repeated")
        self._column = 0
        self._row_cells = []
        if attributes.get("table:visibility") in _HIDDEN:
            last = min(self._row_end, MAX_ROW)
            self.tables[-1].hidden_rows += range(self._row, last + 1)

    def _end_row(self) -> None:
        if not self._row_cells:
            return
        collector = self.tables[-1].collector
        for row in range(self._row, min(self._row_end, MAX_ROW) + 1):
            for start, end, cell in self._row_cells:
                self._count += end - start
                if self._count > MAX_CELLS:
                    raise TooManyCells(row, end)
                for column in range(start, end):
                    collector.take(row, column, cell)

    def _end_cell(self, attributes: dict[str, str]) -> None:
        start = self._column
        self._column += _repeated(attributes, "table:number-columns-repeated")
        prefix = self.prefixes.before(attributes.get("table:style-name"), start)
        cell = self._cells.read(attributes, self._paragraphs.value(), prefix)
        if cell.text or cell.is_unresolved:
            self._row_cells.append((start, min(self._column, MAX_COLUMN), cell))
        self._cell = None


class _OdsCells:
    """Gives the text of a cell from what its XML says."""

    def __init__(self, locale: DisplayLocale) -> None:
        formats = [CellFormat("General"), CellFormat("0%")]
        formats.append(CellFormat(built_in_code(14, "", locale)))
        self._writer = CellWriter(formats, locale)

    def read(self, attributes: dict[str, str], text: str | None, prefix: str = "") -> CellText:
        """Read a cell: its text, or its value without one; its prefix is before a number."""
        kind = attributes.get("calcext:value-type") or attributes.get("office:value-type", "")
        has_formula = "table:formula" in attributes
        if kind == "error" or (has_formula and text is not None and _ERROR.match(text)):
            return self._writer.error()
        if text is None:
            text_of_value = self._from_value(attributes, kind)
            return self._writer.error() if has_formula and not kind else text_of_value
        value = _number(attributes.get("office:value", ""))
        if value is not None and not text.startswith(prefix.strip()):
            text = prefix + text
        digits = "" if value is None else hidden_digits(text, value, str)
        return CellText(text.encode(), digits=digits)

    def _from_value(self, attributes: dict[str, str], kind: str) -> CellText:
        value = _number(attributes.get("office:value", ""))
        if kind == "boolean":
            return self._writer.truth(value=attributes.get("office:boolean-value") == "true")
        if kind == "date":
            return self._writer.date(attributes.get("office:date-value", ""), _DATE)
        if value is not None:
            return self._writer.number(value, _PERCENT if kind == "percentage" else _GENERAL)
        if kind == "string":
            return CellText(attributes.get("office:string-value", "").encode())
        return EMPTY


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def _repeated(attributes: dict[str, str], name: str) -> int:
    count = int(attributes.get(name, "1"))
    if count < 1:
        raise ValueError(count)
    return count
