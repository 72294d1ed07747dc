"""Reads a large plain worksheet many bytes at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bulksms.errors import LoadError
from bulksms.loader.archive import CHUNK_BYTES
from bulksms.loader.workbook.cell_text import CellWriter
from bulksms.loader.workbook.fast_xlsx.blocks import Blocks
from bulksms.loader.workbook.fast_xlsx.byte_windows import NotSimpleXml, give_up_unless
from bulksms.loader.workbook.fast_xlsx.cell_types import CellTypes
from bulksms.loader.workbook.fast_xlsx.shared_strings import NO_STRINGS, Strings, pool_strings
from bulksms.loader.workbook.fast_xlsx.unusual_cells import UnusualCells
from bulksms.loader.workbook.fast_xlsx.xml_parts import ItemList
from bulksms.loader.workbook.row_batches import TooManyCells
from bulksms.loader.workbook.sheet_xml import CellReader, SheetXmlHandler
from bulksms.loader.workbook.xlsx_package import XlsxPackage

__all__ = ["FastReader", "NotSimpleXml"]


class FastReader:
    """Reads sheets of one workbook, as long as their XML is simple.

    Args:
        piece_bytes: how much is unpacked at a time.
    """

    def __init__(
        self, package: XlsxPackage, writer: CellWriter, piece_bytes: int = CHUNK_BYTES
    ) -> None:
        self._package, self._writer, self._piece_bytes = package, writer, piece_bytes
        self._strings: Strings | None = None

    def read(self, part: str) -> Iterator[Any]:
        """Yield the batches of a sheet and its last line.

        Raises:
            NotSimpleXml: the sheet must be read tag by tag; what was given is void.
        """
        try:
            if self._strings is None:
                self._strings = self._read_strings()
            yield from self._read_sheet(part, self._strings)
        except (LoadError, TooManyCells, ValueError) as error:
            # What is wrong, and what is wrong first, is for the other reader to say.
            raise NotSimpleXml(str(error)) from error

    def _read_sheet(self, part: str, strings: Strings) -> Iterator[Any]:
        cell_reader = CellReader(self._writer)
        blocks = Blocks(CellTypes(self._writer), UnusualCells(cell_reader), strings)
        head = SheetXmlHandler(cell_reader, lambda *_: None)
        source = ItemList(self._chunks(part), b"<sheetData>", b"</sheetData>", b"</row>")
        source.open(lambda tag, attributes: _read_head(head, tag, attributes))
        for piece in source.pieces():
            yield blocks.read(piece)
        blocks.end.hidden_columns = head.hidden_columns
        yield blocks.end.line()

    def _read_strings(self) -> Strings:
        if not self._package.strings:
            return NO_STRINGS
        source = ItemList(self._chunks(self._package.strings), b"<sst", b"</sst>", b"</si>")
        source.open(lambda *_: None)
        return pool_strings(source.pieces())

    def _chunks(self, part: str) -> Iterator[bytes]:
        return _prefetch(self._package.chunks(part, self._piece_bytes))


def _prefetch(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack the next piece while the one before it is read."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(next, pieces, None)
        while (piece := following.result()) is not None:
            following = worker.submit(next, pieces, None)
            yield piece


def _read_head(head: SheetXmlHandler, tag: str, attributes: dict[str, str]) -> None:
    """Note the columns that are hidden."""
    kind = tag.rpartition(":")[2]
    give_up_unless(kind not in {"row", "c", "sheetData"}, "cells out of place")
    if kind == "col":
        head.start(tag, attributes)
