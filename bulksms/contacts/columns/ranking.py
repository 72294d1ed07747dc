"""Which columns hold phones, best first, and which of them are level.

It reads headers only; `candidates` finds out whether level columns hold different numbers.
"""

import re
from collections.abc import Sequence

from bulksms.contacts.columns.headers import compact, phone_rank, word_set, words

__all__ = ["rank_phones"]

# "Phone 2", "Mobile2": a year or a norm such as E164 is no place in a row.
PLACE = re.compile(r"[^\d]*([1-9]\d?)")


def rank_phones(
    header: Sequence[str], taken: frozenset[int], known: Sequence[str]
) -> dict[int, int]:
    """Give the position of each phone column its tier, best first and tiers from 0.

    Args:
        header: the names of the columns; a column without a name is never chosen.
        taken: positions that are something else.
        known: the order of a known export, written as `headers.compact` leaves it.
    """
    ranked = {
        at: (rank, _place(name))
        for at, name in enumerate(header)
        if at not in taken and (rank := _rank(name, known)) is not None
    }
    tiers = {key: tier for tier, key in enumerate(sorted(set(ranked.values())))}
    order = sorted(ranked, key=lambda at: (ranked[at], at))
    return {at: tiers[ranked[at]] for at in order}


def _rank(header: str, known: Sequence[str]) -> int | None:
    run = compact(header)
    if run in known:
        return known.index(run)
    lists = ("do_not_contact", "consent", "email_only", "unclear")
    if any(run in word_set("consent", name) for name in lists):
        return None
    rank = phone_rank(header)
    return None if rank is None else len(known) + rank


def _place(header: str) -> int:
    """Read the number that tells a column from its like; 0 when there is none."""
    found = (PLACE.fullmatch(word) for word in words(header))
    return next((int(place[1]) for place in found if place), 0)
