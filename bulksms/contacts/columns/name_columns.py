"""Finds the columns of the names by their headers: those of the person whose phone is texted."""

from collections.abc import Mapping, Sequence

from bulksms.contacts.columns.headers import compact, word_set, words
from bulksms.contacts.model import FIELDS

__all__ = ["name_columns"]

Names = tuple[dict[str, int], int | None]


def name_columns(
    header: Sequence[str], given: Mapping[str, int], owner: frozenset[str]
) -> tuple[dict[str, int], int | None, frozenset[str]]:
    """Return the columns of the fields, that of the whole name, and the owner they belong to.

    Args:
        header: the names of the columns.
        given: the columns of fields that the user chose; they win.
        owner: whose phone it is, as `phone_owner` says; where columns are called so too, such as
            "Prénom acheteur" for "Tél. acheteur", the names are theirs, else the row's own.
    """
    names, whole = _find_names(
        [_without(name, owner) for name in header] if owner else header, given
    )
    if owner and whole is None and names == given:
        owner = frozenset()
        names, whole = _find_names(header, given)
    return _other_fields(header) | names, whole, owner


def _without(header: str, owner: frozenset[str]) -> str:
    """Take the owner's words off a header; what is called otherwise is no name of theirs."""
    parts = words(header)
    if not owner <= set(parts):
        return ""
    return " ".join(word for word in parts if word not in owner)


def _find_names(header: Sequence[str], given: Mapping[str, int]) -> Names:
    fields = dict(given)
    first, last = (_called_names(header, name) for name in ("first", "last"))
    maybe_last = _called_names(header, "last_or_whole")
    maybe_first = _called_names(header, "first_or_whole")
    whole = (*_called_names(header, "whole"), *maybe_last, *maybe_first)
    firsts = first or (maybe_first if last else ())
    lasts = last or (maybe_last if first else ())
    for name, positions in (("first_name", firsts), ("last_name", lasts)):
        if positions and name not in fields and positions[0] not in given.values():
            fields[name] = positions[0]
    named = {"first_name", "last_name"} & set(fields)
    free = [at for at in whole if at not in fields.values()]
    return fields, free[0] if free and not named else None


def _other_fields(header: Sequence[str]) -> dict[str, int]:
    """Return the first columns that are called like the API's other fields."""
    runs = [compact(text) for text in header]
    return {name: runs.index(name) for name in FIELDS[2:] if name in runs}


def _called_names(header: Sequence[str], name: str) -> tuple[int, ...]:
    """Return the columns called so, or the only one called so with whose name it is."""
    listed = word_set("names", name)
    listed_whole = word_set("names", "whole")
    exact = tuple(at for at, text in enumerate(header) if compact(text) in listed)
    owned = tuple(
        at
        for at, text in enumerate(header)
        if compact(text) not in listed_whole and _without_owner(text) in listed
    )
    return exact or (owned if len(owned) == 1 else ())


def _without_owner(header: str) -> str:
    return "".join(word for word in words(header) if word not in word_set("names", "beside"))
