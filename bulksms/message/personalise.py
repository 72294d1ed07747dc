"""Fills a template for every contact: the API's text and values, and what each person reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bulksms.contacts import CONTACT_COLUMNS, FIELDS
from bulksms.errors import TemplateError
from bulksms.finding import Finding, Level
from bulksms.message.api_fields import FieldAssignment, assign_fields, refuse_unknown
from bulksms.message.segments import count_segments
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

__all__ = ["EmptyValues", "PersonalisedText", "personalise"]

# What a reader would take for a placeholder: {first_name}, {{name}}, *firstname*
# (reliability.md 4). Most texts lack even the first characters, which are searched much faster.
PLACEHOLDER_START = "[{*]"
PLACEHOLDER_LEFT = r"(?i)\{[^{}]*\}|\*[^\s*]*(?:name|nom)[^\s*]*\*"


class EmptyValues(StrEnum):
    """What to do with a row whose placeholder is empty and has no fallback."""

    ALLOW = "allow"
    DROP = "drop"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalisedText:
    """A text in the API's fields, its contacts with their values, and the rejected rows.

    Attributes:
        text: the text with the API's field names.
        canonical_text: the text with one param for each value, whatever had to be merged.
        contacts: the origin of each contact, and all seven fields filled.
        texts: what each contact reads, under the index of `contacts`.
        counted: encoding, units and segments of each text, under the index of `contacts`. This
            is the most that is billed: `auto_optimize_text` only makes a text shorter.
        columns_by_field: the columns each field carries, where they are not the field's own.
    """

    text: str
    canonical_text: str
    contacts: "pd.DataFrame"
    texts: "pd.Series[str]"
    counted: "pd.DataFrame"
    rejections: "pd.DataFrame"
    columns_by_field: dict[str, tuple[str, ...]]
    findings: tuple[Finding, ...] = ()

    @property
    def segments(self) -> "pd.Series[int]":
        """How many segments each contact's text needs, under the index of `contacts`."""
        return self.counted["segments"]


def personalise(
    contacts: "pd.DataFrame",
    template: Template,
    *,
    empty: EmptyValues = EmptyValues.ALLOW,
    plain: bool = False,
) -> PersonalisedText:
    """Assign every placeholder to a field of the API, and fill the text for every contact.

    Args:
        contacts: `CONTACT_COLUMNS`, fields, and the columns the text uses.
        template: the text.
        empty: what to do with empty cells that have no fallback.
        plain: replace characters outside GSM-7 in text and values, where that is harmless.

    Raises:
        TemplateError: a placeholder has no column, the values do not fit into the API's fields,
            or the text is longer than 1,224 characters.
    """
    refuse_unknown(template, [str(column) for column in contacts.columns])
    if plain:
        contacts, template = _transliterated(contacts, template)
    missing = _missing_values(contacts, template)
    long = reject_long_values(contacts, _values(contacts, template))
    dropped = []
    if empty is EmptyValues.DROP:
        dropped = [reject_missing_value(contacts, missing[name], str(name)) for name in missing]
    left = _without(contacts, first_per_contact([*long, *dropped]))
    assignment = assign_fields(template, left)
    _check_length(assignment.api_template.text)
    table = _fill_fields(contacts, assignment)
    texts = assignment.api_template.render(table)
    rejections = first_per_contact([*long, *reject_texts(table, texts), *dropped])
    kept = ~table.index.isin(rejections.index)
    findings = (_empty_values(missing[kept], empty), _placeholders_left(table[kept], texts[kept]))
    return PersonalisedText(
        text=assignment.api_template.text,
        canonical_text=assignment.canonical_text,
        contacts=table[kept].reset_index(drop=True),
        texts=texts[kept].reset_index(drop=True),
        counted=count_segments(texts[kept]).reset_index(drop=True),
        rejections=rejections.reset_index(drop=True),
        columns_by_field=assignment.columns_by_field,
        findings=tuple(finding for finding in findings if finding),
    )


def _transliterated(
    contacts: "pd.DataFrame", template: Template
) -> "tuple[pd.DataFrame, Template]":
    """Replace characters outside GSM-7 in the text and in every value that is sent."""
    sent = [name for name in (*FIELDS, *template.placeholders) if name in contacts.columns]
    values = {name: transliterate(contacts[name]) for name in dict.fromkeys(sent)}
    return contacts.assign(**values), template.map_text(transliterate)


def _values(contacts: "pd.DataFrame", template: Template) -> Iterator[tuple[str, "pd.Series[str]"]]:
    """Give every value that is sent: those of the text, and mapped fields it does not use."""
    for slot in template.slots:
        yield slot.name, slot.fill(contacts[slot.name])
    for name in FIELDS:
        if name in contacts.columns and name not in template.placeholders:
            yield name, contacts[name]


def _without(contacts: "pd.DataFrame", rejections: "pd.DataFrame") -> "pd.DataFrame":
    return contacts[~contacts.index.isin(rejections.index)]


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


def _empty_values(missing: "pd.DataFrame", empty: EmptyValues) -> Finding | None:
    rows = int(missing.any(axis=1).sum())
    if not rows:
        return None
    names = ", ".join(f"{{{name}}}" for name in missing.columns[missing.any()])
    return Finding(
        code="empty_values",
        level=Level.ERROR if empty is EmptyValues.STOP else Level.WARNING,
        message=f"{names} is empty in {rows:,} of the texts: fill in the cells, add a fallback "
        "like {first_name|client}, or leave these rows out with --empty drop.",
        count=rows,
    )


def _placeholders_left(table: "pd.DataFrame", texts: "pd.Series[str]") -> Finding | None:
    """Report finished texts that still show a placeholder, because a cell contains one."""
    suspect = texts[texts.str.contains(PLACEHOLDER_START, regex=True)]
    matches = suspect.str.contains(PLACEHOLDER_LEFT, regex=True)
    rows = table.loc[suspect.index[matches], "row"]
    if rows.empty:
        return None
    return Finding(
        code="unfilled_placeholder",
        level=Level.ERROR,
        message=f"{len(rows):,} finished texts still show a placeholder, the first in row "
        f"{rows.iloc[0]}: correct the text, or the cells that contain it.",
        count=len(rows),
    )
