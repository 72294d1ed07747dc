"""The figures of a report about the rows of a campaign, counted part by part."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulksms.ledger import FrameRecord
from bulksms.pages.languages import Language
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.country_shares import CountryTally
from bulksms.results.row_words import translate_rows

__all__ = ["LEFT_OUT", "PersonLine", "RowTally"]

LEFT_OUT = ("rejected", "suppressed")
PERSONS_SHOWN = 500
PERSON_CLASSES = ("failed", "in_doubt", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A row of the source that needs someone's attention."""

    row: int
    number: str
    kind: str
    reason: str


class RowTally:
    """The rows left out by reason, the countries, and the first rows that need attention.

    Attributes:
        left_out: how many rows were left out for each code.
        persons: the first rows that were refused, are in doubt or were left out for a fault.
        persons_hidden: how many more there are.
    """

    def __init__(
        self, frames: Sequence[FrameRecord], plan: Mapping[str, Any], language: Language
    ) -> None:
        self._language = language
        self.left_out: Counter[str] = Counter()
        self.countries = CountryTally(frames, plan)
        self.persons: list[PersonLine] = []
        self.persons_hidden = 0

    def add(self, outcomes: ContactOutcomes) -> None:
        """Count the rows of a part."""
        codes = outcomes.of_class(*LEFT_OUT).rows["code"].value_counts()
        self.left_out.update({str(code): int(rows) for code, rows in codes.items()})
        self.countries.add(outcomes)
        self._add_persons(outcomes)

    def _add_persons(self, outcomes: ContactOutcomes) -> None:
        listed = outcomes.of_class(*PERSON_CLASSES)
        shown = ContactOutcomes(
            header=listed.header, rows=listed.rows.head(PERSONS_SHOWN - len(self.persons))
        )
        self.persons_hidden += len(listed.rows) - len(shown.rows)
        rows = translate_rows(shown, self._language).rows
        numbers = rows["number"].where(rows["number"] != "", shown.cells_at_fault())
        columns = (rows["row"], numbers, rows["class"], rows["reason"])
        self.persons += [
            PersonLine(row=int(row), number=number, kind=kind, reason=reason)
            for row, number, kind, reason in zip(*columns, strict=True)
        ]
