"""Reads a whole column of digits by its first digits, which nearly always settle what a number is.

What they do not settle is walked digit by digit.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.numbers.lookup import Digits, Readings, readings, walk
from bulksms.contacts.numbers.table import NumberTable

__all__ = ["prepare", "read"]

HEAD, MOST = 5, 15  # digits: of a head, and of a text that is read by it
HEADS = 10**HEAD
TAILS = MOST - HEAD + 1  # how many digits may follow, none included
OPEN = np.iinfo(np.uint16).max  # the outcome of a head that settles nothing
FEW = 1 << 15  # texts that are walked before the outcomes of all heads would be known
TENS = 10.0 ** np.arange(MOST + 1)

_prepared: set[tuple[NumberTable, tuple[int, ...]]] = set()


def prepare(table: NumberTable, starts: tuple[int, ...]) -> None:
    """Make ready to read few texts by their first digits too: it takes as long as many texts."""
    if len(table.codes) <= OPEN:
        _outcomes(table, starts)
        _prepared.add((table, starts))


def read(
    table: NumberTable, digits: Digits, starts: tuple[int, ...], places: NDArray[np.integer]
) -> Readings:
    """Read every text, each from the state on that has its place in `starts`."""
    if len(digits.lengths) >= FEW:
        prepare(table, starts)
    if (table, starts) not in _prepared:
        return walk(table, digits, np.array(starts)[places])
    tails = digits.lengths - HEAD
    short = (tails < 0) | (tails >= TAILS)
    tails[short] = 0
    # Exact: below 2 to the 53rd, and a quotient is never nearer to the next whole than that.
    heads = (digits.amounts / TENS[tails]).astype(np.int64)
    heads[short] = 0
    outcomes = _outcomes(table, starts).take((places * TAILS + tails) * HEADS + heads)
    left = np.flatnonzero(short | (outcomes == OPEN))
    if len(left):
        outcomes[left] = walk(table, digits.of(left), np.array(starts)[places[left]]).outcomes
    return readings(table, outcomes, digits)


@cache
def _outcomes(table: NumberTable, starts: tuple[int, ...]) -> NDArray[np.uint16]:
    """Tell the outcome of each head, from each start and with so many digits behind it."""
    return np.concatenate([_outcomes_from(table, start) for start in starts])


def _outcomes_from(table: NumberTable, start: int) -> NDArray[np.uint16]:
    states = np.array([start])
    for _ in range(HEAD):
        states = table.steps[states].ravel().astype(np.int64)
    return _settled(table)[:, states].ravel()


@cache
def _settled(table: NumberTable) -> NDArray[np.uint16]:
    """Tell the outcome of each state if it is the same whatever so many digits follow."""
    steps = np.ascontiguousarray(table.steps.T.astype(np.int64))
    settled = np.empty((TAILS, len(table.outcomes)), dtype=np.uint16)
    settled[0] = table.outcomes
    for tail in range(1, TAILS):
        first, *others = (settled[tail - 1].take(states) for states in steps)
        same = np.ones(len(first), dtype=bool)
        for other in others:
            same &= other == first
        settled[tail] = np.where(same, first, OPEN)
    return settled
