"""Which phone column speaks for each row: the first valid mobile in the ranked order.

It sees the rows of one block, and knows no opt-outs and no rules about people.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, ints_from_arrow, ints_to_arrow
from bulksms.contacts.columns.headers import label_rank
from bulksms.contacts.model import Reason
from bulksms.contacts.phones.countries import regions_in
from bulksms.contacts.phones.display import sentence
from bulksms.contacts.phones.parse import ParsedNumber
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.rejection_codes import (
    NO_CELL,
    NOTHING,
    Interner,
    RejectionTemplate,
    RejectionTemplates,
    about_a_cell,
)
from bulksms.contacts.rows.row_table import MappedSheet, Trait
from bulksms.loader import Block

__all__ = ["DAMAGED", "ChosenNumbers", "NumberChooser", "damaged_in"]

DAMAGED = (
    "The cell holds an error or a formula without a value: "
    "open the file in a spreadsheet program, mend it and save."
)
PER_RANK = 1_000  # more columns than any sheet has phones
PER_PREFERENCE = 100 * PER_RANK
NEVER = -1
NO_CANDIDATE = np.int64(1) << 60
MOBILE, EITHER, OTHER, REFUSED, MISSING = range(5)  # what a cell is worth, the best first
EMAIL = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenNumbers:
    """The number of each row of a block; the columns are those of `verdicts.Judged`."""

    told: NDArray[np.int32]
    numbers: NDArray[np.int64]
    countries: NDArray[np.int16]
    orders: NDArray[np.int16]
    rivals: NDArray[np.int16]
    traits: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """What one phone column says: as `ChosenNumbers`, with the worth and the score of each cell."""

    told: NDArray[np.int32]
    numbers: NDArray[np.int64]
    countries: NDArray[np.int16]
    traits: NDArray[np.uint16]
    worth: NDArray[np.int8]
    score: NDArray[np.int64]


class NumberChooser:
    """Chooses the numbers of one sheet, block after block."""

    def __init__(
        self,
        pair: MappedSheet,
        parser: ColumnParser,
        region: str,
        allowed: frozenset[str],
        codes: tuple[RejectionTemplates, Interner[str]],
    ) -> None:
        self._sheet, self._mapping = pair
        self._parser, self._region, self._allowed = parser, region, allowed
        self._tellings, self._countries = codes

    def choose(self, block: Block) -> ChosenNumbers:
        """Choose one number for each row of the block."""
        columns = [
            self._column(block, order, position)
            for order, position in enumerate(self._mapping.phone_numbers)
        ]
        if len(columns) == 1 and (columns[0].score < NO_CANDIDATE).all():
            orders = np.zeros(len(block), dtype=np.int16)
        else:
            orders = np.argmin([one.score for one in columns], axis=0).astype(np.int16)
        chosen = ChosenNumbers(
            told=_taken([one.told for one in columns], orders),
            numbers=_taken([one.numbers for one in columns], orders),
            countries=_taken([one.countries for one in columns], orders),
            orders=orders,
            rivals=self._rivals(columns, orders),
            traits=_taken([one.traits for one in columns], orders) | _several_mobiles(columns),
        )
        self._mark_emails(block, chosen)
        return chosen

    def _column(self, block: Block, order: int, position: int) -> _Column:
        """Judge the cells of one column."""
        count = len(block)
        told, numbers = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int64)
        countries, traits = np.zeros(count, dtype=np.int16), np.zeros(count, dtype=np.uint16)
        worth = np.full(count, MISSING, dtype=np.int8)
        ranks = self._ranks(block, order, position)
        cells, known = block.column(position), ranks != NEVER
        for region, rows in self._by_region(block, known):
            whole = len(rows) == count
            judged = self._parser.parse(cells if whole else cells.take(ints_to_arrow(rows)), region)
            looks = self._looks(judged.codes, region, position)
            told[rows], worth[rows] = looks.told[judged.codes], looks.worth[judged.codes]
            countries[rows] = looks.countries[judged.codes]
            traits[rows], numbers[rows] = looks.traits[judged.codes], judged.numbers
        damaged = damaged_in(block, self._sheet.damaged, position) & known
        if damaged.any():
            told[damaged] = self._broken(position)
            worth[damaged] = REFUSED
        if not known.all():
            told[~known] = self._none()
        score = np.where(known, ranks + worth.astype(np.int64) * PER_PREFERENCE, NO_CANDIDATE)
        return _Column(
            told=told,
            numbers=numbers,
            countries=countries,
            traits=np.where(told == NOTHING, traits, 0).astype(np.uint16),
            worth=worth,
            score=score,
        )

    def _looks(self, codes: NDArray[np.int32], region: str, position: int) -> "_Looks":
        """Say what each judgement that is met is worth, and how it is told of."""
        found = self._parser.found
        looks = _Looks(len(found))
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            one = found[code]
            looks.countries[code] = self._countries.code(one.country)
            looks.told[code], looks.worth[code] = self._verdict(one, region, position)
            looks.traits[code] = one.repaired * Trait.REPAIRED | one.split * Trait.SPLIT_CELL
        return looks

    def _verdict(self, one: ParsedNumber, region: str, position: int) -> tuple[int, int]:
        column = self._sheet.header[position]
        if one.reason is not None:
            telling = about_a_cell(one.reason, one.because, region, column=column, at=position)
            worth = MISSING if one.reason is Reason.MISSING_NUMBER else REFUSED
            return self._tellings.code(telling), worth
        if self._allowed and one.country not in self._allowed:
            words = (
                f"The number is of {one.country}, and only "
                f"{', '.join(sorted(self._allowed))} may be texted: remove the row or allow that "
                "country."
            )
            barred = RejectionTemplate(
                reason=Reason.COUNTRY_NOT_ALLOWED, column=column, at=position, words=words
            )
            return self._tellings.code(barred), REFUSED
        return NOTHING, {"mobile": MOBILE, "either": EITHER}.get(one.kind, OTHER)

    def _broken(self, position: int) -> int:
        return self._tellings.code(
            RejectionTemplate(
                reason=Reason.FORMULA_OR_ERROR_CELL,
                column=self._sheet.header[position],
                at=position,
                words=DAMAGED,
            )
        )

    def _none(self) -> int:
        """Tell of a row whose only numbers are labelled fax or pager: it has no candidate."""
        column = self._sheet.header[self._mapping.phone_numbers[0]]
        missing = Reason.MISSING_NUMBER
        words = sentence(missing, "", "")
        return self._tellings.code(
            RejectionTemplate(reason=missing, column=column, at=NO_CELL, words=words)
        )

    def _ranks(self, block: Block, order: int, position: int) -> NDArray[np.int64]:
        if position not in self._mapping.labels:
            return np.full(len(block), order, dtype=np.int64)
        labels = block.column(self._mapping.labels[position]).dictionary_encode()
        ranks = [_rank(text) for text in labels.dictionary.to_pylist()]
        known = [NEVER if rank is None else rank * PER_RANK + order for rank in ranks]
        answer: NDArray[np.int64] = np.array(known, dtype=np.int64)[ints_from_arrow(labels.indices)]
        return answer

    def _by_region(
        self, block: Block, known: NDArray[np.bool_]
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Give the rows that hold a candidate, by the region their number is read in."""
        if self._mapping.country is None:
            rows = np.flatnonzero(known)
            if len(rows):
                yield self._region, rows
            return
        codes, names = regions_in(block.column(self._mapping.country), self._region)
        for code, name in enumerate(names):
            rows = np.flatnonzero((codes == code) & known)
            if len(rows):
                yield name, rows

    def _rivals(self, columns: list[_Column], orders: NDArray[np.int16]) -> NDArray[np.int16]:
        """Find the rows in which a column of the chosen one's tier holds another number."""
        rivals, tiers = np.zeros(len(orders), dtype=np.int16), self._mapping.tiers
        if len(set(tiers)) == len(tiers):
            return rivals
        # Of two level columns the left one is ahead by one, and by that alone.
        levels = [one.score - (order - tiers[order]) for order, one in enumerate(columns)]
        level, number = _taken(levels, orders), _taken([one.numbers for one in columns], orders)
        for order in reversed(range(len(columns))):
            one = columns[order]
            others = (one.told == NOTHING) & (levels[order] == level) & (one.numbers != number)
            rivals[others] = self._mapping.phone_numbers[order] + 1
        return rivals

    def _mark_emails(self, block: Block, chosen: ChosenNumbers) -> None:
        wrong = [
            one is not None and one.reason is Reason.NOT_A_NUMBER for one in self._tellings.things
        ]
        suspect = np.array(wrong, dtype=bool)[chosen.told]
        if not suspect.any():
            return
        for order, position in enumerate(self._mapping.phone_numbers):
            rows = np.flatnonzero(suspect & (chosen.orders == order))
            cells = block.column(position).take(ints_to_arrow(rows))
            emails = bools_from_arrow(pc.match_substring_regex(cells, EMAIL))
            chosen.traits[rows[emails]] |= np.uint16(Trait.EMAIL)


class _Looks:
    """Per judgement, what a cell that is judged so looks like."""

    def __init__(self, count: int) -> None:
        self.told = np.zeros(count, dtype=np.int32)
        self.countries = np.zeros(count, dtype=np.int16)
        self.worth = np.zeros(count, dtype=np.int8)
        self.traits = np.zeros(count, dtype=np.uint16)


_rank = lru_cache(maxsize=4096)(label_rank)


def damaged_in(block: Block, damaged: NDArray[np.int64], position: int) -> NDArray[np.bool_]:
    """Mark the rows of a block whose cell in a column is damaged; the places are in order."""
    marks = np.zeros(len(block), dtype=bool)
    if len(damaged):
        first, last = np.searchsorted(damaged[:, 0], [block.start, block.start + len(block)])
        here = damaged[first:last]
        marks[here[here[:, 1] == position, 0] - block.start] = True
    return marks


def _taken(columns: list[np.ndarray], orders: NDArray[np.int16]) -> np.ndarray:
    """Take for each row the value of its own column."""
    if len(columns) == 1:
        return columns[0]
    return np.choose(orders, columns)


def _several_mobiles(columns: list[_Column]) -> NDArray[np.uint16]:
    """Mark the rows in which more than one mobile stands."""
    if len(columns) == 1:
        return np.zeros(len(columns[0].told), dtype=np.uint16)
    numbers = np.array([np.where(one.worth <= EITHER, one.numbers, 0) for one in columns])
    numbers.sort(axis=0)
    fresh = (numbers[1:] != numbers[:-1]) & (numbers[1:] > 0)
    several = (numbers[0] > 0).astype(np.int64) + fresh.sum(axis=0) > 1
    traits: NDArray[np.uint16] = several * np.uint16(Trait.SEVERAL_MOBILES)
    return traits
