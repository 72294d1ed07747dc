"""What screening answers: who is texted, who is not and why. Rows always add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from bulksms.contacts.model import SUPPRESSING, Finding, Reason

__all__ = ["CONTACT_COLUMNS", "REJECTION_COLUMNS", "Screened", "rejection_table"]

CONTACT_COLUMNS = ("source", "row", "phone_number", "country", "source_column")
REJECTION_COLUMNS = ("source", "row", "reason", "column", "cell", "sentence")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Screened:
    """The contacts to text and the rows left out, with what people must know of them.

    Attributes:
        contacts: source, row, phone_number, country, source_column, then fields and extras.
        rejections: source, row, reason, column, cell and sentence of every row left out.
        left_out: like contacts, whoever would be one were it not for the opt-out list.
        repaired: how many sendable numbers were mended, such as a lost leading zero.
    """

    contacts: pd.DataFrame
    rejections: pd.DataFrame
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)
    repaired: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def rows(self) -> int:
        """All rows that were screened."""
        return self.sendable + len(self.rejections)

    @property
    def content(self) -> pd.DataFrame:
        """Contacts and `left_out` in file order: the same before and after somebody opts out."""
        people = pd.concat([self.contacts, self.left_out.reindex(columns=self.contacts.columns)])
        return people.sort_values(["source", "row"], kind="stable", ignore_index=True)

    @property
    def sendable(self) -> int:
        """Rows that can be texted."""
        return len(self.contacts)

    @property
    def duplicates(self) -> int:
        """Rows whose number stands in an earlier row."""
        return self._count(Reason.DUPLICATE)

    @property
    def opted_out(self) -> int:
        """Rows whose number is on the opt-out list."""
        return self._count(Reason.OPTED_OUT)

    @property
    def rejected(self) -> int:
        """Rows left out for any other reason."""
        return sum(self.reasons.values())

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, most first."""
        counts = self.rejections["reason"].value_counts()
        return {str(code): int(n) for code, n in counts.items() if code not in SUPPRESSING}

    def _count(self, reason: Reason) -> int:
        return int((self.rejections["reason"] == reason.value).sum())


def rejection_table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join tables of rejections in file order, with the right columns and types also when empty."""
    columns = list(REJECTION_COLUMNS)
    empty = pd.DataFrame({name: [] for name in columns})
    filled = [part[columns] for part in parts if len(part)]
    table = pd.concat(filled, ignore_index=True) if filled else empty
    types = {name: "int64" if name in {"source", "row"} else "str" for name in columns}
    return table.astype(types).sort_values(["source", "row"], kind="stable", ignore_index=True)
