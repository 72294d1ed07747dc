"""A text personalised for one table of contacts, with all that is said about it."""

from dataclasses import dataclass

import pandas as pd

from bulksms.finding import Finding
from bulksms.message import (
    EmptyValues,
    FilledTextChecks,
    PersonalisedBlock,
    Personaliser,
    Template,
    prepare_personaliser,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalised:
    """The personaliser of a text, what it made of a table, and the findings."""

    personaliser: Personaliser
    block: PersonalisedBlock
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        return self.personaliser.assignment.api_template.text

    @property
    def canonical_text(self) -> str:
        return self.personaliser.assignment.canonical_text

    @property
    def columns_by_field(self) -> dict[str, tuple[str, ...]]:
        return self.personaliser.assignment.columns_by_field

    @property
    def contacts(self) -> pd.DataFrame:
        return self.block.contacts

    @property
    def texts(self) -> "pd.Series[str]":
        return self.block.texts

    @property
    def segments(self) -> "pd.Series[int]":
        return self.block.counted["segments"]

    @property
    def rejections(self) -> pd.DataFrame:
        return self.block.rejections


def personalise(
    contacts: pd.DataFrame,
    template: Template,
    *,
    empty: EmptyValues = EmptyValues.ALLOW,
    plain: bool = False,
) -> Personalised:
    """Personalise a text for a table, as one block of a list."""
    personaliser = prepare_personaliser(
        template, [*contacts.columns], lambda: [contacts], empty=empty, plain=plain
    )
    block = personaliser.fill(contacts)
    checks = FilledTextChecks(empty)
    checks.add(block)
    return Personalised(personaliser=personaliser, block=block, findings=tuple(checks.findings()))
