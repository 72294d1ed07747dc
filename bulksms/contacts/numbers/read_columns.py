"""Reads whole columns of digits with the number table.

The first digits nearly always decide what a number is; the rest is walked digit by digit.
"""

from dataclasses import dataclass, field
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.numbers.table import LONGEST, UNPROVED, NumberTable

__all__ = ["TENS", "Digits", "Readings", "prepare", "read_columns", "walk"]

TENS = 10 ** np.arange(19, dtype=np.int64)
EXACT = 15  # digits of a number that is exact in floating point, which is divided faster
HEAD, MOST = 5, 15  # digits: of a head, and of a text that is read by it
HEADS = 10**HEAD
TAILS = MOST - HEAD + 1  # how many digits may follow, none included
UNDECIDED = np.iinfo(np.uint16).max  # the outcome of a head that more digits may change
FEW = 1 << 15  # texts that are walked before the outcomes of all heads would be known
FLOAT_TENS = 10.0 ** np.arange(MOST + 1)

_prepared: set[tuple[NumberTable, tuple[int, ...]]] = set()
_preparing = Lock()  # blocks read at once would each compute the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """The digits of many texts, one after the other.

    Attributes:
        values: from 0 to 9, of all texts.
        starts: where each text begins in `values`.
        lengths: how many digits each text has, at most `LONGEST`.
        amounts: the digits of each text as one number; computed when not given.
    """

    values: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    amounts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.amounts) != len(self.lengths):
            object.__setattr__(self, "amounts", self._amounts())

    def of(self, texts: NDArray[np.int64]) -> "Digits":
        """Choose some of the texts."""
        return Digits(
            values=self.values,
            starts=self.starts[texts],
            lengths=self.lengths[texts],
            amounts=self.amounts[texts],
        )

    def _amounts(self) -> NDArray[np.int64]:
        amounts = np.zeros(len(self.lengths), dtype=np.int64)
        for at in range(LONGEST):
            longer = np.flatnonzero(self.lengths > at)
            amounts[longer] = amounts[longer] * 10 + self.values[self.starts[longer] + at]
        return amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The readings of texts.

    Attributes:
        outcomes: the index of the reading in the table.
        proved: whether the table can tell; where not, the rest means nothing.
        numbers: the number in E.164, without its +.
        kinds: a `PhoneNumberType`; `UNKNOWN` when the number is not valid.
        dropped: digits before the national number.
    """

    outcomes: NDArray[np.unsignedinteger]
    proved: NDArray[np.bool_]
    numbers: NDArray[np.int64]
    kinds: NDArray[np.int8]
    dropped: NDArray[np.int8]


def prepare(table: NumberTable, starts: tuple[int, ...]) -> None:
    """Compute the outcomes of all heads, so that short columns are read by heads too."""
    if len(table.codes) <= UNDECIDED:
        with _preparing:
            _outcomes(table, starts)
        _prepared.add((table, starts))


def read_columns(
    table: NumberTable, digits: Digits, starts: tuple[int, ...], entries: NDArray[np.integer]
) -> Readings:
    """Read every text, each from the state that has its index in `starts`."""
    if len(digits.lengths) >= FEW:
        prepare(table, starts)
    if (table, starts) not in _prepared:
        return walk(table, digits, np.array(starts)[entries])
    tails = digits.lengths - HEAD
    short = (tails < 0) | (tails >= TAILS)
    tails[short] = 0
    # Exact: below 2 to the 53rd, and a quotient is never nearer to the next whole than that.
    heads = (digits.amounts / FLOAT_TENS[tails]).astype(np.int64)
    heads[short] = 0
    outcomes = _outcomes(table, starts).take((entries * TAILS + tails) * HEADS + heads)
    rest = np.flatnonzero(short | (outcomes == UNDECIDED))
    if len(rest):
        outcomes[rest] = walk(table, digits.of(rest), np.array(starts)[entries[rest]]).outcomes
    return _readings(table, outcomes, digits)


def walk(table: NumberTable, digits: Digits, states: NDArray[np.int64]) -> Readings:
    """Read every text digit by digit, each from its own state on."""
    # The longest first: texts that still have digits are then always at the front.
    shortness = (LONGEST - digits.lengths).astype(np.uint8)  # small numbers sort fastest
    order = np.argsort(shortness, kind="stable")
    starts = digits.starts[order]
    steps, state = table.steps.ravel(), states[order]
    longer = np.cumsum(np.bincount(shortness, minlength=LONGEST + 1))[::-1]
    for at in range(LONGEST):
        remaining = int(longer[at + 1])
        if not remaining:
            break
        digit = digits.values[starts[:remaining] + at]
        state[:remaining] = steps[state[:remaining] * 10 + digit]
    outcomes = np.empty_like(table.outcomes, shape=len(order))
    outcomes[order] = table.outcomes[state]
    return _readings(table, outcomes, digits)


def _readings(
    table: NumberTable, outcomes: NDArray[np.unsignedinteger], digits: Digits
) -> Readings:
    """Return the readings of texts whose outcomes are known."""
    at = outcomes.astype(np.int64)  # what numpy takes by fastest
    dropped = table.dropped.take(at)
    scale = TENS.take(np.maximum(digits.lengths - dropped, 0))
    return Readings(
        outcomes=outcomes,
        proved=outcomes != UNPROVED,
        numbers=table.codes.take(at) * scale + _remainders(digits.amounts, scale),
        kinds=table.kinds.take(at),
        dropped=dropped,
    )


def _remainders(amounts: NDArray[np.int64], scale: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the remainder of each number divided by a power of ten."""
    if amounts.max(initial=0) >= TENS[EXACT]:
        remainders: NDArray[np.int64] = amounts % scale
        return remainders
    # Below 2 to the 53rd the quotient cannot be rounded up to the next whole number.
    quotients = (amounts / scale).astype(np.int64)
    return amounts - quotients * scale


@cache
def _outcomes(table: NumberTable, starts: tuple[int, ...]) -> NDArray[np.uint16]:
    """Return the outcome of each head, from each start and with so many digits behind it."""
    return np.concatenate([_outcomes_from(table, start) for start in starts])


def _outcomes_from(table: NumberTable, start: int) -> NDArray[np.uint16]:
    states = np.array([start])
    for _ in range(HEAD):
        states = table.steps[states].ravel().astype(np.int64)
    return _decided(table)[:, states].ravel()


@cache
def _decided(table: NumberTable) -> NDArray[np.uint16]:
    """Return the outcome of each state if it is the same whatever so many digits follow."""
    steps = np.ascontiguousarray(table.steps.T.astype(np.int64))
    decided = np.empty((TAILS, len(table.outcomes)), dtype=np.uint16)
    decided[0] = table.outcomes
    for tail in range(1, TAILS):
        first, *others = (decided[tail - 1].take(states) for states in steps)
        same = np.ones(len(first), dtype=bool)
        for other in others:
            same &= other == first
        decided[tail] = np.where(same, first, UNDECIDED)
    return decided
