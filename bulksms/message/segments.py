"""How many segments a finished text is billed for: one text, or a whole column.

Sources: the GSM 7 bit default alphabet and its extension table, whose characters take two
septets, are 3GPP TS 23.038 (formerly GSM 03.38), 6.2.1 and 6.2.1.1. One short message of 140
octets holds 160 septets or 70 UTF-16 units (3GPP TS 23.040, 9.2.3.16); each part of a
concatenated message loses 6 octets to its header (TS 23.040, 9.2.3.24.1), which leaves 153
septets or 67 units. Neither the two septets of an extended character nor a surrogate pair may
be divided between two parts.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"

# Read by `re` for one text and by RE2 for a column.
EXTENDED_CLASS = f"[{re.escape(EXTENDED)}]"
NON_GSM_CLASS = f"[^{re.escape(BASIC + EXTENDED)}]"
ASTRAL_CLASS = "[\U00010000-\U0010ffff]"

_FIRST_UNIT = "\ud800"  # marks the first unit of a two-unit character; no valid text contains it


class Encoding(StrEnum):
    """How a text is transmitted: 7 bits a character, or 16."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Units that fit into a segment.

    Attributes:
        single: units of a message of one segment.
        part: units of each part of a concatenated message.
        two_unit_class: the characters that take two units.
    """

    single: int
    part: int
    two_unit_class: str


CAPACITIES = {
    Encoding.GSM7: Capacity(single=160, part=153, two_unit_class=EXTENDED_CLASS),
    Encoding.UCS2: Capacity(single=70, part=67, two_unit_class=ASTRAL_CLASS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """How one text divides into segments.

    Attributes:
        units: septets for GSM-7, UTF-16 code units for UCS-2.
        units_left: units that can be added without another segment.
        non_gsm_characters: the characters that require UCS-2, each once, in text order.
    """

    encoding: Encoding
    units: int
    segments: int
    units_left: int
    non_gsm_characters: tuple[str, ...]


def segmentation(text: str) -> Segmentation:
    """Divide one text exactly; an empty text has no segment."""
    non_gsm = tuple(dict.fromkeys(re.findall(NON_GSM_CLASS, text)))
    encoding = Encoding.UCS2 if non_gsm else Encoding.GSM7
    capacity = CAPACITIES[encoding]
    sizes = _segment_sizes(text, capacity)
    limit = capacity.single if len(sizes) <= 1 else capacity.part
    return Segmentation(
        encoding=encoding,
        units=len(text) + len(re.findall(capacity.two_unit_class, text)),
        segments=len(sizes),
        units_left=limit - (sizes[-1] if sizes else 0),
        non_gsm_characters=non_gsm,
    )


def count_segments(texts: "pd.Series[str]") -> "pd.DataFrame":
    """Measure a column of texts: `encoding`, `units` and `segments`, under the same index."""
    import pandas as pd

    ucs2 = texts.str.contains(NON_GSM_CLASS, regex=True).to_numpy(dtype=bool)
    units = np.zeros(len(texts), dtype=np.int64)
    segments = np.zeros(len(texts), dtype=np.int64)
    for encoding, mask in ((Encoding.GSM7, ~ucs2), (Encoding.UCS2, ucs2)):
        units[mask], segments[mask] = _count_units(texts[mask], CAPACITIES[encoding])
    encodings = np.where(ucs2, Encoding.UCS2.value, Encoding.GSM7.value)
    table = {"encoding": pd.array(encodings, dtype="str"), "units": units, "segments": segments}
    return pd.DataFrame(table, index=texts.index)


def keep_non_gsm(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Keep only the characters outside GSM-7; a whole list has few different results."""
    gsm_run = NON_GSM_CLASS.replace("[^", "[", 1) + "+"
    return texts.str.replace(gsm_run, "", regex=True)


def drop_non_gsm(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Remove the characters outside GSM-7."""
    return texts.str.replace(NON_GSM_CLASS, "", regex=True)


def _count_units(texts: "pd.Series[str]", capacity: Capacity) -> tuple[np.ndarray, np.ndarray]:
    """Count units and segments of texts of one encoding."""
    two_unit = texts.str.count(capacity.two_unit_class).to_numpy(dtype=np.int64)
    units = texts.str.len().to_numpy(dtype=np.int64) + two_unit
    parts = -(-units // capacity.part)
    segments = np.where(units > capacity.single, parts, np.minimum(units, 1))
    # A two-unit character that does not fit leaves one unit of its part empty. Only where one
    # unit less per part would need another segment do the exact borders matter.
    upper_bound = -(-units // (capacity.part - 1))
    unsure = np.flatnonzero((units > capacity.single) & (two_unit > 0) & (upper_bound > segments))
    if len(unsure):
        segments[unsure] = [len(_segment_sizes(text, capacity)) for text in texts.iloc[unsure]]
    return units, segments


def _segment_sizes(text: str, capacity: Capacity) -> list[int]:
    """Cut one text into segments and give the units of each."""
    units = re.sub(capacity.two_unit_class, lambda match: _FIRST_UNIT + match[0], text)
    if len(units) <= capacity.single:
        return [len(units)] if units else []
    sizes = []
    start = 0
    while start < len(units):
        end = min(start + capacity.part, len(units))
        if units[end - 1] == _FIRST_UNIT:
            end -= 1
        sizes.append(end - start)
        start = end
    return sizes
