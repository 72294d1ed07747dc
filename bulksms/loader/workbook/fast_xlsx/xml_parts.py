"""Cuts the XML of a sheet or of the shared strings into head, pieces of items, and tail."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from xml.parsers import expat

from bulksms.loader.workbook.fast_xlsx.byte_windows import NotSimpleXml, give_up_unless

MAX_HEAD_BYTES = 1 << 20
MAX_ITEM_BYTES = 4 << 20
_ENCODING = re.compile(rb"""^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")
_INSIDE = frozenset({"row", "c", "sheetData", "sst", "si"})

OnTag = Callable[[str, dict[str, str]], object]


class ItemList:
    """A part of a workbook that is mostly a list of items.

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
