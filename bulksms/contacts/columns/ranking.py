"""Ranks the phone columns of a sheet, those of known exports by the order of `crm.toml`.

It reads headers only; `rows.number_choice` finds out whether tied columns differ.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bulksms.contacts.columns.consent_headers import ConsentRole, consent_role
from bulksms.contacts.columns.headers import (
    compact,
    phone_kind,
    phone_owner,
    phone_rank,
    word_set,
    words,
)
from bulksms.text_files import read_shipped_table

__all__ = ["NUMBER_DIGITS", "KnownExport", "rank_phones", "recognise_export", "strangers_phones"]

ENOUGH = 2  # one header such as "Email" or "Record ID" says nothing
# "Phone 2", "Mobile2": a year or a norm such as E164 is not an ordinal.
ORDINAL = re.compile(r"[^\d]*([1-9]\d?)")
LATER = 100
NUMBER_DIGITS = 8  # that a header has only when it is someone's number: "Tél. 06 39 98 01 01"
EXAMPLE = re.compile(r"\([^()]*[^\W\d_][^()]*\)")  # "(ex : 06 39 98 01 01)"
NOT_PHONES = (
    ConsentRole.REGISTER,
    ConsentRole.OPT_OUT,
    ConsentRole.OPT_OUT_FLAG,
    ConsentRole.SMS_CONSENT,
    ConsentRole.SMS_STATUS,
    ConsentRole.CONSENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExport:
    """The export of a known CRM; headers are written as `headers.compact` leaves them."""

    name: str
    distinctive: frozenset[str]
    phones: tuple[str, ...]


def recognise_export(header: Iterable[str]) -> KnownExport | None:
    """Name the export with the most distinctive headers; `None` below two, or for a tie."""
    runs = {compact(text) for text in header}
    counted = [(len(export.distinctive & runs), export) for export in _known_exports()]
    most = max(count for count, _ in counted)
    best = [export for count, export in counted if count == most]
    return best[0] if most >= ENOUGH and len(best) == 1 else None


@cache
def _known_exports() -> tuple[KnownExport, ...]:
    exports = read_shipped_table("bulksms.contacts.columns", "crm.toml")["export"]
    return tuple(
        KnownExport(
            name=entry["name"],
            distinctive=frozenset(map(compact, entry["distinctive"])),
            phones=tuple(map(compact, entry["phones"])),
        )
        for entry in exports
    )


def rank_phones(
    header: Sequence[str], taken: frozenset[int], export_order: Sequence[str]
) -> dict[int, int]:
    """Return the position of each phone column its tier, best first and tiers from 0.

    Args:
        header: the names of the columns; a column without a name is never chosen.
        taken: positions that are something else.
        export_order: the order of a known export, written as `headers.compact` leaves it.
    """
    ranked = {
        at: (rank, _ordinal(name))
        for at, name in enumerate(header)
        if at not in taken and (rank := _rank(name, export_order)) is not None
    }
    ranked = {at: ranked[at] for at in _own_phones(header, ranked, export_order)}
    tiers = {key: tier for tier, key in enumerate(sorted(set(ranked.values())))}
    order = sorted(ranked, key=lambda at: (ranked[at], at))
    return {at: tiers[ranked[at]] for at in order}


def _own_phones(
    header: Sequence[str], phones: Iterable[int], export_order: Sequence[str]
) -> list[int]:
    """Leave out what may be another person's, such as "Tél. commercial" beside "Portable"."""
    owners = {at: _owner(header[at], export_order) for at in phones}
    plain = [at for at, owner in owners.items() if not owner]
    if any(_is_the_phone(header[at], export_order) for at in plain):
        return plain
    return list(owners)


def strangers_phones(
    header: Sequence[str], phones: Iterable[int], export_order: Sequence[str]
) -> list[int]:
    """Return the phones of different people, where none is plainly the row's own.

    Those of relations alone, such as "Portable mère" and "Portable père", are no question.
    "GSM porteur" counts here, though it is not sure to be a phone, beside "Tél. magasin", and so
    do landlines.
    """
    owners = {at: _owner(header[at], export_order) for at in phones if not _is_vague(header[at])}
    people = {_without_numbers(owner) for owner in owners.values()}
    if all(not owner or _is_of_a_relation(owner) for owner in people):
        return []
    rivals = [at for at, name in enumerate(header) if at in owners or _may_be_mobile(name)]
    people |= {_without_numbers(_owner(header[at], export_order)) for at in rivals}
    return rivals if len(people) > 1 else []


def _owner(header: str, export_order: Sequence[str]) -> frozenset[str]:
    return frozenset() if compact(header) in export_order else phone_owner(header)


def _without_numbers(owner: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in owner if not word.isdigit())


def _is_of_a_relation(owner: frozenset[str]) -> bool:
    return bool(owner & word_set("phone", "relations"))


def _may_be_mobile(header: str) -> bool:
    parts = set(words(header))
    mobile, never = word_set("phone", "mobile"), word_set("phone", "never")
    return bool(parts & mobile) and not parts & never


def _is_the_phone(header: str, export_order: Sequence[str]) -> bool:
    """Return whether a header is the person's phone, not just "Number" or a landline."""
    in_export = compact(header) in export_order
    return in_export or (phone_kind(header) != "other" and not _is_vague(header))


def _is_vague(header: str) -> bool:
    return compact(header) in word_set("phone", "vague")


def _rank(header: str, export_order: Sequence[str]) -> int | None:
    run = compact(header)
    if run in export_order:
        return export_order.index(run)
    digits = sum(map(str.isdigit, EXAMPLE.sub("", header)))
    if consent_role(header) in NOT_PHONES or digits >= NUMBER_DIGITS:
        return None
    rank = phone_rank(header)
    return None if rank is None else len(export_order) + rank


def _ordinal(header: str) -> int:
    """Read the number that tells a column from others of its kind; 0 when there is none.

    "Mobile secondaire" comes after all that are numbered.
    """
    if word_set("phone", "other").intersection(words(header)):
        return LATER
    numbers = (ORDINAL.fullmatch(word) for word in words(header))
    return next((int(number[1]) for number in numbers if number), 0)
