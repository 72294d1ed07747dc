"""Screens the rows of one sheet, block after block: what each row says by itself.

What other rows, lists and campaigns say of a person comes later, in `screening`.
"""

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow
from bulksms.contacts.columns.mapping import OWN_CODE
from bulksms.contacts.model import FIELDS, VALUE_LIMIT, Reason
from bulksms.contacts.opt_outs.consent import opting_out_column, unclear_column
from bulksms.contacts.opt_outs.consent_age import newest_consent
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.field_values import (
    PLACEHOLDER,
    Values,
    columns_of_values,
    filled_counts,
    have_errors,
    text_lengths,
    traits_of,
    values_of,
)
from bulksms.contacts.rows.number_choice import UNRESOLVED, NumberChooser, unresolved_in
from bulksms.contacts.rows.rejection_codes import NO_CELL, SENDABLE, RejectionTemplate
from bulksms.contacts.rows.row_table import MappedSheet, RowColumns, RowTable
from bulksms.contacts.rows.rules import Duplicates, LongValues, ScreeningRules
from bulksms.loader import Block

__all__ = ["RowScreener"]

RAGGED = "The row has more or fewer cells than the others: check its separators and quotes."
BROKEN = "The row has a quote that is not closed properly: close it or double it."
OPTED_OUT_BEFORE = "The rejects file says that this number opted out: leave it out."
TOO_LONG = f" is longer than {VALUE_LIMIT} characters: shorten it."

Rejections = NDArray[np.int32]


class RowScreener:
    """Screens the blocks of one sheet; several may be screened at once."""

    def __init__(
        self,
        mapped_sheet: MappedSheet,
        rules: ScreeningRules,
        row_table: RowTable,
        parser: ColumnParser,
    ) -> None:
        self._sheet, self._mapping = mapped_sheet
        self._rules = rules
        self._headers, self._templates = row_table.headers, row_table.templates
        self._code = row_table.templates.code_of
        self._chooser = NumberChooser(mapped_sheet, parser, rules, row_table)

    @property
    def columns(self) -> list[int]:
        """The positions of the columns that screening needs."""
        mapping = self._mapping
        codes = [at for at, name in enumerate(self._sheet.header) if name == OWN_CODE][:1]
        phones = (*mapping.phone_numbers, *mapping.labels.values(), *mapping.number_parts)
        dates = mapping.consent_dates if self._rules.consent_limit else ()
        return [*phones, *mapping.consent_roles, *dates, *columns_of_values(mapping), *codes]

    def screen_block(self, block: Block) -> tuple[int, RowColumns]:
        """Screen the rows of a block; give its first row in the sheet, and what is known."""
        chosen = self._chooser.choose(block)
        values = values_of(block, self._mapping)
        long_headers = self._reject_long(chosen.rejections, values)
        whole = self._mapping.full_name is not None
        traits = chosen.traits | traits_of(values, len(block), whole_name=whole)
        filled = chosen.filled_fields
        if self._rules.duplicates is Duplicates.MOST_COMPLETE:
            filled = filled_counts(values, len(block))
        self._reject_old_consent(chosen.rejections, block)
        self._reject_without_consent(chosen.rejections, block)
        self._reject_unresolved(chosen.rejections, block)
        self._reject_errors(chosen.rejections, values)
        self._keep_opted_out(chosen, block)
        self._reject_ragged(chosen.rejections, block)
        return block.start, replace(
            chosen,
            traits=traits,
            unclear_columns=unclear_column(block, self._mapping),
            long_headers=long_headers,
            filled_fields=filled,
        )

    def _reject_long(self, rejections: Rejections, values: Values) -> NDArray[np.int16]:
        """Reject rows with a value too long, and give the first such header of each row."""
        rule, long_headers = self._rules.long_values, np.zeros(len(rejections), dtype=np.int16)
        for name, column in values.items():
            if name not in FIELDS and rule is LongValues.REJECT:
                continue  # the text may give it a fallback: personalising decides
            over = (rejections == SENDABLE) & (text_lengths(column) > VALUE_LIMIT)
            if not over.any():
                continue
            header, at = self._header(name)
            long_headers[over & (long_headers == 0)] = self._headers.code(header)
            if rule is not LongValues.CUT:
                wording = f"The value of {header!r}{TOO_LONG}"
                rejections[over] = self._code(Reason.VALUE_TOO_LONG, wording, header, at)
        return long_headers

    def _header(self, name: str) -> tuple[str, int]:
        """Return the header of a value's column, or what it is called instead, and its position."""
        mapping, placeholder = self._mapping, name.removeprefix(PLACEHOLDER)
        positions = mapping.extras if name.startswith(PLACEHOLDER) else mapping.fields
        position = positions.get(placeholder, mapping.full_name)
        if position is None:
            return placeholder, NO_CELL
        return self._sheet.header[position] or f"column {position + 1}", position

    def _reject_without_consent(self, rejections: Rejections, block: Block) -> None:
        refusing = opting_out_column(block, self._mapping)
        for column in np.flatnonzero(np.bincount(refusing)).tolist():
            if column:
                at = column - 1
                header = self._sheet.header[at]
                wording = f"The column '{header}' says that this person must not be texted."
                code = self._code(Reason.NO_CONSENT, wording, header, at)
                rejections[refusing == column] = code

    def _reject_old_consent(self, rejections: Rejections, block: Block) -> None:
        limit = self._rules.consent_limit
        if limit is None or not self._mapping.consent_dates:
            return
        newest, columns = newest_consent(block, self._mapping, limit.today)
        sendable, undated = rejections == SENDABLE, np.isnat(newest)
        old = f"Consent was given on {{cell}}, more than {limit.age} ago: ask for it again."
        for at in self._mapping.consent_dates:
            from_column, header = sendable & (columns == at), self._sheet.header[at]
            too_old = from_column & (newest < np.datetime64(limit.oldest))
            expired = RejectionTemplate(
                reason=Reason.CONSENT_EXPIRED, column=header, at=at, wording=old, quotes=True
            )
            rejections[too_old] = self._templates.code(expired)
            wording = f"The column '{header}' has no readable date of consent: fill it in."
            code = self._code(Reason.CONSENT_EXPIRED, wording, header, at)
            rejections[from_column & undated] = code

    def _reject_unresolved(self, rejections: Rejections, block: Block) -> None:
        if not len(self._sheet.unresolved):
            return
        mapping = self._mapping
        whole = () if mapping.full_name is None else (mapping.full_name,)
        consent = (*mapping.consent, *mapping.do_not_contact)
        for at in (*mapping.fields.values(), *mapping.extras.values(), *whole, *consent):
            unresolved = unresolved_in(block, self._sheet.unresolved, at)
            if unresolved.any():
                reason, header = Reason.FORMULA_OR_ERROR_CELL, self._sheet.header[at]
                rejections[unresolved] = self._code(reason, UNRESOLVED, header, at)

    def _reject_errors(self, rejections: Rejections, values: Values) -> None:
        """Reject rows with the error of a spreadsheet program as text, as CSV has it."""
        for name, column in values.items():
            errors = have_errors(column)
            if errors.any():
                reason, (header, at) = Reason.FORMULA_OR_ERROR_CELL, self._header(name)
                rejections[errors] = self._code(reason, UNRESOLVED, header, at)

    def _keep_opted_out(self, chosen: RowColumns, block: Block) -> None:
        """Leave out people whom a rejects file calls opted out: the list may not be at hand."""
        if OWN_CODE not in self._sheet.header:
            return
        codes = pc.utf8_trim_whitespace(block.column(self._sheet.header.index(OWN_CODE)))
        opted_out = bools_from_arrow(pc.equal(codes, arrow_scalar(Reason.OPTED_OUT.value)))
        opted_out &= chosen.rejections == SENDABLE
        for choice, at in enumerate(self._mapping.phone_numbers):
            code = self._code(Reason.OPTED_OUT, OPTED_OUT_BEFORE, self._sheet.header[at], at)
            chosen.rejections[opted_out & (chosen.phone_choices == choice)] = code

    def _reject_ragged(self, rejections: Rejections, block: Block) -> None:
        for rows, reason, wording in (
            (self._sheet.ragged, Reason.RAGGED_ROW, RAGGED),
            (self._sheet.broken, Reason.BROKEN_ROW, BROKEN),
        ):
            if len(rows):
                inside = np.isin(block.row_numbers, rows)
                rejections[inside] = self._code(reason, wording, "", NO_CELL)
