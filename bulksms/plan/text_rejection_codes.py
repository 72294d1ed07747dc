"""Marks the rows whose text cannot be sent in a row table of their own."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts import ColumnMapping, Reason
from bulksms.contacts.rows.rejection_codes import NO_CELL, RejectionTemplate
from bulksms.contacts.rows.row_table import RowTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TextRejections"]


class TextRejections:
    """The rows of a list, among which those without a sendable text become rejected.

    Attributes:
        row_table: the rows with their rejections; the original one while there are none.
    """

    def __init__(self, row_table: RowTable) -> None:
        self.row_table = self._screened = row_table

    def add(self, rejections: "pd.DataFrame") -> None:
        """Reject rows: a table of `REJECTION_COLUMNS` under their positions in the row table."""
        keys = ["source", "reason", "column", "sentence"]
        for key, group in rejections.groupby(keys, sort=False):
            source, reason, column, sentence = (str(part) for part in key)
            at = NO_CELL
            if reason == Reason.VALUE_TOO_LONG:
                at = self._position(int(source), column)
            template = RejectionTemplate(
                reason=Reason(reason), column=column, at=at, wording=sentence
            )
            self._reject(group.index.to_numpy(), template)

    def reject_without_text(self, contacts: "pd.DataFrame", column: str) -> None:
        """Reject contacts for whose value in a column there is no text."""
        for source, group in contacts.groupby("source", sort=False):
            at = self._position(int(str(source)), column)
            if at == NO_CELL:  # the country of the number
                for value, rows in group.groupby(column, sort=False):
                    self._reject(rows.index.to_numpy(), _without_text(column, at, f"'{value}'"))
            else:
                self._reject(group.index.to_numpy(), _without_text(column, at, "{cell}"))

    def _position(self, source: int, name: str) -> int:
        """Find the column of a field or a placeholder in a sheet."""
        mapping: ColumnMapping = self.row_table.mapped_sheets[source][1]
        whole_name = NO_CELL if mapping.full_name is None else mapping.full_name
        is_name = name in ("first_name", "last_name")
        by_name = {**mapping.extras, **mapping.fields}
        return by_name.get(name, whole_name if is_name else NO_CELL)

    def _reject(self, rows: NDArray[np.int64], template: RejectionTemplate) -> None:
        if self.row_table is self._screened:
            rejections = self._screened.columns.rejections.copy()
            self.row_table = self._screened.with_rejections(rejections)
        self.row_table.columns.rejections[rows] = self.row_table.templates.code(template)


def _without_text(column: str, at: int, shown: str) -> RejectionTemplate:
    quotes = at != NO_CELL
    name = column.replace("{", "{{").replace("}", "}}") if quotes else column
    return RejectionTemplate(
        reason=Reason.MISSING_VALUE,
        column=column,
        at=at,
        wording=f"No text is given for {name} {shown}: add one with --text-for, or one for all "
        "others with --text.",
        quotes=quotes,
    )
