"""The texts of a plan for its contacts: what is known of each row, and all else in blocks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningResult
from bulksms.contacts.rows.row_table import Marks, RowTable
from bulksms.finding import Finding
from bulksms.message import MessageStats, PersonalisedBlock, Personaliser
from bulksms.plan.variants import TextChoice, variant_label

if TYPE_CHECKING:
    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["PersonalisedVariants", "Variant"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """One text in the API's form, and how many contacts it has.

    Attributes:
        value: the value that chooses the text; `None` for the text of all others.
        contacts_by_country: how many contacts each country has, where it has any.
        segments_by_country: how many segments they need at most.
        link_findings: the addresses in the finished texts that have a problem.
    """

    parameters: Parameters
    value: str | None
    personaliser: Personaliser
    contacts_by_country: Mapping[str, int]
    segments_by_country: Mapping[str, int]
    link_findings: tuple[Finding, ...]

    @property
    def label(self) -> str:
        """The name of the text among several."""
        return variant_label(self.value)

    @property
    def canonical_text(self) -> str:
        """The text that identifies a campaign, whatever its rows are."""
        return self.personaliser.assignment.canonical_text

    @property
    def columns_by_field(self) -> Mapping[str, tuple[str, ...]]:
        """The columns each field carries, where they are not the field's own."""
        return self.personaliser.assignment.columns_by_field

    @property
    def contacts(self) -> int:
        """How many contacts the text has."""
        return sum(self.contacts_by_country.values())

    @property
    def segments(self) -> int:
        """How many segments they need at most."""
        return sum(self.segments_by_country.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonalisedVariants:
    """The texts fitted to the contacts; finished texts are made again, block by block.

    Attributes:
        row_table: the rows; those whose text cannot be sent are rejected here.
        segments: of each row, the segments of its text, 0 where it has none.
        variant_of_row: of each row, the index of its text.
        longest: the row with the most segments, and of those the most units.
        stats: what the finished texts are billed for; `None` without contacts.
    """

    variants: tuple[Variant, ...]
    screened: ScreeningResult
    choice: TextChoice
    row_table: RowTable
    segments: NDArray[np.uint8]
    variant_of_row: NDArray[np.uint16]
    longest: int
    stats: MessageStats | None
    findings: tuple[Finding, ...] = ()

    def marks(self, variant: int | None = None) -> Marks:
        """Mark the rows of the contacts, of all texts or of one."""
        marks = self.row_table.sendable
        if variant is not None:
            marks &= self.variant_of_row == variant
        return marks

    def phone_numbers(self, variant: int | None = None) -> "PhoneNumbers":
        """Return the numbers of the contacts in file order, of all texts or of one."""
        return self.row_table.columns.phone_numbers[self.marks(variant)]

    def blocks(self, marks: Marks | None = None) -> Iterator[tuple[int, PersonalisedBlock]]:
        """Yield the contacts, or the marked ones, with the index of their text.

        They come in file order in blocks, under their positions in the row table.
        """
        contacts = self.screened.contact_blocks(self.row_table.sendable if marks is None else marks)
        for index, block in self.choice.divide(contacts):
            yield index, self.variants[index].personaliser.fill(block)

    def variant_blocks(self, variant: int) -> "Iterator[pd.DataFrame]":
        """Yield the contacts of one text, with their origin and all seven fields filled."""
        return (block.contacts for _, block in self.blocks(self.marks(variant)))

    @property
    def contacts_by_country(self) -> Counter[str]:
        """How many contacts each country has."""
        return _sum(variant.contacts_by_country for variant in self.variants)

    @property
    def segments_by_country(self) -> Counter[str]:
        """How many segments the contacts of each country need at most."""
        return _sum(variant.segments_by_country for variant in self.variants)


def _sum(counts: Iterator[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total
