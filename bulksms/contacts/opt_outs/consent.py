"""What consent and do-not-contact columns say, row by row, in six languages."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_from_arrow
from bulksms.contacts.columns.headers import compact, word_set
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.loader import Block

__all__ = ["opting_out_column", "unclear_column"]

UNSUBSCRIBED = re.compile(r"unsub|desabonn|desinscri|abgemeldet|optedout|optout|stop")
REMEMBERED = 10_000  # answers; such a column has a handful of words

Says = Callable[[str], bool]


def opting_out_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Name for each row the column that holds it back: one more than its position, or 0."""
    told = ((mapping.do_not_contact, _not_opted_out), (mapping.consent, _agreed))
    return _held(block, told)


def unclear_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Name for each row the column that may hold it back: one more than its position, or 0."""
    return _held(block, ((mapping.unclear, _agreed_or_attending),))


def _held(block: Block, told: Iterable[tuple[Sequence[int], Says]]) -> NDArray[np.int16]:
    answer = np.zeros(len(block), dtype=np.int16)
    for positions, allows in told:
        for position in positions:
            said = block.column(position).dictionary_encode()
            allowed = np.array([allows(text) for text in said.dictionary.to_pylist()], dtype=bool)
            held = ~allowed[ints_from_arrow(said.indices)] & (answer == 0)
            answer[held] = position + 1
    return answer


@lru_cache(REMEMBERED)
def _not_opted_out(text: str) -> bool:
    # A date or a remark in such a column means that somebody said no.
    said = compact(text)
    return not said or said in word_set("consent", "no") | word_set("consent", "subscribed")


@lru_cache(REMEMBERED)
def _agreed(text: str) -> bool:
    # Silence is no consent, and neither is a word we do not know.
    said = compact(text)
    if UNSUBSCRIBED.search(said):
        return False
    return said in word_set("consent", "yes") | word_set("consent", "subscribed")


@lru_cache(REMEMBERED)
def _agreed_or_attending(text: str) -> bool:
    return _agreed(text) or compact(text) in word_set("consent", "attending")
