"""Reads the shared strings of a workbook into one pool of bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    Flags,
    NotSimpleXml,
    Positions,
    Windows,
    check_texts,
    find_doubtful,
    gather,
    give_up_unless,
)
from bulksms.loader.workbook.sheet_xml import read_strings

_ITEM, _ITEM_END = b"<si>", b"</si>"
_SELF_CLOSED = b"<si/>", b"<si />"
_TRIMMED, _KEPT = b"<si><t>", b'<si><t xml:space="preserve">'
_TEXT_END = b"</t></si>"
_TAGS = 4
_NAMES = re.compile(rb"<(/?[^\s>/]*)")
_KNOWN = frozenset(
    b"is si t r rPr rPh phoneticPr b i u strike color sz rFont family charset scheme vertAlign"
    b" outline shadow condense extend".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStrings:
    """Texts by their number: bytes in a pool."""

    pool: NDArray[np.uint8]
    starts: Positions
    lengths: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)


NO_STRINGS = SharedStrings(
    pool=np.empty(0, dtype=np.uint8),
    starts=np.empty(0, dtype=np.int64),
    lengths=np.empty(0, dtype=np.int32),
)


def is_text(markup: bytes) -> bool:
    """Whether the tags are those of a text with its looks and its sounds."""
    return all(name.lstrip(b"/") in _KNOWN for name in _NAMES.findall(markup))


def pool_strings(pieces: Iterator[bytes]) -> SharedStrings:
    """Read pieces of the XML that hold whole items."""
    pools, lengths = [], []
    for piece in pieces:
        pool, counts = _read(Windows(piece), piece)
        pools.append(pool)
        lengths.append(counts.astype(np.int32))
    if not pools:
        return NO_STRINGS
    sizes = np.concatenate(lengths)
    ends = np.cumsum(sizes, dtype=np.int64)
    return SharedStrings(pool=np.concatenate(pools), starts=ends - sizes, lengths=sizes)


def _read(windows: Windows, piece: bytes) -> tuple[NDArray[np.uint8], Positions]:
    items = _items(windows)
    begin = windows.tags[items]
    following = np.append(items[1:], windows.count)
    until = windows.tags[following]
    starts, ends, kept, is_unusual = _texts(windows, items, following)
    is_unusual |= find_doubtful(windows, starts, ends, kept)
    unusual_items = [piece[a:b] for a, b in zip(begin[is_unusual], until[is_unusual], strict=True)]
    give_up_unless(all(map(_is_item, unusual_items)), "a shared string in another way")
    texts = [text.encode() for text in _read_tags(unusual_items)] if unusual_items else []
    sizes = ends - starts
    sizes[is_unusual] = list(map(len, texts))
    starts[is_unusual] = windows.size + np.cumsum(sizes[is_unusual]) - sizes[is_unusual]
    pool = np.concatenate(
        [windows.bytes[: windows.size], np.frombuffer(b"".join(texts), dtype=np.uint8)]
    )
    gathered = gather(pool, starts, sizes)
    check_texts(gathered, sizes)
    return gathered, sizes


def _read_tags(items: list[bytes]) -> list[str]:
    try:
        texts = read_strings([b"<sst>", *items, b"</sst>"])
    except expat.ExpatError as error:
        raise NotSimpleXml("a shared string that is no XML") from error
    give_up_unless(len(texts) == len(items), "a shared string in another way")
    return texts


def _items(windows: Windows) -> Positions:
    tags = windows.tags
    items = np.flatnonzero(windows.letters == ord("s"))
    opening = [windows.matches(tags[items], tag) for tag in (_ITEM, *_SELF_CLOSED)]
    items = items[np.any(opening, axis=0)]
    give_up_unless(len(items) and items[0] == 0 and tags[0] == 0, "no shared string at first")
    return items


def _texts(
    windows: Windows, items: Positions, following: Positions
) -> tuple[Positions, Positions, Flags, Flags]:
    """Return where each text begins and ends, whether it keeps its blanks, and if it is unusual."""
    begin, ends = windows.tags[items], windows.tags[2:][items]
    trimmed, kept = windows.matches(begin, _TRIMMED), windows.matches(begin, _KEPT)
    plain = (trimmed | kept) & (following - items == _TAGS)
    plain &= windows.matches(ends, _TEXT_END)
    plain &= ends + len(_TEXT_END) == windows.tags[following]
    starts = begin + np.where(kept, len(_KEPT), len(_TRIMMED))
    starts[~plain] = ends[~plain] = begin[~plain]
    return starts, ends, kept, ~plain


def _is_item(markup: bytes) -> bool:
    return (
        is_text(markup)
        and markup.endswith((_ITEM_END, *_SELF_CLOSED))
        and markup.count(b"<si") == 1
    )
