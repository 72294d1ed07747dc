"""The meaning of a header: its words in any spelling, and the ranked kinds of phone.

The words are in `headers.toml`; rows are never read.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from bulksms.text_files import read_shipped_table

__all__ = [
    "compact",
    "is_country",
    "is_label",
    "label_rank",
    "phone_kind",
    "phone_rank",
    "vocabulary",
    "word_set",
    "words",
]

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NOT_WORD = re.compile(r"[\W_]+")
LABEL = re.compile(r"(?i)^(.*?)[\s\-_]*(?:label|type)$")
VALUE = re.compile(r"(?i)^(.*?)[\s\-_]*value$")


def vocabulary() -> Mapping[str, Any]:
    """Return the tables of `headers.toml`."""
    return read_shipped_table("bulksms.contacts.columns", "headers.toml")


@cache
def word_set(table: str, name: str) -> frozenset[str]:
    """One list of `headers.toml` as a set."""
    return frozenset(vocabulary()[table][name])


@cache
def words(header: str) -> tuple[str, ...]:
    """Split a header into plain words: no case, accents, punctuation or invisible characters."""
    split = CAMEL.sub(" ", header.replace("WhatsApp", "Whatsapp"))
    decomposed = unicodedata.normalize("NFKD", split)
    kept = "".join(
        letter for letter in decomposed if unicodedata.category(letter) not in {"Mn", "Cf"}
    )
    return tuple(word for word in NOT_WORD.split(kept.casefold()) if word)


def compact(header: str) -> str:
    """Write a header as its words run together, the form in which headers are compared."""
    return "".join(words(header))


@cache
def is_country(header: str) -> bool:
    """Return whether a column holds the person's country."""
    parts, country = set(words(header)), word_set("country", "words")
    beside = parts - country
    return compact(header) in word_set("country", "headers") or (
        len(beside) < len(parts) and beside <= word_set("country", "beside")
    )


def phone_rank(header: str) -> int | None:
    """Rank a header among the kinds of phone, 0 is best; `None` for other columns."""
    kind = phone_kind(header)
    order = cast(list[str], vocabulary()["phone"]["order"])
    return None if kind is None else order.index(kind)


@cache
def phone_kind(header: str) -> str | None:
    """Name the kind of phone a header means; `None` for other columns and unusable phones."""
    whole = cast(Mapping[str, str], vocabulary()["phone"]["whole"])
    run, parts = compact(header), {word.rstrip("0123456789") or word for word in words(header)}
    if run in word_set("phone", "sms"):
        return "sms"
    if parts & word_set("phone", "never") or run in word_set("phone", "never"):
        return None
    if run in whole:
        return whole[run]
    # German and lazy headers run words together; the whole header may be in a list too.
    return _kind_of_words(parts | {run}, parts)


def _kind_of_words(candidates: set[str], parts: set[str]) -> str | None:
    has_phone = bool(candidates & word_set("phone", "phone"))
    for kind in ("sms", "mobile"):
        named = candidates & word_set("phone", kind)
        if named and (has_phone or not _unknown_words(parts - named)):
            return kind
    if not has_phone:
        return None
    for kind in ("primary", "other", "home", "work"):
        if candidates & word_set("phone", kind):
            return kind
    return "phone"


def _unknown_words(parts: set[str]) -> set[str]:
    kinds = ("neutral", "mobile", "sms", "primary", "home", "work", "other")
    named = frozenset[str]().union(*(word_set("phone", kind) for kind in kinds))
    return {word for word in parts if not word.isdigit()} - named


def label_rank(label: str) -> int | None:
    """Rank the label beside a value ("Mobile", "Home"); unknown or empty counts as plain phone."""
    parts = set(words(label))
    if parts & word_set("phone", "never"):
        return None
    order = cast(list[str], vocabulary()["phone"]["order"])
    for kind in order:
        if parts & word_set("phone", kind):
            return order.index(kind)
    return order.index("phone")


def is_label(label: str, value: str) -> bool:
    """Return whether one header labels the other, as "Phone 1 - Type" does "Phone 1 - Value"."""
    left, right = LABEL.match(label.strip()), VALUE.match(value.strip())
    return bool(left and right and compact(left[1]) == compact(right[1]))
