"""Chooses the phone number of each row: the first valid mobile, the best phone column first.

It sees the rows of one block, and no opt-outs and no rules about people.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, ints_from_arrow, ints_to_arrow
from bulksms.contacts.columns.headers import label_rank
from bulksms.contacts.model import Reason
from bulksms.contacts.phones.countries import regions_of_rows, with_area_codes
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import ParsedNumber
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.field_values import clean_texts, have_errors
from bulksms.contacts.rows.rejection_codes import SENDABLE, RejectionTemplate
from bulksms.contacts.rows.row_table import MappedSheet, RowColumns, RowTable, Trait
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.loader import Block

__all__ = ["UNRESOLVED", "NumberChooser", "unresolved_in"]

UNRESOLVED = (
    "The cell holds an error or a formula without a value: "
    "open the file in a spreadsheet program, correct the cell and save."
)
PER_RANK = 1_000  # more columns than any sheet has phones
PER_PREFERENCE = 100 * PER_RANK
NEVER = -1
NO_CANDIDATE = np.int64(1) << 60
MOBILE, EITHER, OTHER, REFUSED, MISSING = range(5)  # how much a cell is preferred, best first
FORMULA = r"^\s*="
EMAIL = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Candidates:
    """The candidates of one phone column: as `RowColumns`, with a preference and a score."""

    rejections: NDArray[np.int32]
    phone_numbers: NDArray[np.int64]
    countries: NDArray[np.int16]
    traits: NDArray[np.uint16]
    preferences: NDArray[np.int8]
    scores: NDArray[np.int64]


class NumberChooser:
    """Chooses the numbers of one sheet, block after block."""

    def __init__(
        self,
        mapped_sheet: MappedSheet,
        parser: ColumnParser,
        rules: ScreeningRules,
        row_table: RowTable,
    ) -> None:
        self._sheet, self._mapping = mapped_sheet
        self._parser, self._region, self._allowed = parser, rules.region, rules.allowed_countries
        self._templates, self._countries = row_table.templates, row_table.countries

    def choose(self, block: Block) -> RowColumns:
        """Choose one number for each row of the block; what its values say is left to others."""
        columns = [
            self._candidates(block, choice, position)
            for choice, position in enumerate(self._mapping.phone_numbers)
        ]
        if len(columns) == 1 and (columns[0].scores < NO_CANDIDATE).all():
            choices = np.zeros(len(block), dtype=np.int16)
        else:
            choices = np.argmin([column.scores for column in columns], axis=0).astype(np.int16)
        chosen = replace(
            RowColumns.of_zeros(len(block)),
            rejections=_pick([column.rejections for column in columns], choices),
            phone_numbers=_pick([column.phone_numbers for column in columns], choices),
            countries=_pick([column.countries for column in columns], choices),
            phone_choices=choices,
            tied_columns=self._tied_columns(columns, choices),
            traits=_pick([column.traits for column in columns], choices)
            | _several_mobiles(columns),
        )
        self._look_at_words(block, chosen)
        return chosen

    def _candidates(self, block: Block, choice: int, position: int) -> _Candidates:
        """Parse the cells of one column."""
        count = len(block)
        rejections = np.full(count, self._no_candidate(), dtype=np.int32)
        numbers = np.zeros(count, dtype=np.int64)
        countries, traits = np.zeros(count, dtype=np.int16), np.zeros(count, dtype=np.uint16)
        preferences = np.full(count, MISSING, dtype=np.int8)
        ranks = self._ranks(block, choice, position)
        cells = self._sheet.digits.put_into(block.column(position), position, block.start)
        cells = with_area_codes(cells, block, self._mapping, self._region)
        usable = ranks != NEVER
        for region, rows in self._by_region(block, usable):
            whole = len(rows) == count
            parsed = self._parser.parse(cells if whole else cells.take(ints_to_arrow(rows)), region)
            outcomes = self._outcomes(parsed.codes, region, position)
            rejections[rows] = outcomes.rejections[parsed.codes]
            preferences[rows] = outcomes.preferences[parsed.codes]
            countries[rows] = outcomes.countries[parsed.codes]
            traits[rows], numbers[rows] = outcomes.traits[parsed.codes], parsed.phone_numbers
        unresolved = unresolved_in(block, self._sheet.unresolved, position) & usable
        if unresolved.any():
            rejections[unresolved] = self._unresolved(position)
            preferences[unresolved] = REFUSED
        scores = ranks + preferences.astype(np.int64) * PER_PREFERENCE
        return _Candidates(
            rejections=rejections,
            phone_numbers=numbers,
            countries=countries,
            traits=np.where(rejections == SENDABLE, traits, 0).astype(np.uint16),
            preferences=preferences,
            scores=np.where(usable, scores, NO_CANDIDATE),
        )

    def _outcomes(self, codes: NDArray[np.int32], region: str, position: int) -> "_Outcomes":
        """Set the preference or the rejection of each parsing outcome that occurs."""
        parsed_numbers = self._parser.outcomes
        outcomes = _Outcomes(len(parsed_numbers))
        for code in np.flatnonzero(np.bincount(codes)).tolist():
            parsed = parsed_numbers[code]
            outcomes.countries[code] = self._countries.code(parsed.country)
            rejection, preference = self._screen(parsed, region, position)
            outcomes.rejections[code], outcomes.preferences[code] = rejection, preference
            outcomes.traits[code] = (
                parsed.repaired * Trait.REPAIRED | parsed.split * Trait.SPLIT_CELL
            )
        return outcomes

    def _screen(self, parsed: ParsedNumber, region: str, position: int) -> tuple[int, int]:
        """Return the rejection code and the preference of a parsing outcome."""
        column = self._sheet.header[position]
        if parsed.reason is not None:
            template = RejectionTemplate(
                reason=parsed.reason,
                column=column,
                at=position,
                wording=parsed.wording,
                region=region,
                quotes=True,
            )
            missing = parsed.reason is Reason.MISSING_NUMBER
            return self._templates.code(template), MISSING if missing else REFUSED
        if self._allowed and parsed.country not in self._allowed:
            wording = (
                f"The number is from {parsed.country}, and only "
                f"{', '.join(sorted(self._allowed))} may be texted: remove the row or allow that "
                "country."
            )
            code = self._templates.code_of(Reason.COUNTRY_NOT_ALLOWED, wording, column, position)
            return code, REFUSED
        return SENDABLE, {"mobile": MOBILE, "either": EITHER}.get(parsed.kind, OTHER)

    def _no_candidate(self) -> int:
        """Return the rejection of a row whose only numbers are labelled fax or pager."""
        wording = rejection_sentence(Reason.MISSING_NUMBER, "", "")
        column = self._sheet.header[self._mapping.phone_numbers[0]]
        return self._templates.code_of(Reason.MISSING_NUMBER, wording, column)

    def _ranks(self, block: Block, choice: int, position: int) -> NDArray[np.int64]:
        """Rank each cell of a phone column, by its label where the sheet has one."""
        if position not in self._mapping.labels:
            return np.full(len(block), choice, dtype=np.int64)
        labels = block.values(self._mapping.labels[position]).dictionary_encode()
        label_ranks = [_rank_label(text) for text in labels.dictionary.to_pylist()]
        ranks = [NEVER if rank is None else rank * PER_RANK + choice for rank in label_ranks]
        row_ranks: NDArray[np.int64] = np.array(ranks, dtype=np.int64)[
            ints_from_arrow(labels.indices)
        ]
        return row_ranks

    def _by_region(
        self, block: Block, usable: NDArray[np.bool_]
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Group the rows that have a candidate by the region their number is read in."""
        if self._mapping.country is None and self._mapping.dial_code is None:
            rows = np.flatnonzero(usable)
            if len(rows):
                yield self._region, rows
            return
        codes, names = regions_of_rows(block, self._mapping, self._region)
        for code, name in enumerate(names):
            rows = np.flatnonzero((codes == code) & usable)
            if len(rows):
                yield name, rows

    def _tied_columns(
        self, columns: list[_Candidates], choices: NDArray[np.int16]
    ) -> NDArray[np.int16]:
        """Find the rows in which another column of the same tier holds another number."""
        tied, tiers = np.zeros(len(choices), dtype=np.int16), self._mapping.tiers
        if len(set(tiers)) == len(tiers):
            return tied
        # Of two columns in one tier the left one is ahead by one, and by that alone.
        levels = [column.scores - (choice - tiers[choice]) for choice, column in enumerate(columns)]
        level = _pick(levels, choices)
        number = _pick([column.phone_numbers for column in columns], choices)
        for choice in reversed(range(len(columns))):
            column = columns[choice]
            differs = (column.rejections == SENDABLE) & (column.phone_numbers != number)
            tied[differs & (levels[choice] == level)] = self._mapping.phone_numbers[choice] + 1
        return tied

    def _look_at_words(self, block: Block, chosen: RowColumns) -> None:
        """Mark e-mail addresses; an error or a formula of a text file is one as in workbooks."""
        not_numbers = [reason is Reason.NOT_A_NUMBER for reason in self._templates.reasons()]
        suspect = np.array(not_numbers, dtype=bool)[chosen.rejections]
        if not suspect.any():
            return
        for choice, position in enumerate(self._mapping.phone_numbers):
            rows = np.flatnonzero(suspect & (chosen.phone_choices == choice))
            cells = block.column(position).take(ints_to_arrow(rows))
            emails = bools_from_arrow(pc.match_substring_regex(cells, EMAIL))
            chosen.traits[rows[emails]] |= np.uint16(Trait.EMAIL)
            formulas = bools_from_arrow(pc.match_substring_regex(cells, FORMULA))
            errors = have_errors(clean_texts(cells).dictionary_encode())
            chosen.rejections[rows[formulas | errors]] = self._unresolved(position)

    def _unresolved(self, position: int) -> int:
        """Return the rejection of a cell with an error or a formula."""
        column = self._sheet.header[position]
        return self._templates.code_of(Reason.FORMULA_OR_ERROR_CELL, UNRESOLVED, column, position)


class _Outcomes:
    """The rejection and the preference of each parsing outcome in one column."""

    def __init__(self, count: int) -> None:
        self.rejections = np.zeros(count, dtype=np.int32)  # not screened, until set
        self.countries = np.zeros(count, dtype=np.int16)
        self.preferences = np.full(count, MISSING, dtype=np.int8)
        self.traits = np.zeros(count, dtype=np.uint16)


_rank_label = lru_cache(maxsize=4096)(label_rank)


def unresolved_in(block: Block, unresolved: NDArray[np.int64], position: int) -> NDArray[np.bool_]:
    """Mark the rows of a block whose cell in a column is among `unresolved`, in row order."""
    marks = np.zeros(len(block), dtype=bool)
    if len(unresolved):
        first, last = np.searchsorted(unresolved[:, 0], [block.start, block.start + len(block)])
        block_unresolved = unresolved[first:last]
        marks[block_unresolved[block_unresolved[:, 1] == position, 0] - block.start] = True
    return marks


def _pick(columns: list[np.ndarray], choices: NDArray[np.int16]) -> np.ndarray:
    """Take for each row the value of the column chosen for it."""
    if len(columns) == 1:
        return columns[0]
    picked = columns[0].copy()
    for choice, column in enumerate(columns[1:], start=1):
        rows = choices == choice
        picked[rows] = column[rows]
    return picked


def _several_mobiles(columns: list[_Candidates]) -> NDArray[np.uint16]:
    """Mark the rows that hold more than one mobile."""
    if len(columns) == 1:
        return np.zeros(len(columns[0].rejections), dtype=np.uint16)
    numbers = np.array(
        [np.where(column.preferences <= EITHER, column.phone_numbers, 0) for column in columns]
    )
    numbers.sort(axis=0)
    changes = (numbers[1:] != numbers[:-1]) & (numbers[1:] > 0)
    several = (numbers[0] > 0).astype(np.int64) + changes.sum(axis=0) > 1
    traits: NDArray[np.uint16] = several * np.uint16(Trait.SEVERAL_MOBILES)
    return traits
