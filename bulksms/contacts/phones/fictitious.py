"""Phone numbers reserved for films, manuals and tests, which no one owns.

Whether such a number is accepted is decided in `phones.parse`.
"""

from bisect import bisect
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bulksms.text_files import read_shipped_table

__all__ = ["MOST_RANGES", "fictitious_range", "fictitious_ranges", "may_be_fictitious"]

DIGITS = "0123456789"
MOST_RANGES = 63  # that are distinguished
HUNDREDS = 1 << 18  # hundreds of numbers: few others share one with a fictitious number


def fictitious_range(phone_number: int) -> tuple[str, str] | None:
    """Name country and kind of the range of a fictitious number, `None` for a real one."""
    first, last, indices = _intervals()
    at = bisect(first, phone_number) - 1
    if at < 0 or phone_number > last[at]:
        return None
    region, kind, _ = _ranges()[indices[at] - 1]
    return region, kind


def may_be_fictitious(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark quickly the numbers, as the digits of E.164, that may be fictitious.

    Every fictitious number is among them, and some one in two hundred of the others.
    """
    marks: NDArray[np.bool_] = _hundreds().take(numbers // 100 & HUNDREDS - 1)
    return marks


def fictitious_ranges(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of the fictitious range that numbers are in, from 1; 0 for real ones."""
    ranges = np.zeros(len(numbers), dtype=np.int64)
    rows = np.flatnonzero(may_be_fictitious(numbers))
    first, last, indices = _intervals()
    suspects = numbers[rows]
    at = np.searchsorted(first, suspects, side="right") - 1
    ranges[rows] = np.where((at >= 0) & (suspects <= last[at]), indices[at], 0)
    return ranges


@cache
def _intervals() -> NDArray[np.int64]:
    """Return consecutive fictitious numbers: the first, the last, and the index of their range."""
    intervals = [
        (int("".join(head) + "0" * free), int("".join(head) + "9" * free), index)
        for index, (_, _, patterns) in enumerate(_ranges(), start=1)
        for pattern in patterns
        for free in [len(pattern) - len(pattern.rstrip("x"))]
        for head in product(*(DIGITS if sign == "x" else sign for sign in pattern[1:].rstrip("x")))
    ]
    return np.array(sorted(intervals), dtype=np.int64).T


@cache
def _hundreds() -> NDArray[np.bool_]:
    marks = np.zeros(HUNDREDS, dtype=bool)
    for pattern in (pattern for _, _, patterns in _ranges() for pattern in patterns):
        positions = (DIGITS if sign == "x" else sign for sign in pattern[1:-2])
        marks[[int("".join(digits)) % HUNDREDS for digits in product(*positions)]] = True
    return marks


@cache
def _ranges() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    table = read_shipped_table("bulksms.contacts.phones", "fiction.toml")
    return tuple(
        (entry["region"], entry["kind"], tuple(entry["numbers"])) for entry in table["range"]
    )
