"""Splits whole names into first and last where that is safe, and cleans field values."""

import pandas as pd

__all__ = ["cleaned", "split_names"]

CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+"
COMMA = r"^(?P<last_name>[^,]+?)\s*,\s*(?P<first_name>[^,]+)$"
PARTICLES = (
    "de|del|della|di|da|das|do|dos|du|des|la|le|van|von|vom|zu|den|der|ter|el|al|bin|ben|saint|st"
)
TWO_WORDS = rf"^(?P<first_name>\S+)\s+(?P<last_name>(?:(?:(?:{PARTICLES})\s+)+|(?:d'))?\S+)$"


def cleaned(texts: pd.Series) -> pd.Series:
    """Turn line breaks and control characters into spaces and trim the ends."""
    return texts.str.replace(CONTROL, " ", regex=True).str.strip()


def split_names(whole: pd.Series) -> pd.DataFrame:
    """Split "Last, First" and "First Last"; any other name stays whole as the first name."""
    names = whole.str.replace(r"\s+", " ", regex=True).str.strip()
    by_comma = names.str.extract(COMMA)
    by_space = names.str.extract(f"(?i:{TWO_WORDS})")[["first_name", "last_name"]]
    split = by_comma[["first_name", "last_name"]].fillna(by_space)
    split["first_name"] = split["first_name"].fillna(names)
    return split.fillna("").astype("str")
