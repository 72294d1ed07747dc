"""Which cells of a column are judged alike, by what the number table says of their digits.

Two cells are alike when `phones.judge` must say the same of both but for the number itself.
It knows no reasons and no kinds.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from bulksms.contacts.cells import Cells, cells_of, in_plain_letters
from bulksms.contacts.fiction import any_fiction
from bulksms.contacts.numbers import Digits, NumberTable, Readings, walk

__all__ = ["NO_CLASS", "Alike", "likeness", "written"]

BLOCK = 1 << 16  # cells looked at together: what is noted of them stays near the processor
NO_CLASS = -1
ABROAD = 2  # digits of 00
OVERSEAS = (9, 10)  # digits of a French number that may be one of its overseas regions
OUTCOMES = 1 << 20  # more than the table can have
# Kept for fiction, or one digit over and over after the country code.
PARTICULAR = rf"^(?:{{}}|\+\d{{{{1,3}}}}(?:{'|'.join(f'{digit}+' for digit in range(10))}))$"
LENGTHS = 1 << 5  # more than the digits of a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What is known of the cells of a column; one of no class must be judged by itself.

    Attributes:
        classes: equal for cells that are judged alike, `NO_CLASS` for a cell of its own.
        numbers: what the digits are, in E.164 without the +.
        foreign: what they would be after a +, when a country code may begin them; else 0.
    """

    classes: NDArray[np.int64]
    numbers: NDArray[np.int64]
    foreign: NDArray[np.int64]


def likeness(texts: pa.LargeStringArray, region: str, table: NumberTable) -> Alike:
    """Class the cells of a column that is read in one region; the texts hold no nulls."""
    plain = in_plain_letters(texts)
    blocks = [
        _classed(cells_of(plain.slice(first, BLOCK)), region, table)
        for first in range(0, max(len(texts), 1), BLOCK)
    ]
    return Alike(
        classes=np.concatenate([block.classes for block in blocks]),
        numbers=np.concatenate([block.numbers for block in blocks]),
        foreign=np.concatenate([block.foreign for block in blocks]),
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
    zeros = _zeros(digits, 0)
    both = cells.plain & national & (zeros == 0)
    other = walk(table, digits.of(both), np.full(int(both.sum()), abroad))
    known = cells.plain & own.proved & ~_particular(own)
    known &= ~national | (home is not None)
    known &= ~_read_twice(cells, own, region, national)
    known[both] &= other.proved & ~_particular(other)
    classes = _joined(
        (own.outcomes, OUTCOMES),
        (_spread(other.outcomes, both), OUTCOMES),
        (digits.lengths, LENGTHS),
        (_zeros(digits, own.dropped), LENGTHS),
        (np.minimum(zeros, 2), 3),
        (cells.mended, 2),
        (national, 2),
    )
    return Alike(
        classes=np.where(known, classes, NO_CLASS),
        numbers=own.numbers,
        foreign=_spread(other.numbers, both),
    )


def _without_00(cells: Cells) -> tuple[Digits, NDArray[np.bool_]]:
    """Leave out the 00 before a country code; say what is written in the region's own way."""
    digits = cells.digits
    abroad = cells.plain & ~cells.plus & (_zeros(digits, 0) == ABROAD)
    left_out = Digits(
        values=digits.values,
        starts=digits.starts + ABROAD * abroad,
        lengths=digits.lengths - ABROAD * abroad,
    )
    return left_out, ~(cells.plus | abroad)


def _zeros(digits: Digits, skipped: NDArray[np.int8] | int) -> NDArray[np.int64]:
    """Count the zeros in front, or after the digits that are skipped."""
    zeros = np.zeros(len(digits.starts), dtype=np.int64)
    rows = np.flatnonzero(digits.lengths > skipped)
    places = (digits.starts + skipped)[rows]
    ends = (digits.starts + digits.lengths)[rows]
    while len(rows):
        more = (places < ends) & (digits.values[np.minimum(places, ends - 1)] == 0)
        rows, places, ends = rows[more], places[more] + 1, ends[more]
        zeros[rows] += 1
    return zeros


def _read_twice(
    cells: Cells, own: Readings, region: str, national: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which numbers are not in use and may be meant otherwise: `(0)`, overseas France."""
    otherwise = cells.plus & cells.bracketed
    if region == "FR":
        otherwise |= national & np.isin(cells.digits.lengths, OVERSEAS)
    unused: NDArray[np.bool_] = own.kinds == PhoneNumberType.UNKNOWN
    return otherwise & unused


def _particular(readings: Readings) -> NDArray[np.bool_]:
    """Say which numbers `phones` may judge by their very digits, whatever their plan says."""
    numbers = written(readings.numbers)
    return np.asarray(pc.match_substring_regex(numbers, PARTICULAR.format(any_fiction().pattern)))


def _spread(values: NDArray[Any], where: NDArray[np.bool_]) -> NDArray[np.int64]:
    spread = np.zeros(len(where), dtype=np.int64)
    spread[where] = values
    return spread


def _joined(*parts: tuple[NDArray[Any], int]) -> NDArray[np.int64]:
    """Join columns of small numbers, each below its limit, into one."""
    joined = np.zeros(len(parts[0][0]), dtype=np.int64)
    for values, limit in parts:
        joined = joined * limit + values
    return joined
