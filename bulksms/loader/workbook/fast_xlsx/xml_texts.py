"""Knows which texts of an XML are what they look like, byte for byte."""

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    Flags,
    NotSimpleXml,
    Places,
    Windows,
    give_up_unless,
)

_TAB, _NEWLINE, _RETURN, _SPACE, _AND = b"\t\n\r &"
_LOW, _ESCAPE, _CLOSE, _LAST = b"_x]\xef"
# What XML forbids, or allows in no text.
_NEVER = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTINUES, _CONTINUED = 0xC0, 0x80


def doubtful(seen: Windows, starts: Places, ends: Places, kept: Flags) -> Flags:
    """Which texts are more than their bytes: they hold an entity or an escape, or are trimmed.

    The texts are in order; those of no length stand anywhere.
    """
    found = ~kept & _padded(seen, starts, ends)
    special = _specials(seen)
    if len(special):
        full = np.flatnonzero(ends > starts)
        owner = np.searchsorted(starts[full], special, side="right") - 1
        special, owner = special[owner >= 0], owner[owner >= 0]
        found[full[owner[special < ends[full[owner]]]]] = True
    return found


def _padded(seen: Windows, starts: Places, ends: Places) -> Flags:
    """Which texts begin or end with a blank."""
    found = (seen.byte(starts) <= _SPACE) | (seen.bytes[ends - 1] <= _SPACE)
    if found.any():
        found &= ends > starts
    return found


def _specials(seen: Windows) -> Places:
    """Where an entity, a carriage return or an escape stands."""
    letters = seen.bytes[: seen.size]
    rare = letters < _SPACE
    rare |= letters == _AND
    rare |= letters & ~np.uint8(_LOW ^ _CLOSE) == _CLOSE  # either of them
    rare |= letters == _LAST
    found = np.flatnonzero(rare)
    which = letters[found]
    blank = (which == _TAB) | (which == _NEWLINE) | (which == _RETURN)
    give_up_unless((blank | (which >= _SPACE)).all(), "a control character")
    _refuse_never(seen, found[(which == _CLOSE) | (which == _LAST)])
    escape = (which == _LOW) & (seen.bytes[found + 1] == _ESCAPE)
    places: Places = found[(which == _AND) | (which == _RETURN) | escape]
    return places


def _refuse_never(seen: Windows, places: Places) -> None:
    """Give up over what XML allows in no text; `places` are where it may begin."""
    for never in _NEVER:
        give_up_unless(not seen.stands(places, never).any(), "what no XML may have")


def check_texts(pool: NDArray[np.uint8], lengths: Places) -> None:
    """See that each of the texts, which stand one behind the other, is UTF-8."""
    try:
        pool.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotSimpleXml("no UTF-8") from error
    starts = (np.cumsum(lengths) - lengths)[lengths > 0]
    give_up_unless((pool[starts] & _CONTINUES != _CONTINUED).all(), "no UTF-8")
