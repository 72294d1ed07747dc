"""Knows which cell styles of an OpenDocument spreadsheet write something before a number.

A text format such as `"+34 "@` shows it before a number in Excel, but not in the text of the cell
that LibreOffice saves.
"""

from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress

from bulksms.loader.archive import BAD_XML
from bulksms.loader.workbook.ods_names import namespace_parser, usual_name

__all__ = ["OdsPrefixes"]


class OdsPrefixes:
    """Follows the styles of a document and the columns of a sheet."""

    def __init__(self) -> None:
        self._of_format: dict[str, str] = {}
        self._format_of_style: dict[str, str] = {}
        self._format: str | None = None
        self._is_literal = False
        self._starts: list[int] = []
        self._styles: list[str] = []

    def read(self, chunks: Iterable[bytes]) -> None:
        """Read the styles in a file of their own; where it is damaged, those before the damage."""
        parser = namespace_parser()
        parser.StartElementHandler = self._start_named
        parser.EndElementHandler = lambda _: self.end()
        parser.CharacterDataHandler = self.text
        with suppress(*BAD_XML):
            for chunk in chunks:
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position

    def _start_named(self, tag: str, attributes: dict[str, str]) -> None:
        named = {usual_name(key): value for key, value in attributes.items()}
        self.start(usual_name(tag), named)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a tag that opens, outside the cells, with its usual prefix."""
        if tag == "style:style":
            data_style = attributes.get("style:data-style-name", "")
            self._format_of_style[attributes.get("style:name", "")] = data_style
        elif tag == "number:text-style":
            self._format = attributes.get("style:name", "")
        self._is_literal = tag == "number:text" and self._format is not None
        if tag in {"number:text-content", "table:table"}:
            self._format = None

    def text(self, text: str) -> None:
        """Take characters outside the cells."""
        if self._is_literal and self._format is not None:
            self._of_format[self._format] = self._of_format.get(self._format, "") + text

    def end(self) -> None:
        """Take a tag that closes, outside the cells."""
        self._is_literal = False

    def start_table(self) -> None:
        """Forget the columns of the sheet before."""
        self._starts, self._styles = [], []

    def start_column(self, column: int, attributes: dict[str, str]) -> None:
        """Remember the style of the cells from a column on."""
        self._starts.append(column)
        self._styles.append(attributes.get("table:default-cell-style-name", ""))

    def before(self, style: str | None, column: int) -> str:
        """Return what is before a number in a cell of that style, or else of its column's."""
        if not self._of_format:
            return ""
        if style is None:
            at = bisect_right(self._starts, column) - 1
            style = self._styles[at] if at >= 0 else ""
        return self._of_format.get(self._format_of_style.get(style, ""), "")
