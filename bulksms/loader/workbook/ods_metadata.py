"""Reads which rows and columns of an ods are hidden, as calamine does not say. It reads no cell."""

import zipfile
from xml.parsers import expat

from bulksms.loader.archive import BAD_XML, chunks, damaged
from bulksms.loader.workbook.sheet_metadata import MAX_COLUMN, MAX_ROW, Overlay

_CONTENT = "content.xml"
_HIDDEN = frozenset({"collapse", "filter"})


def read_overlays(archive: zipfile.ZipFile, name: str) -> dict[str, Overlay]:
    """The overlay of every sheet, by its name; empty when nothing is hidden."""
    if _CONTENT not in archive.NameToInfo:
        raise damaged(name)
    walker = _Walker()
    parser = expat.ParserCreate()
    parser.StartElementHandler = walker.start
    try:
        for chunk in chunks(archive, _CONTENT, name):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003
    except BAD_XML as error:
        raise damaged(name) from error
    return walker.overlays


class _Walker:
    """Counts the rows and columns of each table, repeated ones as often as they stand for."""

    def __init__(self) -> None:
        self.overlays: dict[str, Overlay] = {}
        self._overlay = Overlay()
        self._row = 0
        self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of what opens."""
        if tag == "table:table":
            self._row = self._column = 0
            self._overlay = self.overlays[attributes.get("table:name", "")] = Overlay()
        elif tag == "table:table-row":
            after = self._row + int(attributes.get("table:number-rows-repeated", 1))
            if attributes.get("table:visibility") in _HIDDEN:
                last = min(after, MAX_ROW)
                self._overlay.hidden_rows.update(range(self._row + 1, last + 1))
            self._row = after
        elif tag == "table:table-column":
            after = self._column + int(attributes.get("table:number-columns-repeated", 1))
            if attributes.get("table:visibility") in _HIDDEN:
                last = min(after, MAX_COLUMN)
                self._overlay.hidden_columns.update(range(self._column, last))
            self._column = after
