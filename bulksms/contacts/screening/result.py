"""What screening answers: who is texted, who is not and why. Rows always add up.

The tables are laid out when somebody looks at them: a list that is only checked needs none.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts.model import SUPPRESSING, Reason
from bulksms.contacts.rows.row_table import RowTable, Trait
from bulksms.contacts.screening.contact_table import contact_table
from bulksms.contacts.screening.rejection_table import rejection_table
from bulksms.finding import Finding

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONTACT_COLUMNS", "REJECTION_COLUMNS", "ScreeningResult"]

CONTACT_COLUMNS = ("source", "row", "phone_number", "country", "source_column")
REJECTION_COLUMNS = ("source", "row", "reason", "column", "cell", "sentence")


@dataclass(frozen=True, kw_only=True, eq=False)
class ScreeningResult:
    """The contacts to text and the rows left out, with what people must know of them.

    Attributes:
        verdicts: what is known of every row.
        opted_out_rows: who would be texted were it not for the opt-out list.
        cut: whether values over the limit are cut.
    """

    verdicts: RowTable
    opted_out_rows: NDArray[np.int64]
    cut: bool = False
    findings: tuple[Finding, ...] = field(default=())

    @cached_property
    def contacts(self) -> "pd.DataFrame":
        """Lay out who is texted: `CONTACT_COLUMNS`, then fields and extras."""
        return _table(contact_table(self.verdicts, self.verdicts.texted, cut=self.cut))

    @cached_property
    def left_out(self) -> "pd.DataFrame":
        """Lay out like contacts whoever would be one were it not for the opt-out list."""
        marks = np.zeros(len(self.verdicts), dtype=bool)
        marks[self.opted_out_rows] = True
        return _table(contact_table(self.verdicts, marks, cut=self.cut))

    @cached_property
    def rejections(self) -> "pd.DataFrame":
        """Lay out `REJECTION_COLUMNS` of every row left out."""
        return _table(rejection_table(self.verdicts))

    @property
    def content(self) -> "pd.DataFrame":
        """Contacts and `left_out` in file order: the same before and after somebody opts out."""
        import pandas as pd

        people = pd.concat([self.contacts, self.left_out.reindex(columns=self.contacts.columns)])
        return people.sort_values(["source", "row"], kind="stable", ignore_index=True)

    @property
    def rows(self) -> int:
        """All rows that were screened."""
        return self.sendable + sum(self.counts.values())

    @property
    def sendable(self) -> int:
        """Rows that can be texted."""
        return int(np.count_nonzero(self.verdicts.texted))

    @property
    def repaired(self) -> int:
        """How many sendable numbers were mended, such as a lost leading zero."""
        return int(np.count_nonzero(self.verdicts.texted & self.verdicts.has(Trait.REPAIRED)))

    @property
    def duplicates(self) -> int:
        """Rows whose number stands in an earlier row."""
        return self.counts.get(Reason.DUPLICATE, 0)

    @property
    def opted_out(self) -> int:
        """Rows whose number is on the opt-out list."""
        return self.counts.get(Reason.OPTED_OUT, 0)

    @property
    def rejected(self) -> int:
        """Rows left out for any other reason."""
        return sum(self.reasons.values())

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, most first."""
        return {str(one): n for one, n in self.counts.items() if one not in SUPPRESSING}

    @cached_property
    def counts(self) -> dict[Reason, int]:
        """How many rows were left out for each reason, most first."""
        return self.verdicts.counted()

    def without(self, numbers: NDArray[np.int64], words: str) -> "ScreeningResult":
        """Leave out more numbers, which were sent the text before; nothing else is told anew."""
        known = self.verdicts
        fewer = known.but(known.judged.told.copy())
        rows = np.flatnonzero(
            known.texted & is_in_sorted(known.judged.numbers, sorted_unique(numbers))
        )
        fewer.tell(rows, Reason.SENT_BEFORE, words)
        return ScreeningResult(
            verdicts=fewer,
            opted_out_rows=self.opted_out_rows,
            cut=self.cut,
            findings=self.findings,
        )


def _table(columns: pa.Table) -> "pd.DataFrame":
    """Lay columns out for pandas: texts as its own, whole numbers as 64 bits."""
    frame: pd.DataFrame = columns.to_pandas()
    texts = [field.name for field in columns.schema if pa.types.is_string(field.type)]
    return frame.astype(dict.fromkeys(texts, "str"))
