"""Replaces characters outside the SMS alphabet by what a phone keyboard has.

Two tables, both in `replacements.toml`: what `--plain` writes, and what the API writes by itself
(`auto_optimize_text`), which is only ever shown. It must not know placeholders or contacts.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bulksms.message.gsm7 import OUTSIDE_CLASS

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "API_HARM_CLASS",
    "api_replacements",
    "apply_api_replacements",
    "plain_replacements",
    "transliterate",
]

# What the API's table changes although it is in the alphabet; a link with it leads elsewhere.
API_HARM_CLASS = r"[\^\\|]"
_MARKS = "[\u0300-\u036f]"  # marks that stand behind their letter, as files from a Mac have them


@cache
def api_replacements() -> dict[str, str]:
    """Tell what the API writes instead of a character, by its own table."""
    return _by_character("api")


@cache
def plain_replacements() -> dict[str, str]:
    """Tell what `--plain` writes instead of a character; only those outside GSM-7 are in it."""
    marks = dict.fromkeys(map(chr, range(0x300, 0x370)), "")  # those no letter took in
    known = marks | _by_character("api") | _by_character("plain")
    return {one: told for one, told in known.items() if re.match(OUTSIDE_CLASS, one)}


def transliterate(texts: "pd.Series[str]", present: Collection[str] = ()) -> "pd.Series[str]":
    """Write a column of texts with as few characters outside GSM-7 as can be done harmlessly.

    `present` are the characters outside GSM-7 in them, where they are known already.
    """
    parted = texts.str.contains(_MARKS, regex=True)
    if parted.any():
        texts = texts.mask(parted, texts.str.normalize("NFC"))
        present = ()
    return _written(texts, plain_replacements(), present)


def apply_api_replacements(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Write a column of texts as the API's table has it; its spaces are not documented."""
    return _written(texts, api_replacements(), ())


def _written(
    texts: "pd.Series[str]", table: Mapping[str, str], present: Collection[str]
) -> "pd.Series[str]":
    """Replace by columns, and only what is there at all: usually very few characters are."""
    for character in sorted(set(present or _present(texts, table)) & set(table)):
        texts = texts.str.replace(character, table[character], regex=False)
    return texts


def _present(texts: "pd.Series[str]", table: Mapping[str, str]) -> set[str]:
    others = f"[^{re.escape(''.join(table))}]+"
    return set("".join(texts.str.replace(others, "", regex=True).unique()))


def _by_character(name: str) -> dict[str, str]:
    source = files("bulksms.message").joinpath("replacements.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(source)[name]
    return {character: told for told, characters in table.items() for character in characters}
