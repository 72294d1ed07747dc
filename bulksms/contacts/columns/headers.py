"""The meaning of a header: its words in any spelling, and the ranked kinds of phone.

The words are in `headers.toml`; rows are never read.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from bulksms.contacts.cells.characters import OTHER_LETTERS
from bulksms.text_files import read_shipped_table

__all__ = [
    "compact",
    "is_country",
    "is_label",
    "label_rank",
    "phone_kind",
    "phone_owner",
    "phone_rank",
    "vocabulary",
    "word_set",
    "words",
]

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NOT_WORD = re.compile(r"[\W_]+")
LABEL = re.compile(r"(?i)^(.*?)[\s\-_]*(?:label|type)$")
VALUE = re.compile(r"(?i)^(.*?)[\s\-_]*value$")
# "Mobiltelefonnummer", "telefonu": a phone's word with what is written together with it.
COMPOUND = re.compile(
    r"(.*?)(?:telefon|telefoon|telephone|telefone|telefono|puhelin|phone|τηλεφωνο)"
    r"(?:nummer|nr|number|numero|numara|szam|ni|u)?"
)
FAX = re.compile(r"fax|faks|φαξ")
POINTED = re.compile(r"([^\W\d_]{3,})\.")
PLAIN_LETTERS = str.maketrans(dict(OTHER_LETTERS))
KINDS = ("neutral", "sms", "mobile", "primary", "home", "work", "other")


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
    plain = kept.casefold().translate(PLAIN_LETTERS)
    return tuple(word for word in NOT_WORD.split(plain) if word)


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
    run, parts = compact(header), _phone_words(header)
    if run in word_set("phone", "sms"):
        return "sms"
    if parts & word_set("phone", "never") or run in word_set("phone", "never"):
        return None
    if run in whole:
        return whole[run]
    # German and lazy headers run words together; the whole header may be in a list too.
    return _kind_of_words(parts | {run}, parts)


@cache
def phone_owner(header: str) -> frozenset[str]:
    """Return the words of a phone's header that may say it is another person's, with its numbers.

    Empty where all words are known and none is of a relation: the phone is the row's own.
    """
    parts = _phone_words(header)
    known_runs = frozenset[str]().union(
        *(word_set("phone", kind) for kind in ("sms", "mobile", "phone"))
    )
    if compact(header) in known_runs or compact(header) in vocabulary()["phone"]["whole"]:
        return frozenset()
    strange = _unknown_words(parts) - word_set("phone", "phone") - word_set("phone", "joining")
    strange |= parts & word_set("phone", "relations")
    numbers = {word for word in words(header) if word.isdigit()}
    return frozenset(strange | numbers if strange else ())


def _phone_words(header: str) -> set[str]:
    """Split a header into words without numbers: compounds taken apart, "dom." written out."""
    pointed = {compact(word) for word in POINTED.findall(header)}
    parts: set[str] = set()
    for each in words(header):
        word = each.rstrip("0123456789") or each
        compound = COMPOUND.fullmatch(word)
        if FAX.search(word):
            parts.add("fax")
        elif compound and (not compound[1] or _kind_of(compound[1])):
            parts |= {"phone", _kind_of(compound[1]) or "phone"}
        elif word in pointed and not _is_known(word):
            parts.add(_kind_of(word) or word)
        else:
            parts.add(word)
    return parts


def _is_known(word: str) -> bool:
    return any(word in word_set("phone", kind) for kind in (*KINDS, "phone", "never", "relations"))


def _kind_of(beginning: str) -> str | None:
    """Return a word for the kind of phone whose words begin so; `None` when there is none."""
    for kind in ("never", "mobile", "home", "work", "other", "primary"):
        listed = word_set("phone", kind)
        if beginning in listed:
            return beginning
        if beginning and kind != "never" and any(word.startswith(beginning) for word in listed):
            return kind
    return None


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
    named = frozenset[str]().union(*(word_set("phone", kind) for kind in (*KINDS, "relations")))
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
