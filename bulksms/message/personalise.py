"""A template meets the contacts: the text and the values the API gets, and what each row reads.

It must not know files, frames, prices or the network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bulksms.contacts import CONTACT_COLUMNS, FIELDS
from bulksms.errors import TemplateError
from bulksms.finding import Finding, Level
from bulksms.message.api_fields import FieldAssignment, assign_fields, refuse_unknown
from bulksms.message.segments import count
from bulksms.message.template import Template, is_blank
from bulksms.message.text_rejections import (
    TEXT_LIMIT,
    bad_texts,
    first_of_each,
    long_values,
    missing_value,
)
from bulksms.message.transliterate import transliterate

if TYPE_CHECKING:
    import pandas as pd

# What a reader would take for a hole: {first_name}, {{name}}, *firstname* (reliability.md 4).
HOLE_BEGINS = "[{*]"  # which is looked for much faster
UNFILLED = r"(?i)\{[^{}]*\}|\*[^\s*]*(?:name|nom)[^\s*]*\*"


class EmptyValues(StrEnum):
    """What becomes of a row whose cell is empty where the text has no fallback."""

    ALLOW = "allow"
    DROP = "drop"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalisedText:
    """A text in the API's own words, the contacts with its values, and the rows that fail.

    Attributes:
        contacts: where each contact comes from, and all seven fields filled.
        counted: encoding, units and segments of each contact's text as it is written, under the
            index of `contacts`; the most that is billed, since what the API replaces by itself
            (`auto_optimize_text`) only makes a text shorter.
        texts: what each contact reads, under the index of `contacts`.
        wording: the text with a param for each value, whatever had to be joined for these rows.
        carried: the columns that each field carries, where they are not the field's own.
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
    """Give every placeholder a field of the API and fill the text for every row.

    `plain` first replaces, in text and values, what harmlessly can be outside GSM-7.

    Raises:
        TemplateError: a placeholder without a column, more values than the API has fields and
            no way to join them, or a text outside 1 to 1224 characters.
    """
    refuse_unknown(template, [str(column) for column in contacts.columns])
    if plain:
        contacts, template = _plain(contacts, template)
    gaps = _gaps(contacts, template)
    long = long_values(contacts, _cells(contacts, template))
    missing = []
    if empty is EmptyValues.DROP:
        missing = [missing_value(contacts, gaps[name], str(name)) for name in gaps]
    allotted = assign_fields(template, _without(contacts, first_of_each([*long, *missing])))
    _check_length(allotted.api_template.text)
    table = _fill(contacts, allotted)
    texts = allotted.api_template.render(table)
    rejections = first_of_each([*long, *bad_texts(table, texts), *missing])
    kept = ~table.index.isin(rejections.index)
    counted = count(texts[kept])
    findings = (_empty_values(gaps[kept], empty), _unfilled(table[kept], texts[kept]))
    return PersonalisedText(
        text=allotted.api_template.text,
        canonical_text=allotted.canonical_text,
        contacts=table[kept].reset_index(drop=True),
        texts=texts[kept].reset_index(drop=True),
        counted=counted.reset_index(drop=True),
        rejections=rejections.reset_index(drop=True),
        columns_by_field=allotted.columns_by_field,
        findings=tuple(finding for finding in findings if finding),
    )


def _plain(contacts: "pd.DataFrame", template: Template) -> "tuple[pd.DataFrame, Template]":
    """Write the text and every value that is sent in plain characters."""
    sent = [name for name in (*FIELDS, *template.placeholders) if name in contacts.columns]
    values = {name: transliterate(contacts[name]) for name in dict.fromkeys(sent)}
    return contacts.assign(**values), template.written(transliterate)


def _cells(contacts: "pd.DataFrame", template: Template) -> Iterator[tuple[str, "pd.Series[str]"]]:
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
            f"The text has {len(text)} characters as the API gets it, and the API takes at most "
            f"{TEXT_LIMIT}: shorten it."
        )


def _fill(contacts: "pd.DataFrame", allotted: FieldAssignment) -> "pd.DataFrame":
    """Keep where a contact comes from and give it all seven fields."""
    import pandas as pd

    values = {field: contacts[field] for field in FIELDS if field in contacts.columns}
    values |= {
        field: words.render(contacts) for field, words in allotted.templates_by_field.items()
    }
    nothing = pd.Series("", index=contacts.index, dtype="str")
    origin = contacts[[column for column in CONTACT_COLUMNS if column in contacts.columns]]
    return origin.assign(**{field: values.get(field, nothing) for field in FIELDS})


def _gaps(contacts: "pd.DataFrame", template: Template) -> "pd.DataFrame":
    """Tell for each column used without a fallback which cells are empty."""
    import pandas as pd

    plain = [slot.name for slot in template.slots if slot.fallback is None]
    columns = {name: is_blank(contacts[name]) for name in plain}
    return pd.DataFrame(columns, index=contacts.index, dtype=bool)


def _empty_values(gaps: "pd.DataFrame", empty: EmptyValues) -> Finding | None:
    rows = int(gaps.any(axis=1).sum())
    if not rows:
        return None
    names = ", ".join(f"{{{name}}}" for name in gaps.columns[gaps.any()])
    return Finding(
        code="empty_values",
        level=Level.ERROR if empty is EmptyValues.STOP else Level.WARNING,
        message=f"Nothing stands for {names} in the text of {rows} of the rows: fill the cells, "
        "write a fallback, as in {first_name|client}, or leave them out with --empty drop.",
        count=rows,
    )


def _unfilled(table: "pd.DataFrame", texts: "pd.Series[str]") -> Finding | None:
    """Find texts that would show a hole to their reader, because a cell holds one."""
    suspect = texts[texts.str.contains(HOLE_BEGINS, regex=True)]
    holes = table.loc[suspect.index[suspect.str.contains(UNFILLED, regex=True)], "row"]
    if holes.empty:
        return None
    return Finding(
        code="unfilled_placeholder",
        level=Level.ERROR,
        message=f"A finished text still shows a placeholder, first in row {holes.iloc[0]} "
        f"({len(holes)} in all): correct the text or the cells that hold it.",
        count=len(holes),
    )
