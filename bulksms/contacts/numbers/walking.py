"""Reads a whole column of digits with the number table, a column of digits at a time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.numbers.table import LONGEST, UNPROVED, NumberTable

__all__ = ["Digits", "Readings", "walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """The digits of many texts, one after the other.

    Attributes:
        values: from 0 to 9, of all texts.
        starts: where each text begins in `values`.
        lengths: how many digits each text has, at most `LONGEST`.
    """

    values: NDArray[np.uint8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def of(self, texts: NDArray[np.int64]) -> "Digits":
        """Choose some of the texts."""
        starts, lengths = self.starts[texts], self.lengths[texts]
        return Digits(values=self.values, starts=starts, lengths=lengths)


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
    value = np.zeros(len(order), dtype=np.int64)
    longer = np.cumsum(np.bincount(shortness, minlength=LONGEST + 1))[::-1]
    for at in range(LONGEST):
        live = int(longer[at + 1])
        if not live:
            break
        digit = digits.values[starts[:live] + at]
        state[:live] = steps[state[:live] * 10 + digit]
        value[:live] = value[:live] * 10 + digit
    outcomes, values = np.empty_like(table.outcomes, shape=len(order)), np.empty_like(value)
    outcomes[order], values[order] = table.outcomes[state], value
    return _readings(table, outcomes, values, digits.lengths)


def _readings(
    table: NumberTable,
    outcomes: NDArray[np.unsignedinteger],
    values: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> Readings:
    dropped = table.dropped[outcomes]
    tens = 10 ** np.arange(19, dtype=np.int64)
    scale = tens[np.maximum(lengths - dropped, 0)]
    return Readings(
        outcomes=outcomes,
        proved=outcomes != UNPROVED,
        numbers=table.codes[outcomes] * scale + values % scale,
        kinds=table.kinds[outcomes],
        dropped=dropped,
    )
