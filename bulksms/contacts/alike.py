"""Which cells of a column are judged alike, by what the number table says of their digits.

Two cells are alike when `phones.judge` must say the same of both but for the number itself.
It knows no reasons and no kinds.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from bulksms.contacts.cells import Cells, cells_of
from bulksms.contacts.fiction import fiction_range, perhaps_fiction
from bulksms.contacts.numbers import Digits, NumberTable, walk
from bulksms.contacts.phones import OVERSEAS

__all__ = ["NO_CLASS", "Alike", "likeness", "written"]

BLOCK = 1 << 15  # cells looked at together: what is noted of them stays near the processor
NO_CLASS = -1
ABROAD = 2  # digits of 00
OVERSEAS_DIGITS = (9, 10)  # of a French number that may be one of its overseas regions
SAME_DIGIT = re.compile(r"\+\d{1,3}(\d)\1*")  # over and over after the country code
FOUR_ALIKE = (10_000, 1_111)  # what the last digits of a number are divided by
LENGTHS = 1 << 5  # more than the digits of a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What is known of the cells of a column; one of no class must be judged by itself.

    Attributes:
        classes: equal for cells that are judged alike, `NO_CLASS` for a cell of its own.
        numbers: what the digits are, in E.164 without the +.
        others: what they would be after a +, when a country code may begin them, and overseas,
            when they are French and not in use; else 0.
    """

    classes: NDArray[np.int64]
    numbers: NDArray[np.int64]
    others: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    """Another way to read texts: `settled` where the table can tell what that is, or need not."""

    settled: NDArray[np.bool_]
    outcomes: NDArray[np.integer]
    numbers: NDArray[np.int64]


def likeness(texts: pa.LargeStringArray, region: str, table: NumberTable) -> Alike:
    """Class the cells of a column that is read in one region; the texts hold no nulls."""
    blocks = [
        _classed(cells_of(texts.slice(first, BLOCK)), region, table)
        for first in range(0, max(len(texts), 1), BLOCK)
    ]
    return Alike(
        classes=np.concatenate([block.classes for block in blocks]),
        numbers=np.concatenate([block.numbers for block in blocks]),
        others=(
            np.concatenate([block.others[0] for block in blocks]),
            np.concatenate([block.others[1] for block in blocks]),
        ),
    )


def written(numbers: NDArray[np.int64]) -> pa.LargeStringArray:
    """Write numbers with their +."""
    digits = pc.cast(pa.array(numbers), pa.large_string())
    plus, nothing = (pa.scalar(sign, pa.large_string()) for sign in ("+", ""))
    return pc.binary_join_element_wise(plus, digits, nothing)


def _classed(cells: Cells, region: str, table: NumberTable) -> Alike:
    digits, national = _without_00(cells)
    home, abroad = table.start(region), table.start(None)
    own = walk(table, digits, np.where(national, home or 0, abroad or 0))
    zeros = _zeros(digits)
    unused = cells.plain & own.proved & (own.kinds == PhoneNumberType.UNKNOWN)
    foreign = _foreign(table, digits, cells.plain & national & (zeros == 0))
    overseas = _overseas(table, digits, unused & national & (region == "FR"))
    known = cells.plain & own.proved & ~_particular(own.numbers)
    known &= ~national | (home is not None)
    known &= ~(unused & cells.plus & cells.bracketed)  # (0) may be left out
    known &= foreign.settled & overseas.settled
    count = len(table.codes)
    classes = _joined(
        (own.outcomes, count),
        (foreign.outcomes, count + 1),
        (overseas.outcomes, count),
        (digits.lengths, LENGTHS),
        (_zeros_kept(digits, own.dropped, unused), LENGTHS),
        (np.minimum(zeros, 2), 3),
        (cells.mended, 2),
        (national, 2),
    )
    return Alike(
        classes=np.where(known, classes, NO_CLASS),
        numbers=own.numbers,
        others=(foreign.numbers, overseas.numbers),
    )


def _nothing(count: int) -> _Other:
    numbers = np.zeros((2, count), dtype=np.int64)
    return _Other(settled=np.ones(count, dtype=bool), outcomes=numbers[0], numbers=numbers[1])


def _other(
    table: NumberTable, digits: Digits, rows: NDArray[np.int64], region: str | None
) -> _Other:
    """Read some of the texts in another way."""
    start = table.start(region) or 0
    found = walk(table, digits.of(rows), np.full(len(rows), start))
    settled = found.proved & ~_particular(found.numbers)
    return _Other(settled=settled, outcomes=found.outcomes, numbers=found.numbers)


def _foreign(table: NumberTable, digits: Digits, where: NDArray[np.bool_]) -> _Other:
    """Read some of the texts as if a + were missing."""
    answer, rows = _nothing(len(where)), np.flatnonzero(where)
    found = _other(table, digits, rows, None)
    starts = digits.starts[rows]
    first, second, third = (digits.values[starts + at].astype(np.int64) for at in range(3))
    unassigned = _unassigned()[first * 100 + second * 10 + third]
    answer.settled[rows] = found.settled | unassigned
    # An outcome that no reading has.
    answer.outcomes[rows] = np.where(unassigned, len(table.codes), found.outcomes)
    answer.numbers[rows] = np.where(unassigned, 0, found.numbers)
    return answer


@cache
def _unassigned() -> NDArray[np.bool_]:
    """Say of three digits whether no country code begins them."""
    codes = tuple(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
    return np.array([not f"{digits:03}".startswith(codes) for digits in range(1000)])


def _overseas(table: NumberTable, digits: Digits, where: NDArray[np.bool_]) -> _Other:
    """Read some of the texts as numbers of overseas France, of the first region where they are."""
    answer = _nothing(len(where))
    left = np.flatnonzero(where & np.isin(digits.lengths, OVERSEAS_DIGITS))
    for region in OVERSEAS:
        found = _other(table, digits, left, region)
        valid = table.kinds[found.outcomes] != PhoneNumberType.UNKNOWN
        answer.settled[left] &= found.settled
        answer.outcomes[left[valid]] = found.outcomes[valid]
        answer.numbers[left[valid]] = found.numbers[valid]
        left = left[~valid]
    return answer


def _without_00(cells: Cells) -> tuple[Digits, NDArray[np.bool_]]:
    """Leave out the 00 before a country code; say what is written in the region's own way."""
    digits = cells.digits
    abroad = cells.plain & ~cells.plus & (_zeros(digits) == ABROAD)
    left_out = Digits(
        values=digits.values,
        starts=digits.starts + ABROAD * abroad,
        lengths=digits.lengths - ABROAD * abroad,
    )
    return left_out, ~(cells.plus | abroad)


def _zeros(digits: Digits) -> NDArray[np.int64]:
    """Count the zeros in front, up to three."""
    first, second, third = (digits.values[digits.starts + at] == 0 for at in range(3))
    zeros: NDArray[np.int64] = first * (1 + second * (1 + third.astype(np.int64)))
    return zeros


def _zeros_kept(
    digits: Digits, dropped: NDArray[np.int8], where: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Count the zeros in front of some national numbers."""
    zeros = np.zeros(len(dropped), dtype=np.int64)
    rows = np.flatnonzero(where)
    places, ends = digits.starts + dropped, digits.starts + digits.lengths
    while len(rows := rows[places[rows] + zeros[rows] < ends[rows]]):
        rows = rows[digits.values[places[rows] + zeros[rows]] == 0]
        zeros[rows] += 1
    return zeros


def _particular(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which numbers `phones` may judge by their very digits, whatever their plan says."""
    last, alike = FOUR_ALIKE
    particular: NDArray[np.bool_] = perhaps_fiction(numbers) | (numbers % last % alike == 0)
    particular &= numbers > 0
    perhaps = np.flatnonzero(particular)
    found = (f"+{number}" for number in numbers[perhaps].tolist())
    particular[perhaps] = [bool(fiction_range(one) or SAME_DIGIT.fullmatch(one)) for one in found]
    return particular


def _joined(*parts: tuple[NDArray[Any], int]) -> NDArray[np.int64]:
    """Join columns of small numbers, each below its limit, into one."""
    joined = np.zeros(len(parts[0][0]), dtype=np.int64)
    for values, limit in parts:
        joined = joined * limit + values
    return joined
