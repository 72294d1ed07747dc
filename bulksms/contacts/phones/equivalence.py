"""Groups cells that must get the same result, so that one is parsed for all.

Two cells are equivalent when `phones.parse` says the same of both except for the number itself;
the number table tells which. Reasons and kinds are unknown here.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import phonenumbers
import pyarrow as pa
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from bulksms.contacts.cells.plain_columns import PlainNumbers, find_plain_numbers
from bulksms.contacts.numbers import TENS, Digits, NumberTable, read_columns, walk
from bulksms.contacts.phones.fictitious import MOST_RANGES, fictitious_ranges
from bulksms.contacts.phones.parse import OVERSEAS

__all__ = ["NO_CLASS", "EquivalentCells", "group_equivalent"]

NO_CLASS = -1
ABROAD = 2  # digits of 00
OVERSEAS_LENGTH = 9  # digits of a number of overseas France; 10 with its 0
OVERSEAS_DIGITS = (2, 5, 6, 7)  # that such a number begins with
SAME_DIGIT = re.compile(r"\d{1,3}(\d)\1*")  # repeated after the country code
FOUR_EQUAL = np.arange(10_000) % 1_111 == 0  # the last digits of a number
FRANCE, CODE = 33, 2  # the country code, and its digits
LENGTHS = 1 << 4  # more than the digits of a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentCells:
    """Classes of equivalent cells of a column; cells without a class are parsed individually.

    Attributes:
        rows: which cells they are; those left out are parsed individually too.
        classes: equal for equivalent cells, `NO_CLASS` for a cell of its own.
        numbers: what the digits are, in E.164 without the +.
        others: what they would be after a +, when a country code may begin them, and overseas,
            when they are French and not in use, with the code of France or without; else 0.
    """

    rows: NDArray[np.int64]
    classes: NDArray[np.int64]
    numbers: NDArray[np.int64]
    others: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OtherReading:
    """Another way to read some texts; `certain` where the table can tell the outcome."""

    rows: NDArray[np.int64]
    certain: NDArray[np.bool_]
    outcomes: NDArray[np.integer]
    numbers: NDArray[np.int64]
    unused: NDArray[np.bool_]

    def refine(self, classes: NDArray[np.int64], certain: NDArray[np.bool_], outcomes: int) -> None:
        """Split the classes of all texts by the outcomes of this reading."""
        certain[self.rows] &= self.certain
        classes *= outcomes
        classes[self.rows] += self.outcomes

    def spread(self, count: int) -> NDArray[np.int64]:
        """Return the numbers of these texts among all texts, 0 elsewhere."""
        numbers = np.zeros(count, dtype=np.int64)
        numbers[self.rows] = self.numbers
        return numbers


def group_equivalent(texts: pa.StringArray, region: str, table: NumberTable) -> EquivalentCells:
    """Class the cells of a column that is read in one region; the texts hold no nulls."""
    cells = find_plain_numbers(texts)
    digits, national = _without_00(cells)
    starts = (table.start(None) or 0, table.start(region) or 0)
    own = read_columns(table, digits, starts, national.astype(np.int64))
    unused = own.proved & (own.kinds == PhoneNumberType.UNKNOWN)
    zeros = _leading_zeros(digits.amounts, digits.lengths)
    rows = np.flatnonzero(national & (zeros == 0))
    foreign = _foreign(table, digits.of(rows), rows, starts)
    behind_33 = unused & ~national
    behind_33[rows] |= foreign.unused
    others = (foreign, _overseas(table, digits, unused & national & (region == "FR"), behind_33))
    certain = own.proved & ~_needs_own_check(own.numbers)
    certain &= ~(unused & cells.plus & cells.bracketed)  # (0) may be left out
    if table.start(region) is None:
        certain &= ~national
    classes = _combined(
        (own.outcomes, len(table.codes)),
        (fictitious_ranges(own.numbers), MOST_RANGES + 1),
        (digits.lengths, LENGTHS),
        (_zeros_kept(digits, own.dropped, unused), LENGTHS),
        (np.minimum(zeros, 2), 3),
        (cells.repaired, 2),
        (national, 2),
    )
    for other in others:
        other.refine(classes, certain, len(table.codes) + 1)
    return EquivalentCells(
        rows=cells.rows,
        classes=np.where(certain, classes, NO_CLASS),
        numbers=own.numbers,
        others=tuple(other.spread(len(certain)) for other in others),
    )


def _foreign(
    table: NumberTable, digits: Digits, rows: NDArray[np.int64], starts: tuple[int, int]
) -> _OtherReading:
    """Read some of the texts as if a + were missing."""
    readings = read_columns(table, digits, starts, np.zeros(len(rows), dtype=np.int64))
    unassigned = _unassigned()[digits.amounts // TENS[digits.lengths - 3]]
    certain = readings.proved & _follow_plan(readings.numbers)
    return _OtherReading(
        rows=rows,
        certain=certain | unassigned,
        # An outcome that no reading has.
        outcomes=np.where(unassigned, len(table.codes), readings.outcomes),
        numbers=np.where(unassigned, 0, readings.numbers),
        unused=readings.kinds == PhoneNumberType.UNKNOWN,
    )


@cache
def _unassigned() -> NDArray[np.bool_]:
    """Mark the three digits that no country code begins."""
    codes = tuple(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
    return np.array([not f"{digits:03}".startswith(codes) for digits in range(1000)])


def _overseas(
    table: NumberTable, digits: Digits, written_so: NDArray[np.bool_], behind_33: NDArray[np.bool_]
) -> _OtherReading:
    """Read texts as numbers of overseas France, in the first region that has them.

    Some are `written_so`, others behind the code of France.
    """
    rows, digits = _overseas_digits(digits, written_so, behind_33)
    starts = [table.start(region) or 0 for region in OVERSEAS]
    each = np.arange(len(rows))
    readings = walk(table, digits.of(np.tile(each, len(starts))), np.repeat(starts, len(rows)))
    shape = (len(starts), len(rows))
    valid = (readings.kinds != PhoneNumberType.UNKNOWN).reshape(shape)
    certain = (readings.proved & _follow_plan(readings.numbers)).reshape(shape)
    first = valid.argmax(axis=0)
    overseas = valid.any(axis=0)
    # It must be certain that the regions before the first, or all where there is none, are not it.
    certain = np.logical_and.accumulate(certain)[np.where(overseas, first, -1), each]
    return _OtherReading(
        rows=rows,
        certain=certain,
        outcomes=np.where(overseas, readings.outcomes.reshape(shape)[first, each], 0),
        numbers=np.where(overseas, readings.numbers.reshape(shape)[first, each], 0),
        unused=~overseas,
    )


def _overseas_digits(
    digits: Digits, written_so: NDArray[np.bool_], behind_33: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Digits]:
    """Find the texts that look like numbers of overseas France: the rows, and digits without 33."""
    rows = np.flatnonzero(written_so | behind_33)
    digits = digits.of(rows)
    after = np.maximum(digits.lengths - CODE, 0)
    french = (digits.amounts // TENS[after] == FRANCE) & (after >= OVERSEAS_LENGTH)
    lengths = np.where(french, after, digits.lengths)
    amounts = digits.amounts % TENS[lengths]
    fits = np.where(french, behind_33[rows], written_so[rows])
    fits &= (lengths == OVERSEAS_LENGTH) | (lengths == OVERSEAS_LENGTH + 1)
    fits &= np.isin(amounts // TENS[OVERSEAS_LENGTH - 1], OVERSEAS_DIGITS)
    national = Digits(
        values=digits.values,
        starts=digits.starts + CODE * french,
        lengths=lengths,
        amounts=amounts,
    )
    chosen = np.flatnonzero(fits)
    return rows[chosen], national.of(chosen)


def _without_00(cells: PlainNumbers) -> tuple[Digits, NDArray[np.bool_]]:
    """Leave out the 00 before a country code; mark what is written in the national way."""
    digits = cells.digits
    abroad = ~cells.plus & (_leading_zeros(digits.amounts, digits.lengths) == ABROAD)
    without = Digits(
        values=digits.values,
        starts=digits.starts + ABROAD * abroad,
        lengths=digits.lengths - ABROAD * abroad,
        amounts=digits.amounts,
    )
    return without, ~(cells.plus | abroad)


def _leading_zeros(amounts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int8]:
    """Count the leading zeros, up to three."""
    least = TENS.take(lengths - 1)
    zeros = (amounts < least).astype(np.int8)
    zeros += amounts * 10 < least
    zeros += amounts * 100 < least
    return zeros


def _zeros_kept(
    digits: Digits, dropped: NDArray[np.int8], marks: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Count the leading zeros of some national numbers."""
    zeros = np.zeros(len(dropped), dtype=np.int64)
    rows = np.flatnonzero(marks)
    lengths = digits.lengths[rows] - dropped[rows]
    national = digits.amounts[rows] % TENS[lengths]
    zeros[rows] = lengths - np.searchsorted(TENS, national, side="right")
    return zeros


def _needs_own_check(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the numbers that `phones.parse` may judge by their very digits."""
    marks: NDArray[np.bool_] = FOUR_EQUAL.take(numbers - numbers // 10_000 * 10_000)
    suspects = np.flatnonzero(marks & (numbers > 0))
    marks = np.zeros(len(numbers), dtype=bool)
    texts = map(str, numbers[suspects].tolist())
    marks[suspects] = [bool(SAME_DIGIT.fullmatch(text)) for text in texts]
    return marks


def _follow_plan(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the numbers that `phones.parse` judges by their plan, whatever their very digits."""
    marks: NDArray[np.bool_] = fictitious_ranges(numbers) == 0
    return marks & ~_needs_own_check(numbers)


def _combined(*parts: tuple[NDArray[Any], int]) -> NDArray[np.int64]:
    """Combine columns of small numbers, each below its limit, into one."""
    combined = np.zeros(len(parts[0][0]), dtype=np.int64)
    for values, limit in parts:
        combined *= limit
        combined += values
    return combined
