"""Judges the rows of one sheet by themselves, block after block: what one row says of itself.

What other rows, lists and campaigns say of a person comes later, in `screening`.
"""

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow
from bulksms.contacts.model import FIELDS, VALUE_LIMIT, Reason
from bulksms.contacts.opt_outs.consent import opting_out_column, unclear_column
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.field_values import (
    OF_TEXT,
    Values,
    columns_of_values,
    filled_in,
    lengths_of,
    traits_of,
    values_of,
)
from bulksms.contacts.rows.number_choice import DAMAGED, ChosenNumbers, NumberChooser, damaged_in
from bulksms.contacts.rows.rejection_codes import NO_CELL, NOTHING, RejectionTemplate
from bulksms.contacts.rows.row_table import Judged, MappedSheet, RowTable
from bulksms.contacts.rows.rules import Duplicates, LongValues, ScreeningRules
from bulksms.loader import Block

__all__ = ["RowScreener"]

RAGGED = "The row has more cells than the header has columns: mend the separators or quotes."
OPTED_OUT_BEFORE = "The rejects file says that this number opted out: leave it out."
TOO_LONG = f" is longer than {VALUE_LIMIT} characters: shorten it."
REJECTS_CODE = "bulksms_code"  # the column of our own rejects file, which may be loaded again

Told = NDArray[np.int32]


class RowScreener:
    """Judges the blocks of one sheet; several may be judged at once."""

    def __init__(
        self, pair: MappedSheet, rules: ScreeningRules, verdicts: RowTable, parser: ColumnParser
    ) -> None:
        self._sheet, self._mapping = pair
        self._rules, self._headers, self._tellings = rules, verdicts.headers, verdicts.tellings
        codes = verdicts.tellings, verdicts.countries
        self._chooser = NumberChooser(pair, parser, rules.region, rules.allowed_countries, codes)

    @property
    def columns(self) -> list[int]:
        """Name the columns that judging needs."""
        mapping = self._mapping
        country = [] if mapping.country is None else [mapping.country]
        codes = [at for at, name in enumerate(self._sheet.header) if name == REJECTS_CODE][:1]
        said = (*mapping.consent, *mapping.do_not_contact, *mapping.unclear)
        phones = (*mapping.phone_numbers, *mapping.labels.values(), *country)
        return [*phones, *said, *columns_of_values(mapping), *codes]

    def screen_block(self, block: Block) -> tuple[int, Judged]:
        """Judge the rows of a block; give also how many rows of the sheet stand before it."""
        chosen = self._chooser.choose(block)
        values = values_of(block, self._mapping)
        long = self._refuse_long(chosen.told, values)
        whole = self._mapping.full_name is not None
        traits = chosen.traits | traits_of(values, len(block), whole_name=whole)
        filled = np.zeros(len(block), dtype=np.int16)
        if self._rules.duplicates is Duplicates.MOST_COMPLETE:
            filled = filled_in(values, len(block))
        self._refuse_consent(chosen.told, block)
        self._refuse_damaged(chosen.told, block)
        self._keep_opted_out(chosen, block)
        self._refuse_ragged(chosen.told, block)
        return block.start, Judged(
            told=chosen.told,
            numbers=chosen.numbers,
            countries=chosen.countries,
            orders=chosen.orders,
            rivals=chosen.rivals,
            traits=traits,
            unclear=unclear_column(block, self._mapping),
            long=long,
            filled=filled,
        )

    def _refuse_long(self, told: Told, values: Values) -> NDArray[np.int16]:
        """Refuse rows with a value too long, and say which is the first of those of each row."""
        rule, long = self._rules.long_values, np.zeros(len(told), dtype=np.int16)
        for name, one in values.items():
            if name not in FIELDS and rule is LongValues.REJECT:
                continue  # the text may give it a fallback: fitting decides
            over = (told == NOTHING) & (lengths_of(one) > VALUE_LIMIT)
            if not over.any():
                continue
            header, at = self._header(name)
            long[over & (long == 0)] = self._headers.code(header)
            if rule is not LongValues.CUT:
                words = f"The value of {header!r}{TOO_LONG}"
                told[over] = self._code(Reason.VALUE_TOO_LONG, words, header, at)
        return long

    def _header(self, name: str) -> tuple[str, int]:
        """Give the header of a value's column, or what it is called instead, and its position."""
        mapping, word = self._mapping, name.removeprefix(OF_TEXT)
        places = mapping.extras if name.startswith(OF_TEXT) else mapping.fields
        position = places.get(word, mapping.full_name)
        if position is None:
            return word, NO_CELL
        return self._sheet.header[position] or f"column {position + 1}", position

    def _refuse_consent(self, told: Told, block: Block) -> None:
        held = opting_out_column(block, self._mapping)
        for at in (np.flatnonzero(np.bincount(held))).tolist():
            if at:
                header = self._sheet.header[at - 1]
                words = f"The column '{header}' says that this person is not to be texted."
                told[held == at] = self._code(Reason.NO_CONSENT, words, header, at - 1)

    def _refuse_damaged(self, told: Told, block: Block) -> None:
        if not len(self._sheet.damaged):
            return
        mapping = self._mapping
        whole = () if mapping.full_name is None else (mapping.full_name,)
        consent = (*mapping.consent, *mapping.do_not_contact)
        for at in (*mapping.fields.values(), *mapping.extras.values(), *whole, *consent):
            where = damaged_in(block, self._sheet.damaged, at)
            if where.any():
                reason, header = Reason.FORMULA_OR_ERROR_CELL, self._sheet.header[at]
                told[where] = self._code(reason, DAMAGED, header, at)

    def _keep_opted_out(self, chosen: ChosenNumbers, block: Block) -> None:
        """Leave out who opted out before the rejects file: the list may not be at hand."""
        if REJECTS_CODE not in self._sheet.header:
            return
        codes = pc.utf8_trim_whitespace(block.column(self._sheet.header.index(REJECTS_CODE)))
        where = bools_from_arrow(pc.equal(codes, arrow_scalar(Reason.OPTED_OUT.value))) & (
            chosen.told == NOTHING
        )
        for order, at in enumerate(self._mapping.phone_numbers):
            code = self._code(Reason.OPTED_OUT, OPTED_OUT_BEFORE, self._sheet.header[at], at)
            chosen.told[where & (chosen.orders == order)] = code

    def _refuse_ragged(self, told: Told, block: Block) -> None:
        if len(self._sheet.ragged):
            where = np.isin(block.row_numbers, self._sheet.ragged)
            told[where] = self._code(Reason.RAGGED_ROW, RAGGED, "", NO_CELL)

    def _code(self, reason: Reason, words: str, column: str, at: int) -> int:
        return self._tellings.code(
            RejectionTemplate(reason=reason, column=column, at=at, words=words)
        )
