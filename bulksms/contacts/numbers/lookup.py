"""Reads a whole column of digits with the number table, a column of digits at a time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.numbers.table import LONGEST, UNPROVED, NumberTable

__all__ = ["TENS", "Digits", "Readings", "readings", "walk"]

TENS = 10 ** np.arange(19, dtype=np.int64)
EXACT = 15  # digits of a number that is exact in floating point, which is divided faster


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """The digits of many texts, one after the other.

    Attributes:
        values: from 0 to 9, of all texts.
        starts: where each text begins in `values`.
        lengths: how many digits each text has, at most `LONGEST`.
        amounts: the digits of each text as one number; reckoned when not given.
    """

    values: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    amounts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.amounts) != len(self.lengths):
            object.__setattr__(self, "amounts", self._reckoned())

    def of(self, texts: NDArray[np.int64]) -> "Digits":
        """Choose some of the texts."""
        return Digits(
            values=self.values,
            starts=self.starts[texts],
            lengths=self.lengths[texts],
            amounts=self.amounts[texts],
        )

    def _reckoned(self) -> NDArray[np.int64]:
        amounts = np.zeros(len(self.lengths), dtype=np.int64)
        for at in range(LONGEST):
            live = np.flatnonzero(self.lengths > at)
            amounts[live] = amounts[live] * 10 + self.values[self.starts[live] + at]
        return amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What each text is.

    Attributes:
        outcomes: the number of the reading in the table.
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


def walk(table: NumberTable, digits: Digits, states: NDArray[np.int64]) -> Readings:
    """Read every text, each from its own state on."""
    # The longest first: whoever still has digits is then always at the front.
    shortness = (LONGEST - digits.lengths).astype(np.uint8)  # small numbers sort fastest
    order = np.argsort(shortness, kind="stable")
    starts = digits.starts[order]
    steps, state = table.steps.ravel(), states[order]
    longer = np.cumsum(np.bincount(shortness, minlength=LONGEST + 1))[::-1]
    for at in range(LONGEST):
        live = int(longer[at + 1])
        if not live:
            break
        digit = digits.values[starts[:live] + at]
        state[:live] = steps[state[:live] * 10 + digit]
    outcomes = np.empty_like(table.outcomes, shape=len(order))
    outcomes[order] = table.outcomes[state]
    return readings(table, outcomes, digits)


def readings(table: NumberTable, outcomes: NDArray[np.unsignedinteger], digits: Digits) -> Readings:
    """Tell what texts are, of which the outcomes are known."""
    at = outcomes.astype(np.int64)  # what numpy takes by fastest
    dropped = table.dropped.take(at)
    scale = TENS.take(np.maximum(digits.lengths - dropped, 0))
    return Readings(
        outcomes=outcomes,
        proved=outcomes != UNPROVED,
        numbers=table.codes.take(at) * scale + _rests(digits.amounts, scale),
        kinds=table.kinds.take(at),
        dropped=dropped,
    )


def _rests(amounts: NDArray[np.int64], scale: NDArray[np.int64]) -> NDArray[np.int64]:
    """What is left of each number when divided by a power of ten."""
    if amounts.max(initial=0) >= TENS[EXACT]:
        rests: NDArray[np.int64] = amounts % scale
        return rests
    # Below 2 to the 53rd the quotient cannot be rounded up to the next whole number.
    quotients = (amounts / scale).astype(np.int64)
    return amounts - quotients * scale
