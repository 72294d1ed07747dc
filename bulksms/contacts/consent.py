"""What consent and do-not-contact columns say, row by row, in six languages."""

import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from bulksms.contacts.headers import compact, word_set
from bulksms.contacts.mapping import ColumnMapping
from bulksms.loader import Sheet

__all__ = ["doubted_by", "refused_by"]

UNSUBSCRIBED = re.compile(r"unsub|desabonn|desinscri|abgemeldet|optedout|optout|stop")


def refused_by(sheet: Sheet, mapping: ColumnMapping) -> pd.Series:
    """Name for each row the header of the column that holds it back, `""` when none does."""
    told = ((mapping.do_not_contact, _not_opted_out), (mapping.consent, _agreed))
    return _held(sheet, told)


def doubted_by(sheet: Sheet, mapping: ColumnMapping) -> pd.Series:
    """Name for each row the header of the column that may hold it back, `""` when none may."""
    return _held(sheet, ((mapping.unclear, _agreed_or_attending),))


def _held(sheet: Sheet, told: Iterable[tuple[Sequence[int], Callable[[str], bool]]]) -> pd.Series:
    answer = pd.Series("", index=sheet.rows.numbers, dtype="str")
    for positions, allows in told:
        for position in positions:
            codes, distinct = pd.factorize(sheet.rows.series(position))
            allowed = pd.Series([allows(text) for text in distinct], dtype="bool").take(codes)
            held = ~allowed.set_axis(answer.index) & (answer == "")
            answer = answer.mask(held, sheet.header[position])
    return answer.astype("str")


def _not_opted_out(text: str) -> bool:
    # A date or a remark in such a column means that somebody said no.
    said = compact(text)
    return not said or said in word_set("consent", "no") | word_set("consent", "subscribed")


def _agreed(text: str) -> bool:
    # Silence is no consent, and neither is a word we do not know.
    said = compact(text)
    if UNSUBSCRIBED.search(said):
        return False
    return said in word_set("consent", "yes") | word_set("consent", "subscribed")


def _agreed_or_attending(text: str) -> bool:
    return _agreed(text) or compact(text) in word_set("consent", "attending")
