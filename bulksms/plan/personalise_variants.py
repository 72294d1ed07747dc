"""Fits the texts of a campaign to its contacts, which are read in blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningResult
from bulksms.contacts.rows.row_table import RowTable
from bulksms.errors import TemplateError
from bulksms.finding import Finding, Level
from bulksms.message import (
    FilledTextChecks,
    MessageMeter,
    PersonalisedBlock,
    Personaliser,
    Template,
    prepare_personaliser,
)
from bulksms.plan.personalised import PersonalisedVariants, Variant
from bulksms.plan.text_rejection_codes import TextRejections
from bulksms.plan.variants import NO_TEXT, TextChoice, TextOptions, source_texts, variant_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["personalise_variants"]


def personalise_variants(
    parameters: Parameters,
    options: TextOptions,
    screened: ScreeningResult,
    aliases: Mapping[str, str],
) -> PersonalisedVariants:
    """Personalise each text for its contacts; contacts without a text are rejected.

    Args:
        parameters: the text, and the parameters all texts share.
        options: how the texts are personalised.
        screened: all contacts.
        aliases: placeholders that name the column of a field, and the field.

    Raises:
        TemplateError: a text cannot be personalised.
    """
    texts = tuple(source_texts(parameters, options))
    choice = TextChoice(
        choosing_values=[value for value, _ in texts], by_column=options.texts_by_column
    )
    tallies = [
        _Tally(
            value=value,
            personaliser=_prepare(options, choice, index, text, screened, aliases),
            countries=screened.row_table.countries.values,
        )
        for index, (value, text) in enumerate(texts)
    ]
    return _fit(parameters, screened, choice, tallies)


def _fit(
    parameters: Parameters,
    screened: ScreeningResult,
    choice: TextChoice,
    tallies: "list[_Tally]",
) -> PersonalisedVariants:
    """Fill every text once, and keep what is known of each row and of all."""
    rows = screened.row_table
    segments = np.zeros(len(rows), dtype=np.uint8)
    variant_of_row = np.zeros(len(rows), dtype=np.uint16)
    meter, rejections = MessageMeter(), TextRejections(rows)
    for index, contacts in choice.divide(screened.contact_blocks()):
        if index == NO_TEXT and choice.by_column is not None:
            rejections.reject_without_text(contacts, choice.by_column.column)
            continue
        block = tallies[index].personaliser.fill(contacts)
        kept = block.contacts.index.to_numpy()
        segments[kept] = block.counted["segments"].to_numpy()
        if index:  # zeros that are never written take no memory
            variant_of_row[kept] = index
        meter.add(block.contacts["row"], block.texts, block.counted)
        rejections.add(block.rejections)
        tallies[index].add(rows, kept, block)
    return PersonalisedVariants(
        variants=tuple(tally.variant(parameters) for tally in tallies),
        screened=screened,
        choice=choice,
        row_table=rejections.row_table,
        segments=segments,
        variant_of_row=variant_of_row,
        longest=meter.longest_index,
        stats=meter.stats(),
        findings=tuple(_findings(choice, tallies)),
    )


@dataclass(slots=True, kw_only=True)
class _Tally:
    """Counts the contacts of one text, and checks what they read."""

    value: str | None
    personaliser: Personaliser
    countries: list[str]
    checks: FilledTextChecks = field(init=False)
    contacts: NDArray[np.int64] = field(init=False)
    segments: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.checks = FilledTextChecks(self.personaliser.empty)
        self.contacts = np.zeros(len(self.countries), dtype=np.int64)
        self.segments = self.contacts.copy()

    def add(self, rows: RowTable, kept: NDArray[np.int64], block: PersonalisedBlock) -> None:
        countries, size = rows.columns.countries[kept], len(self.countries)
        segments = block.counted["segments"].to_numpy()
        self.contacts += np.bincount(countries, minlength=size)
        self.segments += np.bincount(countries, segments, size).astype(np.int64)
        self.checks.add(block)

    def variant(self, parameters: Parameters) -> Variant:
        return Variant(
            parameters=replace(parameters, text=self.personaliser.assignment.api_template.text),
            value=self.value,
            personaliser=self.personaliser,
            contacts_by_country=self._by_country(self.contacts),
            segments_by_country=self._by_country(self.segments),
            link_findings=tuple(self.checks.links.findings()),
        )

    def _by_country(self, counts: NDArray[np.int64]) -> dict[str, int]:
        present = np.flatnonzero(self.contacts).tolist()
        return {self.countries[code]: int(counts[code]) for code in present}


def _prepare(
    options: TextOptions,
    choice: TextChoice,
    index: int,
    text: str,
    screened: ScreeningResult,
    aliases: Mapping[str, str],
) -> Personaliser:
    """Assign the placeholders of one text to the API's fields."""

    def blocks() -> "Iterator[pd.DataFrame]":
        divided = choice.divide(screened.contact_blocks())
        return (contacts for chosen, contacts in divided if chosen == index)

    try:
        return prepare_personaliser(
            Template.parse(text).rename(aliases),
            list(screened.no_contacts.columns),
            blocks,
            empty=options.empty,
            plain=options.plain,
        )
    except TemplateError as error:
        if options.texts_by_column is None:
            raise
        label = variant_label(choice.choosing_values[index])
        raise TemplateError(f"Text for {label}: {error}", code=error.code, **error.values) from None


def _findings(choice: TextChoice, tallies: "list[_Tally]") -> Iterator[Finding]:
    """Name the text of each finding, and report texts without contacts."""
    for tally in tallies:
        prefix = f"Text for {variant_label(tally.value)}: " if choice.by_column else ""
        for finding in tally.checks.findings():
            yield replace(finding, message=f"{prefix}{finding.message}")
        if choice.by_column is not None and tally.value is not None and not tally.contacts.any():
            yield Finding(
                code="text_unused",
                level=Level.WARNING,
                message=f"The text for {tally.value!r} has no recipients: no row to send has this "
                f"value in {choice.by_column.column}.",
            )
