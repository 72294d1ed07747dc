"""How many segments a finished text is billed for, one text or a whole column of them.

It must not know placeholders, contacts or prices.

Sources: 160 septets or 70 UTF-16 units fill one short message of 140 octets
(3GPP TS 23.040, section 9.2.3.16, and TS 23.038); a chain loses 6 octets of each part to the
concatenation header (TS 23.040, section 9.2.3.24.1), which leaves 153 septets or 67 units.
Neither the two septets of an extended character nor a surrogate pair may stand on both sides
of a border.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from bulksms.message.gsm7 import EXTENDED_CLASS, OUTSIDE_CLASS

if TYPE_CHECKING:
    import pandas as pd

ASTRAL_CLASS = "[\U00010000-\U0010ffff]"
_ESCAPE = "\ud800"  # stands before a character of two units; no text that can be sent holds it


class Encoding(StrEnum):
    """How a text travels: 7 bits a character, or 16."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What fits into one segment alone and into one of a chain, and which characters fill two."""

    alone: int
    chained: int
    wide: str


ROOMS = {
    Encoding.GSM7: Room(alone=160, chained=153, wide=EXTENDED_CLASS),
    Encoding.UCS2: Room(alone=70, chained=67, wide=ASTRAL_CLASS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """One text measured: its encoding, units and segments, and why it is not cheaper.

    Attributes:
        units: septets for GSM-7, UTF-16 code units for UCS-2.
        room_left: units that can be added without another segment.
        outside: the characters that forced UCS-2, each once, in their order.
    """

    encoding: Encoding
    units: int
    segments: int
    room_left: int
    outside: tuple[str, ...]


def segmentation(text: str) -> Segmentation:
    """Measure one text exactly; an empty text has no segment."""
    outside = tuple(dict.fromkeys(re.findall(OUTSIDE_CLASS, text)))
    encoding = Encoding.UCS2 if outside else Encoding.GSM7
    room = ROOMS[encoding]
    fills = _fills(text, room)
    left = (room.alone if len(fills) <= 1 else room.chained) - (fills[-1] if fills else 0)
    return Segmentation(
        encoding=encoding,
        units=len(text) + len(re.findall(room.wide, text)),
        segments=len(fills),
        room_left=left,
        outside=outside,
    )


def count(texts: "pd.Series[str]") -> "pd.DataFrame":
    """Measure a column of texts: `encoding`, `units` and `segments`, under the same index."""
    import pandas as pd

    ucs2 = texts.str.contains(OUTSIDE_CLASS, regex=True).to_numpy(dtype=bool)
    units = np.zeros(len(texts), dtype=np.int64)
    segments = np.zeros(len(texts), dtype=np.int64)
    for encoding, chosen in ((Encoding.GSM7, ~ucs2), (Encoding.UCS2, ucs2)):
        units[chosen], segments[chosen] = _measure(texts[chosen], ROOMS[encoding])
    names = np.where(ucs2, Encoding.UCS2.value, Encoding.GSM7.value)
    table = {"encoding": pd.array(names, dtype="str"), "units": units, "segments": segments}
    return pd.DataFrame(table, index=texts.index)


def leftovers(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Leave of each text only what is outside GSM-7; over a whole list that repeats itself."""
    return texts.str.replace(_inverse(OUTSIDE_CLASS), "", regex=True)


def without_outside(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Leave out of each text what is outside GSM-7."""
    return texts.str.replace(OUTSIDE_CLASS, "", regex=True)


def _inverse(negated: str) -> str:
    return negated.replace("[^", "[", 1) + "+"


def _measure(texts: "pd.Series[str]", room: Room) -> tuple[np.ndarray, np.ndarray]:
    """Count units and segments of texts of one encoding."""
    wide = texts.str.count(room.wide).to_numpy(dtype=np.int64)
    units = texts.str.len().to_numpy(dtype=np.int64) + wide
    segments = np.where(units > room.alone, -(-units // room.chained), np.minimum(units, 1))
    # A border moved back by a wide character costs one unit, so every part but the last holds
    # at least one less than fits: only where that bound differs can the borders matter.
    bound = -(-units // (room.chained - 1))
    unsure = np.flatnonzero((units > room.alone) & (wide > 0) & (bound > segments))
    if len(unsure):
        segments[unsure] = [len(_fills(text, room)) for text in texts.iloc[unsure]]
    return units, segments


def _fills(text: str, room: Room) -> list[int]:
    """Cut one text into parts and tell how many units each holds."""
    laid_out = re.sub(room.wide, lambda found: _ESCAPE + found[0], text)
    if len(laid_out) <= room.alone:
        return [len(laid_out)] if laid_out else []
    fills = []
    start = 0
    while start < len(laid_out):
        end = min(start + room.chained, len(laid_out))
        if laid_out[end - 1] == _ESCAPE:
            end -= 1
        fills.append(end - start)
        start = end
    return fills
