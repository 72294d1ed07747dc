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

Allows = Callable[[str], bool]


def opting_out_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Give for each row the column that says no: one more than its position, or 0."""
    tests = ((mapping.do_not_contact, _not_opted_out), (mapping.consent, _agreed))
    return _refusing(block, tests)


def unclear_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Give for each row the column that may say no: one more than its position, or 0."""
    return _refusing(block, ((mapping.unclear, _agreed_or_attending),))


def _refusing(block: Block, tests: Iterable[tuple[Sequence[int], Allows]]) -> NDArray[np.int16]:
    columns = np.zeros(len(block), dtype=np.int16)
    for positions, allows in tests:
        for position in positions:
            values = block.column(position).dictionary_encode()
            allowed = np.array([allows(text) for text in values.dictionary.to_pylist()], dtype=bool)
            refusing = ~allowed[ints_from_arrow(values.indices)] & (columns == 0)
            columns[refusing] = position + 1
    return columns


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
