"""Numbers kept for films, manuals and tests, which nobody owns.

It knows neither cells nor rules: whether such a number is accepted is for `judging` to say.
"""

import re
import tomllib
from functools import cache
from importlib import resources
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_RANGES", "fictitious_range", "fictitious_ranges", "may_be_fictitious"]

DIGITS = "0123456789"
MOST_RANGES = 63  # that are told apart
HUNDREDS = 1 << 18  # hundreds of numbers told apart: few others fall together with those of fiction


def fictitious_range(phone_number: int) -> tuple[str, str] | None:
    """Name country and kind of a range kept for fiction, `None` for a real number."""
    e164 = f"+{phone_number}"
    if not _any_fiction().fullmatch(e164):
        return None
    return next(
        (region, kind)
        for region, kind, numbers in _fiction_ranges()
        if re.fullmatch(_pattern(numbers), e164)
    )


def may_be_fictitious(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say quickly which numbers, in E.164 without the +, may be kept for fiction.

    Every number of fiction is among them, and some one in two hundred of the others.
    """
    perhaps: NDArray[np.bool_] = _fiction_hundreds().take(numbers // 100 & HUNDREDS - 1)
    return perhaps


def fictitious_ranges(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tell apart the ranges kept for fiction that numbers, like those above, lie in; 0 for none."""
    ranges = np.zeros(len(numbers), dtype=np.int64)
    rows = np.flatnonzero(may_be_fictitious(numbers))
    first, last, places = _fiction_intervals()
    found = numbers[rows]
    at = np.searchsorted(first, found, side="right") - 1
    ranges[rows] = np.where((at >= 0) & (found <= last[at]), places[at], 0)
    return ranges


@cache
def _fiction_intervals() -> NDArray[np.int64]:
    """The numbers of fiction that follow each other: the first, the last, and their range."""
    intervals = [
        (int("".join(head) + "0" * free), int("".join(head) + "9" * free), place)
        for place, (_, _, patterns) in enumerate(_fiction_ranges(), start=1)
        for pattern in patterns
        for free in [len(pattern) - len(pattern.rstrip("x"))]
        for head in product(*(DIGITS if sign == "x" else sign for sign in pattern[1:].rstrip("x")))
    ]
    return np.array(sorted(intervals), dtype=np.int64).T


@cache
def _fiction_hundreds() -> NDArray[np.bool_]:
    kept = np.zeros(HUNDREDS, dtype=bool)
    for number in (number for _, _, numbers in _fiction_ranges() for number in numbers):
        places = (DIGITS if sign == "x" else sign for sign in number[1:-2])
        kept[[int("".join(digits)) % HUNDREDS for digits in product(*places)]] = True
    return kept


@cache
def _any_fiction() -> re.Pattern[str]:
    """Match the whole of such a number, in E.164."""
    return re.compile("|".join(_pattern(numbers) for _, _, numbers in _fiction_ranges()))


def _pattern(numbers: tuple[str, ...]) -> str:
    return "|".join(re.escape(number).replace("x", r"\d") for number in numbers)


@cache
def _fiction_ranges() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    text = resources.files("bulksms.contacts.phones").joinpath("fiction.toml").read_text("utf-8")
    return tuple(
        (entry["region"], entry["kind"], tuple(entry["numbers"]))
        for entry in tomllib.loads(text)["range"]
    )
