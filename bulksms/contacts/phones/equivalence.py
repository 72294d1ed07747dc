"""Which cells of a column are judged alike, by what the number table says of their digits.

Two cells are alike when `judging` must say the same of both but for the number itself.
It knows no reasons and no kinds.
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

from bulksms.contacts.cells.plain_columns import Cells, cells_of
from bulksms.contacts.numbers import TENS, Digits, NumberTable, read, walk
from bulksms.contacts.phones.fictitious import MOST_RANGES, fictitious_ranges
from bulksms.contacts.phones.parse import OVERSEAS

__all__ = ["NO_CLASS", "EquivalentCells", "group_equivalent"]

NO_CLASS = -1
ABROAD = 2  # digits of 00
OVERSEAS_DIGITS = (9, 10)  # of a French number that may be one of its overseas regions
SAME_DIGIT = re.compile(r"\+\d{1,3}(\d)\1*")  # over and over after the country code
FOUR_ALIKE = np.arange(10_000) % 1_111 == 0  # the last digits of a number
LENGTHS = 1 << 4  # more than the digits of a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentCells:
    """What is known of some cells of a column; those of no class must be judged by themselves.

    Attributes:
        rows: which cells they are; those left out must be judged by themselves too.
        classes: equal for cells that are judged alike, `NO_CLASS` for a cell of its own.
        numbers: what the digits are, in E.164 without the +.
        others: what they would be after a +, when a country code may begin them, and overseas,
            when they are French and not in use; else 0.
    """

    rows: NDArray[np.int64]
    classes: NDArray[np.int64]
    numbers: NDArray[np.int64]
    others: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    """Another way to read some texts: `settled` where the table can tell what that is."""

    rows: NDArray[np.int64]
    settled: NDArray[np.bool_]
    outcomes: NDArray[np.integer]
    numbers: NDArray[np.int64]

    def tell_apart(
        self, classes: NDArray[np.int64], known: NDArray[np.bool_], outcomes: int
    ) -> None:
        """Class all texts by what these are when read in this way, if that is known."""
        known[self.rows] &= self.settled
        classes *= outcomes
        classes[self.rows] += self.outcomes

    def spread(self, count: int) -> NDArray[np.int64]:
        """The numbers of these texts among all, which have none."""
        numbers = np.zeros(count, dtype=np.int64)
        numbers[self.rows] = self.numbers
        return numbers


def group_equivalent(texts: pa.StringArray, region: str, table: NumberTable) -> EquivalentCells:
    """Class the cells of a column that is read in one region; the texts hold no nulls."""
    cells = cells_of(texts)
    digits, national = _without_00(cells)
    starts = (table.start(None) or 0, table.start(region) or 0)
    own = read(table, digits, starts, national.astype(np.int64))
    unused = own.proved & (own.kinds == PhoneNumberType.UNKNOWN)
    zeros = _zeros(digits.amounts, digits.lengths)
    rows = np.flatnonzero(national & (zeros == 0))
    others = (
        _foreign(table, digits.of(rows), rows, starts),
        _overseas(table, digits, unused & national & (region == "FR")),
    )
    known = own.proved & ~_needs_own_check(own.numbers)
    known &= ~(unused & cells.plus & cells.bracketed)  # (0) may be left out
    if table.start(region) is None:
        known &= ~national
    classes = _joined(
        (own.outcomes, len(table.codes)),
        (fictitious_ranges(own.numbers), MOST_RANGES + 1),
        (digits.lengths, LENGTHS),
        (_zeros_kept(digits, own.dropped, unused), LENGTHS),
        (np.minimum(zeros, 2), 3),
        (cells.mended, 2),
        (national, 2),
    )
    for other in others:
        other.tell_apart(classes, known, len(table.codes) + 1)
    return EquivalentCells(
        rows=cells.rows,
        classes=np.where(known, classes, NO_CLASS),
        numbers=own.numbers,
        others=tuple(other.spread(len(known)) for other in others),
    )


def _foreign(
    table: NumberTable, digits: Digits, rows: NDArray[np.int64], starts: tuple[int, int]
) -> _Other:
    """Read some of the texts as if a + were missing."""
    found = read(table, digits, starts, np.zeros(len(rows), dtype=np.int64))
    unassigned = _unassigned()[digits.amounts // TENS[digits.lengths - 3]]
    return _Other(
        rows=rows,
        settled=(found.proved & _real(found.numbers)) | unassigned,
        # An outcome that no reading has.
        outcomes=np.where(unassigned, len(table.codes), found.outcomes),
        numbers=np.where(unassigned, 0, found.numbers),
    )


@cache
def _unassigned() -> NDArray[np.bool_]:
    """Say of three digits whether no country code begins them."""
    codes = tuple(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
    return np.array([not f"{digits:03}".startswith(codes) for digits in range(1000)])


def _overseas(table: NumberTable, digits: Digits, where: NDArray[np.bool_]) -> _Other:
    """Read some of the texts as numbers of overseas France, of the first region where they are."""
    fewest, most = OVERSEAS_DIGITS
    rows = np.flatnonzero(where & (digits.lengths >= fewest) & (digits.lengths <= most))
    starts = [table.start(region) or 0 for region in OVERSEAS]
    found = walk(table, digits.of(np.tile(rows, len(starts))), np.repeat(starts, len(rows)))
    shape = (len(starts), len(rows))
    valid = (found.kinds != PhoneNumberType.UNKNOWN).reshape(shape)
    settled = (found.proved & _real(found.numbers)).reshape(shape)
    first, each = valid.argmax(axis=0), np.arange(len(rows))
    overseas = valid.any(axis=0)
    # The regions before the first, or all where it is of none, must be known not to be it.
    settled = np.logical_and.accumulate(settled)[np.where(overseas, first, -1), each]
    return _Other(
        rows=rows,
        settled=settled,
        outcomes=np.where(overseas, found.outcomes.reshape(shape)[first, each], 0),
        numbers=np.where(overseas, found.numbers.reshape(shape)[first, each], 0),
    )


def _without_00(cells: Cells) -> tuple[Digits, NDArray[np.bool_]]:
    """Leave out the 00 before a country code; say what is written in the region's own way."""
    digits = cells.digits
    abroad = ~cells.plus & (_zeros(digits.amounts, digits.lengths) == ABROAD)
    left_out = Digits(
        values=digits.values,
        starts=digits.starts + ABROAD * abroad,
        lengths=digits.lengths - ABROAD * abroad,
        amounts=digits.amounts,
    )
    return left_out, ~(cells.plus | abroad)


def _zeros(amounts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int8]:
    """Count the zeros in front, up to three."""
    least = TENS.take(lengths - 1)
    zeros = (amounts < least).astype(np.int8)
    zeros += amounts * 10 < least
    zeros += amounts * 100 < least
    return zeros


def _zeros_kept(
    digits: Digits, dropped: NDArray[np.int8], where: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Count the zeros in front of some national numbers."""
    zeros = np.zeros(len(dropped), dtype=np.int64)
    rows = np.flatnonzero(where)
    lengths = digits.lengths[rows] - dropped[rows]
    national = digits.amounts[rows] % TENS[lengths]
    zeros[rows] = lengths - np.searchsorted(TENS, national, side="right")
    return zeros


def _needs_own_check(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which numbers `judging` may judge by their very digits, be they of fiction or not."""
    particular: NDArray[np.bool_] = FOUR_ALIKE.take(numbers - numbers // 10_000 * 10_000)
    perhaps = np.flatnonzero(particular & (numbers > 0))
    found = (f"+{number}" for number in numbers[perhaps].tolist())
    particular = np.zeros(len(numbers), dtype=bool)
    particular[perhaps] = [bool(SAME_DIGIT.fullmatch(one)) for one in found]
    return particular


def _real(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which numbers `judging` judges by their plan, whatever their very digits."""
    real: NDArray[np.bool_] = fictitious_ranges(numbers) == 0
    return real & ~_needs_own_check(numbers)


def _joined(*parts: tuple[NDArray[Any], int]) -> NDArray[np.int64]:
    """Join columns of small numbers, each below its limit, into one."""
    joined = np.zeros(len(parts[0][0]), dtype=np.int64)
    for values, limit in parts:
        joined *= limit
        joined += values
    return joined
