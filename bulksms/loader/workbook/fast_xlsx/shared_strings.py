"""Reads the shared strings of a workbook into one pool of bytes.

It must not know which cells share them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    Flags,
    NotSimpleXml,
    Places,
    Windows,
    gather,
    give_up_unless,
)
from bulksms.loader.workbook.fast_xlsx.xml_texts import check_texts, doubtful
from bulksms.loader.workbook.sheet_xml import read_strings

_ITEM, _ITEM_END = b"<si>", b"</si>"
_ALONE = b"<si/>", b"<si />"
_TRIMMED, _KEPT = b"<si><t>", b'<si><t xml:space="preserve">'
_TEXT_END = b"</t></si>"
_TAGS = 4
_NAMES = re.compile(rb"<(/?[^\s>/]*)")
_KNOWN = frozenset(
    b"is si t r rPr rPh phoneticPr b i u strike color sz rFont family charset scheme vertAlign"
    b" outline shadow condense extend".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings:
    """Texts by their number: bytes in a pool."""

    pool: NDArray[np.uint8]
    starts: Places
    lengths: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)


NO_STRINGS = Strings(
    pool=np.empty(0, dtype=np.uint8),
    starts=np.empty(0, dtype=np.int64),
    lengths=np.empty(0, dtype=np.int32),
)


def is_text(markup: bytes) -> bool:
    """Whether the tags are those of a text with its looks and its sounds."""
    return all(name.lstrip(b"/") in _KNOWN for name in _NAMES.findall(markup))


def pool_strings(pieces: Iterator[bytes]) -> Strings:
    """Read pieces of the XML that hold whole items."""
    pools, lengths = [], []
    for piece in pieces:
        pool, counts = _read(Windows(piece), piece)
        pools.append(pool)
        lengths.append(counts.astype(np.int32))
    if not pools:
        return NO_STRINGS
    found = np.concatenate(lengths)
    ends = np.cumsum(found, dtype=np.int64)
    return Strings(pool=np.concatenate(pools), starts=ends - found, lengths=found)


def _read(seen: Windows, piece: bytes) -> tuple[NDArray[np.uint8], Places]:
    items = _items(seen)
    begin = seen.tags[items]
    following = np.append(items[1:], seen.count)
    until = seen.tags[following]
    starts, ends, kept, odd = _texts(seen, items, following)
    odd |= doubtful(seen, starts, ends, kept)
    strange = [piece[a:b] for a, b in zip(begin[odd], until[odd], strict=True)]
    give_up_unless(all(map(_is_item, strange)), "a shared string in another way")
    texts = [text.encode() for text in _read_tags(strange)] if strange else []
    sizes = ends - starts
    sizes[odd] = list(map(len, texts))
    starts[odd] = seen.size + np.cumsum(sizes[odd]) - sizes[odd]
    pool = np.concatenate([seen.bytes[: seen.size], np.frombuffer(b"".join(texts), dtype=np.uint8)])
    found = gather(pool, starts, sizes)
    check_texts(found, sizes)
    return found, sizes


def _read_tags(items: list[bytes]) -> list[str]:
    try:
        texts = read_strings([b"<sst>", *items, b"</sst>"])
    except expat.ExpatError as error:
        raise NotSimpleXml("a shared string that is no XML") from error
    give_up_unless(len(texts) == len(items), "a shared string in another way")
    return texts


def _items(seen: Windows) -> Places:
    tags = seen.tags
    items = np.flatnonzero(seen.letters == ord("s"))
    opening = [seen.stands(tags[items], tag) for tag in (_ITEM, *_ALONE)]
    items = items[np.any(opening, axis=0)]
    give_up_unless(len(items) and items[0] == 0 and tags[0] == 0, "no shared string at first")
    return items


def _texts(seen: Windows, items: Places, following: Places) -> tuple[Places, Places, Flags, Flags]:
    """Give where each text begins and ends, whether it keeps its blanks, and which are odd."""
    begin, ends = seen.tags[items], seen.tags[2:][items]
    trimmed, kept = seen.stands(begin, _TRIMMED), seen.stands(begin, _KEPT)
    plain = (trimmed | kept) & (following - items == _TAGS)
    plain &= seen.stands(ends, _TEXT_END)
    plain &= ends + len(_TEXT_END) == seen.tags[following]
    starts = begin + np.where(kept, len(_KEPT), len(_TRIMMED))
    starts[~plain] = ends[~plain] = begin[~plain]
    return starts, ends, kept, ~plain


def _is_item(markup: bytes) -> bool:
    return is_text(markup) and markup.endswith((_ITEM_END, *_ALONE)) and markup.count(b"<si") == 1
