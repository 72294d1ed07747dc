"""The result of screening: who is texted, who is not and why; the rows always add up.

Contacts are read in blocks, so that a long list needs no more memory than a short one; whole
tables are made on request.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts.model import SUPPRESSING, Reason
from bulksms.contacts.rows.row_table import Marks, RowTable, Trait
from bulksms.contacts.screening.contact_table import contact_blocks, contact_schema
from bulksms.contacts.screening.rejection_table import REJECTION_SCHEMA, rejection_blocks
from bulksms.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["CONTACT_COLUMNS", "REJECTION_COLUMNS", "ScreeningResult", "rejection_frame"]

CONTACT_COLUMNS = ("source", "row", "phone_number", "country", "source_column")
REJECTION_COLUMNS = ("source", "row", "reason", "column", "cell", "sentence")


@dataclass(frozen=True, kw_only=True, eq=False)
class ScreeningResult:
    """The contacts to text and the rows left out, with what to know before sending.

    Attributes:
        row_table: what is known of every row.
        opted_out_rows: rows that only the opt-out list keeps from being texted.
        cut: whether values over the limit are cut.
    """

    row_table: RowTable
    opted_out_rows: NDArray[np.int64]
    cut: bool = False
    findings: tuple[Finding, ...] = field(default=())

    def contact_blocks(self, marks: Marks | None = None) -> "Iterator[pd.DataFrame]":
        """Yield the contacts, or the marked rows, in blocks under their positions in `row_table`.

        The columns are `CONTACT_COLUMNS` with the number as int64, then fields and extras.
        """
        chosen = self.row_table.sendable if marks is None else marks
        for rows, block in contact_blocks(self.row_table, chosen, cut=self.cut):
            yield _frame(block).set_index(rows)

    @property
    def no_contacts(self) -> "pd.DataFrame":
        """A block without rows."""
        return _frame(contact_schema(self.row_table).empty_table())

    @cached_property
    def contacts(self) -> "pd.DataFrame":
        """All contacts in one table."""
        import pandas as pd

        return pd.concat([self.no_contacts, *self.contact_blocks()], ignore_index=True)

    def content_blocks(self) -> "Iterator[pd.DataFrame]":
        """Yield contacts and whom only the opt-out list keeps out: the same before and after."""
        marks = self.row_table.sendable
        marks[self.opted_out_rows] = True
        return self.contact_blocks(marks)

    @cached_property
    def refusing_numbers(self) -> NDArray[np.int64]:
        """The phone numbers that opted out or gave no consent, by a list or by a column."""
        refused = self.row_table.rejected_for(Reason.OPTED_OUT, Reason.NO_CONSENT)
        numbers = sorted_unique(self.row_table.columns.phone_numbers[refused])
        return numbers[numbers > 0]

    @property
    def rejections(self) -> "pd.DataFrame":
        """Every row left out, in `REJECTION_COLUMNS`."""
        return rejection_frame(self.row_table)

    @property
    def rows(self) -> int:
        """How many rows were screened."""
        return self.sendable + sum(self.counts.values())

    @cached_property
    def sendable(self) -> int:
        """How many rows can be texted."""
        return int(np.count_nonzero(self.row_table.sendable))

    @property
    def repaired(self) -> int:
        """How many sendable numbers were repaired, as by a lost leading zero."""
        repaired = self.row_table.sendable & self.row_table.has_trait(Trait.REPAIRED)
        return int(np.count_nonzero(repaired))

    @property
    def duplicates(self) -> int:
        """How many rows have the number of another row."""
        return self.counts.get(Reason.DUPLICATE, 0)

    @property
    def opted_out(self) -> int:
        """How many rows have a number of the opt-out list."""
        return self.counts.get(Reason.OPTED_OUT, 0)

    @property
    def rejected(self) -> int:
        """How many rows are left out for any other reason."""
        return sum(self.reasons.values())

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, most first."""
        return {str(reason): n for reason, n in self.counts.items() if reason not in SUPPRESSING}

    @cached_property
    def counts(self) -> dict[Reason, int]:
        """How many rows were left out for each reason, most first."""
        return self.row_table.reason_counts()

    def without(
        self, numbers: NDArray[np.int64], reason: Reason, sentence: str
    ) -> "ScreeningResult":
        """Leave out more numbers for one reason; the findings stay as they are."""
        table = self.row_table
        fewer = table.with_rejections(table.columns.rejections.copy())
        texted = is_in_sorted(table.columns.phone_numbers, sorted_unique(numbers))
        fewer.reject(np.flatnonzero(table.sendable & texted), reason, sentence)
        return ScreeningResult(
            row_table=fewer,
            opted_out_rows=self.opted_out_rows,
            cut=self.cut,
            findings=self.findings,
        )


def rejection_frame(row_table: RowTable) -> "pd.DataFrame":
    """Make the table of all rows left out, in `REJECTION_COLUMNS`."""
    batches = (block for _, block in rejection_blocks(row_table))
    return _frame(pa.Table.from_batches(batches, schema=REJECTION_SCHEMA))


def _frame(columns: pa.Table | pa.RecordBatch) -> "pd.DataFrame":
    """Convert columns to pandas: texts in its own string type, numbers in 64 bits."""
    import pandas as pd

    text = pd.StringDtype(na_value=np.nan)  # what pandas calls "str"
    frame: pd.DataFrame = columns.to_pandas(types_mapper={pa.string(): text}.get)
    return frame
