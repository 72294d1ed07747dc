"""Finds texts in XML that differ from their bytes, such as those with entities."""

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    Flags,
    NotSimpleXml,
    Positions,
    Windows,
    give_up_unless,
)

_TAB, _NEWLINE, _RETURN, _SPACE, _AND = b"\t\n\r &"
_LOW, _ESCAPE, _CLOSE, _LAST = b"_x]\xef"
# What XML forbids, or allows in no text.
_NEVER = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTINUES, _CONTINUED = 0xC0, 0x80


def find_doubtful(windows: Windows, starts: Positions, ends: Positions, kept: Flags) -> Flags:
    """Which texts are more than their bytes: they hold an entity or an escape, or are trimmed.

    The texts are in order; empty ones may be anywhere.
    """
    is_doubtful = ~kept & _padded(windows, starts, ends)
    special = _specials(windows)
    if len(special):
        full = np.flatnonzero(ends > starts)
        owner = np.searchsorted(starts[full], special, side="right") - 1
        special, owner = special[owner >= 0], owner[owner >= 0]
        is_doubtful[full[owner[special < ends[full[owner]]]]] = True
    return is_doubtful


def _padded(windows: Windows, starts: Positions, ends: Positions) -> Flags:
    """Which texts begin or end with a blank."""
    is_padded = (windows.byte(starts) <= _SPACE) | (windows.bytes[ends - 1] <= _SPACE)
    if is_padded.any():
        is_padded &= ends > starts
    return is_padded


def _specials(windows: Windows) -> Positions:
    """Where an entity, a carriage return or an escape begins."""
    letters = windows.bytes[: windows.size]
    rare = letters < _SPACE
    rare |= letters == _AND
    rare |= letters & ~np.uint8(_LOW ^ _CLOSE) == _CLOSE  # either of them
    rare |= letters == _LAST
    special = np.flatnonzero(rare)
    kinds = letters[special]
    blank = (kinds == _TAB) | (kinds == _NEWLINE) | (kinds == _RETURN)
    give_up_unless((blank | (kinds >= _SPACE)).all(), "a control character")
    _refuse_never(windows, special[(kinds == _CLOSE) | (kinds == _LAST)])
    escape = (kinds == _LOW) & (windows.bytes[special + 1] == _ESCAPE)
    positions: Positions = special[(kinds == _AND) | (kinds == _RETURN) | escape]
    return positions


def _refuse_never(windows: Windows, positions: Positions) -> None:
    """Give up over what XML allows in no text; it may begin at `positions`."""
    for never in _NEVER:
        give_up_unless(not windows.matches(positions, never).any(), "what no XML may have")


def check_texts(pool: NDArray[np.uint8], lengths: Positions) -> None:
    """Check that each of the texts, which follow each other, is UTF-8."""
    try:
        pool.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotSimpleXml("no UTF-8") from error
    starts = (np.cumsum(lengths) - lengths)[lengths > 0]
    give_up_unless((pool[starts] & _CONTINUES != _CONTINUED).all(), "no UTF-8")
