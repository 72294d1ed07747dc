"""Fills a template for every contact: the API's text and values, and what each person reads."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bulksms.contacts import CONTACT_COLUMNS, FIELDS
from bulksms.errors import TemplateError
from bulksms.message.api_fields import FieldAssignment, assign_fields
from bulksms.message.segments import count_segments
from bulksms.message.span_widths import SpanWidths
from bulksms.message.template import Template, is_blank
from bulksms.message.text_rejections import (
    TEXT_LIMIT,
    first_per_contact,
    reject_long_values,
    reject_missing_value,
    reject_texts,
)
from bulksms.message.transliterate import transliterate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EmptyValues", "PersonalisedBlock", "Personaliser", "prepare_personaliser"]


class EmptyValues(StrEnum):
    """The handling of rows whose placeholder is empty and has no fallback."""

    ALLOW = "allow"
    DROP = "drop"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalisedBlock:
    """Some contacts with their values and finished texts, and the rows whose text is rejected.

    Attributes:
        contacts: the origin of each contact, and all seven fields filled.
        texts: what each contact reads, under the index of `contacts`.
        counted: encoding, units and segments of each text, under the index of `contacts`. This
            is the most that is billed: `auto_optimize_text` only makes a text shorter.
        missing: for each column used without a fallback whether its cell is empty.
        rejections: a table of `REJECTION_COLUMNS`, under the index the contacts had.
    """

    contacts: "pd.DataFrame"
    texts: "pd.Series[str]"
    counted: "pd.DataFrame"
    missing: "pd.DataFrame"
    rejections: "pd.DataFrame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Personaliser:
    """A text whose placeholders have fields of the API, to be filled for blocks of contacts.

    Attributes:
        template: the text as it was written, without what `plain` replaces.
        empty: what to do with empty cells that have no fallback.
        plain: replace characters outside GSM-7 in the values too.
    """

    template: Template
    assignment: FieldAssignment
    empty: EmptyValues
    plain: bool

    def fill(self, contacts: "pd.DataFrame") -> PersonalisedBlock:
        """Fill the text for each contact: `CONTACT_COLUMNS`, fields, and the text's columns."""
        contacts = _transliterated(contacts, self.template) if self.plain else contacts
        (long, dropped), missing = _reject_values(contacts, self.template, self.empty)
        table = _fill_fields(contacts, self.assignment)
        texts = self.assignment.api_template.render(table)
        rejections = first_per_contact([*long, *reject_texts(table, texts), *dropped])
        kept = ~table.index.isin(rejections.index)
        return PersonalisedBlock(
            contacts=table[kept],
            texts=texts[kept],
            counted=count_segments(texts[kept]),
            missing=missing[kept],
            rejections=rejections,
        )


def prepare_personaliser(
    template: Template,
    columns: Collection[str],
    blocks: "Callable[[], Iterable[pd.DataFrame]]",
    *,
    empty: EmptyValues = EmptyValues.ALLOW,
    plain: bool = False,
) -> Personaliser:
    """Assign every placeholder to a field of the API.

    Args:
        template: the text.
        columns: the columns of the contacts, in which every placeholder has its own.
        blocks: gives all contacts; called when values must be merged to fit into the fields.
        empty: what to do with empty cells that have no fallback.
        plain: replace characters outside GSM-7 in text and values, where that is harmless.

    Raises:
        TemplateError: the values do not fit into the API's fields, or the text is longer than
            1,224 characters.
    """
    template = template.map_text(transliterate) if plain else template

    def measure() -> SpanWidths:
        widths = SpanWidths(template)
        for block in blocks():
            contacts = _transliterated(block, template) if plain else block
            (long, dropped), _ = _reject_values(contacts, template, empty)
            rejected = first_per_contact([*long, *dropped]).index
            widths.add(contacts[~contacts.index.isin(rejected)])
        return widths

    assignment = assign_fields(template, columns, measure)
    _check_length(assignment.api_template.text)
    return Personaliser(template=template, assignment=assignment, empty=empty, plain=plain)


def _reject_values(
    contacts: "pd.DataFrame", template: Template, empty: EmptyValues
) -> "tuple[tuple[list[pd.DataFrame], list[pd.DataFrame]], pd.DataFrame]":
    """Reject long values, and missing ones where that is chosen; mark what is missing."""
    missing = _missing_values(contacts, template)
    dropped = []
    if empty is EmptyValues.DROP:
        dropped = [reject_missing_value(contacts, missing[name], str(name)) for name in missing]
    return (reject_long_values(contacts, _values(contacts, template)), dropped), missing


def _transliterated(contacts: "pd.DataFrame", template: Template) -> "pd.DataFrame":
    """Replace characters outside GSM-7 in every value that is sent."""
    sent = [name for name in (*FIELDS, *template.placeholders) if name in contacts.columns]
    return contacts.assign(**{name: transliterate(contacts[name]) for name in dict.fromkeys(sent)})


def _values(contacts: "pd.DataFrame", template: Template) -> Iterator[tuple[str, "pd.Series[str]"]]:
    """Yield every value that is sent: those of the text, and mapped fields it does not use."""
    for slot in template.slots:
        yield slot.name, slot.fill(contacts[slot.name])
    for name in FIELDS:
        if name in contacts.columns and name not in template.placeholders:
            yield name, contacts[name]


def _check_length(text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise TemplateError(
            f"The text has {len(text):,} characters in the API's form, and the API accepts "
            f"{TEXT_LIMIT:,}: shorten it.",
            code="text_too_long",
            count=len(text),
            limit=TEXT_LIMIT,
        )


def _fill_fields(contacts: "pd.DataFrame", assignment: FieldAssignment) -> "pd.DataFrame":
    """Keep the origin of each contact and fill all seven fields."""
    import pandas as pd

    values = {field: contacts[field] for field in FIELDS if field in contacts.columns}
    parts = assignment.templates_by_field.items()
    values |= {field: part.render(contacts) for field, part in parts}
    nothing = pd.Series("", index=contacts.index, dtype="str")
    origin = contacts[[column for column in CONTACT_COLUMNS if column in contacts.columns]]
    return origin.assign(**{field: values.get(field, nothing) for field in FIELDS})


def _missing_values(contacts: "pd.DataFrame", template: Template) -> "pd.DataFrame":
    """Mark for each column used without a fallback which cells are empty."""
    import pandas as pd

    needed = [slot.name for slot in template.slots if slot.fallback is None]
    columns = {name: is_blank(contacts[name]) for name in needed}
    return pd.DataFrame(columns, index=contacts.index, dtype=bool)
