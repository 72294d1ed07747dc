"""Checks the words of every text: damage, placeholders of other tools, links."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bulksms.campaign import Parameters
from bulksms.contacts import FIELDS, ColumnMapping
from bulksms.contacts.columns.headers import compact, word_set
from bulksms.finding import Finding
from bulksms.loader import Sheet
from bulksms.message import (
    Template,
    check_text,
    foreign_placeholders,
    transliterate,
)
from bulksms.plan.personalised import PersonalisedVariants
from bulksms.plan.variants import TextOptions, source_texts, variant_label

__all__ = ["check_texts"]

NAMES = {"first_name": "first", "last_name": "last"}  # words for them in the headers' vocabulary


def check_texts(
    parameters: Parameters,
    options: TextOptions,
    sheets: Sequence[tuple[Sheet, ColumnMapping]],
    personalised: PersonalisedVariants,
) -> Iterator[Finding]:
    """Report what is wrong with the words of each text."""
    spellings = _spellings(sheets)
    texts = source_texts(parameters, options)
    for (value, text), variant in zip(texts, personalised.variants, strict=True):
        template = Template.parse(text)
        prefix = f"Text for {variant_label(value)}: " if options.texts_by_column else ""
        findings = (
            *check_text(template.map_text(transliterate) if options.plain else template),
            *foreign_placeholders(text, spellings, compact),
            *variant.link_findings,
        )
        yield from (replace(finding, message=f"{prefix}{finding.message}") for finding in findings)


def _spellings(sheets: Sequence[tuple[Sheet, ColumnMapping]]) -> dict[str, str]:
    """Map the compact names of columns and fields to their placeholders."""
    spellings: dict[str, str] = {}
    for sheet, mapping in sheets:
        for header in sheet.header:
            if not compact(header).isdigit() and not {"{", "}", "|"} & set(header):
                spellings.setdefault(compact(header), f"{{{header.strip()}}}")
        for field in {*mapping.fields, *(FIELDS[:2] if mapping.full_name is not None else ())}:
            names = {field, *(word_set("names", NAMES[field]) if field in NAMES else ())}
            for name in names:
                spellings.setdefault(compact(name), f"{{{field}}}")
    spellings.pop("", None)
    return spellings
