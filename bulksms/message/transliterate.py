"""Replaces characters outside GSM-7 by what a phone keyboard has.

Both tables are in `replacements.toml`: what `--plain` writes, and what the API itself writes
with `auto_optimize_text`, which is shown and never applied here.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING

from bulksms.message.segments import NON_GSM_CLASS
from bulksms.text_files import read_shipped_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "API_HARM_CLASS",
    "api_replacements",
    "apply_api_replacements",
    "plain_replacements",
    "transliterate",
]

# In GSM-7, and yet changed by the API's table; a link that contains one leads elsewhere.
API_HARM_CLASS = r"[\^\\|]"
_COMBINING_MARKS = "[\u0300-\u036f]"  # behind their letter, as in files from a Mac


@cache
def api_replacements() -> dict[str, str]:
    """Read what the API writes instead of a character."""
    return _by_character("api")


@cache
def plain_replacements() -> dict[str, str]:
    """Read what `--plain` writes instead of a character outside GSM-7."""
    marks = dict.fromkeys(map(chr, range(0x300, 0x370)), "")  # those that NFC leaves alone
    replacements = marks | _by_character("api") | _by_character("plain")
    return {old: new for old, new in replacements.items() if re.match(NON_GSM_CLASS, old)}


def transliterate(texts: "pd.Series[str]", present: Collection[str] = ()) -> "pd.Series[str]":
    """Replace the characters outside GSM-7 that have a harmless replacement.

    Args:
        texts: the column to change.
        present: the characters outside GSM-7 in it, where the caller has them already.
    """
    decomposed = texts.str.contains(_COMBINING_MARKS, regex=True)
    if decomposed.any():
        texts = texts.mask(decomposed, texts.str.normalize("NFC"))
        present = ()
    return _replaced(texts, plain_replacements(), present)


def apply_api_replacements(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Replace characters by the API's table; how it changes spaces is not documented."""
    return _replaced(texts, api_replacements(), ())


def _replaced(
    texts: "pd.Series[str]", table: Mapping[str, str], present: Collection[str]
) -> "pd.Series[str]":
    """Replace column-wise, and only the few characters that are present."""
    for character in sorted(set(present or _present(texts, table)) & set(table)):
        texts = texts.str.replace(character, table[character], regex=False)
    return texts


def _present(texts: "pd.Series[str]", table: Mapping[str, str]) -> set[str]:
    others = f"[^{re.escape(''.join(table))}]+"
    return set("".join(texts.str.replace(others, "", regex=True).unique()))


def _by_character(name: str) -> dict[str, str]:
    table = read_shipped_table("bulksms.message", "replacements.toml")[name]
    return {old: new for new, characters in table.items() for old in characters}
