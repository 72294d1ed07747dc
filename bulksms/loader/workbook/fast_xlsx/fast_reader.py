"""Reads a large plain worksheet many bytes at a time."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any
from xml.parsers import expat

from bulksms.errors import LoadError
from bulksms.loader.workbook.cell_text import CellWriter
from bulksms.loader.workbook.fast_xlsx.byte_windows import NotSimpleXml, give_up_unless
from bulksms.loader.workbook.fast_xlsx.cell_types import CellTypes
from bulksms.loader.workbook.fast_xlsx.piece_reader import PieceReader
from bulksms.loader.workbook.fast_xlsx.shared_strings import NO_STRINGS, SharedStrings, pool_strings
from bulksms.loader.workbook.fast_xlsx.unusual_cells import UnusualCells
from bulksms.loader.workbook.row_batches import TooManyCells
from bulksms.loader.workbook.sheet_xml import CellReader, SheetXmlHandler
from bulksms.loader.workbook.xlsx_package import XlsxPackage

__all__ = ["FastReader", "NotSimpleXml"]

MAX_HEAD_BYTES = 1 << 20
MAX_ITEM_BYTES = 4 << 20
_ENCODING = re.compile(rb"""^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")
_INSIDE = frozenset({"row", "c", "sheetData", "sst", "si"})

OnTag = Callable[[str, dict[str, str]], object]


class FastReader:
    """Reads sheets of one workbook, as long as their XML is simple.

    Args:
        piece_bytes: how much is unpacked at a time.
    """

    def __init__(self, package: XlsxPackage, writer: CellWriter, piece_bytes: int) -> None:
        self._package, self._writer, self._piece_bytes = package, writer, piece_bytes
        self._strings: SharedStrings | None = None

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

    def _read_sheet(self, part: str, strings: SharedStrings) -> Iterator[Any]:
        cell_reader = CellReader(self._writer)
        reader = PieceReader(CellTypes(self._writer), UnusualCells(cell_reader), strings)
        head = SheetXmlHandler(cell_reader, lambda *_: None)
        source = _ItemList(self._chunks(part), b"<sheetData>", b"</sheetData>", b"</row>")
        source.open(lambda tag, attributes: _read_head(head, tag, attributes))
        for piece in source.pieces():
            yield reader.read(piece)
        reader.end.hidden_columns = head.hidden_columns
        yield reader.end.line()

    def _read_strings(self) -> SharedStrings:
        if not self._package.strings:
            return NO_STRINGS
        source = _ItemList(self._chunks(self._package.strings), b"<sst", b"</sst>", b"</si>")
        source.open(lambda *_: None)
        return pool_strings(source.pieces())

    def _chunks(self, part: str) -> Iterator[bytes]:
        return _prefetch(self._package.archive.chunks(part, self._piece_bytes))


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


class _ItemList:
    """A part of a workbook that is mostly a list of items: its head, pieces of them, its tail.

    Args:
        chunks: its bytes as they are inflated.
        begin: the tag that opens the list, such as `<sst `, which may have attributes.
        end: the tag that closes it.
        item_end: the tag that closes an item.
    """

    def __init__(self, chunks: Iterator[bytes], begin: bytes, end: bytes, item_end: bytes) -> None:
        self._chunks = chunks
        self._begin, self._end, self._item_end = begin, end, item_end
        self._parser = expat.ParserCreate()
        self._rest = b""

    def open(self, on_tag: OnTag) -> None:
        """Read the part before the items and give each tag in it to `on_tag`."""
        head = b""
        for chunk in self._chunks:
            head += chunk
            at = head.find(self._begin)
            close = head.find(b">", at)
            if at >= 0 and close >= 0:
                self._check_head(head[:at], head[at:close])
                self._parse(head[:at], on_tag)
                self._parse(head[at : close + 1], lambda *_: None)
                self._rest = head[close + 1 :]
                return
            give_up_unless(len(head) < MAX_HEAD_BYTES, "a long head")
        raise NotSimpleXml("no items")

    def pieces(self) -> Iterator[bytes]:
        """Yield pieces that hold whole items, and check that nothing unusual follows them."""
        rest = self._rest
        for chunk in chain([b""], self._chunks):  # all may have come with the head
            rest += chunk
            cut = rest.rfind(self._item_end) + len(self._item_end)
            cut = cut if cut >= len(self._item_end) else 0
            end = rest.find(self._end, cut)
            if end >= 0:
                if end:
                    yield rest[:end]
                self._close(rest[end:])
                return
            if cut:
                yield rest[:cut]
            rest = rest[cut:]
            give_up_unless(len(rest) < MAX_ITEM_BYTES, "a long item")
        raise NotSimpleXml("the items do not end")

    def _close(self, tail: bytes) -> None:
        self._parse(tail, _refuse_items)
        for chunk in self._chunks:
            self._parse(chunk, _refuse_items)
        self._parse(b"", _refuse_items, last=True)

    def _check_head(self, head: bytes, tag: bytes) -> None:
        give_up_unless(head.startswith(b"<") and not tag.endswith(b"/"), "a head of another kind")
        encoding = _ENCODING.match(head)
        give_up_unless(encoding is None or encoding[1].lower() == b"utf-8", "another encoding")

    def _parse(self, markup: bytes, on_tag: OnTag, *, last: bool = False) -> None:
        give_up_unless(b"<!" not in markup and b"\0" not in markup, "a declaration or a comment")
        self._parser.StartElementHandler = on_tag
        try:
            self._parser.Parse(markup, last)
        except expat.ExpatError as error:
            raise NotSimpleXml("no XML") from error


def _refuse_items(tag: str, _: dict[str, str]) -> None:
    give_up_unless(tag.rpartition(":")[2] not in _INSIDE | {"col"}, "items out of place")
