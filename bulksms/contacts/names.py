"""Splits whole names into first and last where that is safe, and cleans field values."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["cleaned", "split_names"]

CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]+"  # as Arrow writes it
COMMA = r"^(?P<last_name>[^,]+?)\s*,\s*(?P<first_name>[^,]+)$"
PARTICLES = (
    "de|del|della|di|da|das|do|dos|du|des|la|le|van|von|vom|zu|den|der|ter|el|al|bin|ben|saint|st"
)
TWO_WORDS = rf"^(?P<first_name>\S+)\s+(?P<last_name>(?:(?:(?:{PARTICLES})\s+)+|(?:d'))?\S+)$"


def cleaned(texts: pd.Series) -> pd.Series:
    """Turn line breaks and control characters into spaces and trim the ends."""
    cells = pa.chunked_array(pa.array(texts, type=pa.large_string())).combine_chunks()
    spoilt = pc.match_substring_regex(cells, CONTROL)
    if pc.any(spoilt).as_py():  # most columns have none, and replacing is slow
        spaced = pc.replace_substring_regex(cells.filter(spoilt), CONTROL, " ")
        texts = pd.Series(pc.replace_with_mask(cells, spoilt, spaced), texts.index, dtype="str")
    return texts.str.strip()


def split_names(whole: pd.Series) -> pd.DataFrame:
    """Split "Last, First" and "First Last"; any other name stays whole as the first name."""
    names = whole.str.replace(r"\s+", " ", regex=True).str.strip()
    by_comma = names.str.extract(COMMA)
    by_space = names.str.extract(f"(?i:{TWO_WORDS})")[["first_name", "last_name"]]
    split = by_comma[["first_name", "last_name"]].fillna(by_space)
    split["first_name"] = split["first_name"].fillna(names)
    return split.fillna("").astype("str")
