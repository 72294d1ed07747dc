"""Splits whole names into first and last where that is safe, and cleans field values."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import strings_to_arrow

__all__ = ["cleaned", "split_names"]

CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]+"  # as Arrow writes it
COMMA = re.compile(r"(?P<last_name>[^,]+?)\s*,\s*(?P<first_name>[^,]+)$")
PARTICLES = (
    "de|del|della|di|da|das|do|dos|du|des|la|le|van|von|vom|zu|den|der|ter|el|al|bin|ben|saint|st"
)
TWO_WORDS = re.compile(
    rf"(?i)(?P<first_name>\S+)\s+(?P<last_name>(?:(?:(?:{PARTICLES})\s+)+|(?:d'))?\S+)$"
)


def cleaned(texts: pa.StringArray) -> pa.StringArray:
    """Turn line breaks and control characters into spaces and trim the ends."""
    spoilt = pc.match_substring_regex(texts, CONTROL)
    if pc.any(spoilt).as_py():  # most columns have none, and replacing is slow
        spaced = pc.replace_substring_regex(texts.filter(spoilt), CONTROL, " ")
        texts = pc.replace_with_mask(texts, spoilt, spaced)
    return pc.utf8_trim_whitespace(texts)


def split_names(whole: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Split "Last, First" and "First Last"; any other name stays whole as the first name."""
    split = [_split(" ".join(name.split())) for name in whole.to_pylist()]
    first, last = zip(*split, strict=True) if split else ((), ())
    return strings_to_arrow(first), strings_to_arrow(last)


def _split(name: str) -> tuple[str, str]:
    found = COMMA.match(name) or TWO_WORDS.match(name)
    return (found["first_name"], found["last_name"]) if found else (name, "")
