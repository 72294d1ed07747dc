"""A template meets the contacts: the text and the values the API gets, and what each row reads.

It must not know files, frames, prices or the network.

The API has seven fields, no fallbacks and no other names (`octopush-api.md` 6.4). So columns of
the sheet travel in the params nobody uses, and a fallback travels as the value of the row.
"""

import difflib
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from bulksms.contacts import (
    CONTACT_COLUMNS,
    FIELDS,
    PARAMS,
    Finding,
    Level,
)
from bulksms.errors import TemplateError
from bulksms.message.faults import (
    TEXT_LIMIT,
    bad_texts,
    first_of_each,
    long_values,
    missing_value,
)
from bulksms.message.segments import count
from bulksms.message.stats import MessageStats, measure
from bulksms.message.template import Placeholder, Template, is_blank

SEGMENTS_LIMIT = 8  # inferred from TEXT_LIMIT, nowhere said; hence a warning
# What a reader would take for a hole: {first_name}, {{name}}, *firstname* (reliability.md 4).
UNFILLED = r"(?i)\{[^{}]*\}|\*[^\s*]*(?:name|nom)[^\s*]*\*"


class EmptyValues(StrEnum):
    """What becomes of a row whose cell is empty where the text has no fallback."""

    ALLOW = "allow"
    DROP = "drop"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A text in the API's own words, the contacts with its values, and the rows that fail.

    Attributes:
        contacts: where each contact comes from, and all seven fields filled.
        counted: encoding, units and segments of each contact's text as it is written, under the
            index of `contacts`; the most that is billed, since what the API replaces by itself
            (`auto_optimize_text`) only makes a text shorter.
        carried: the name in the text that each param carries, where it is not the param's own.
        stats: nothing when no contact is left.
    """

    text: str
    contacts: pd.DataFrame
    counted: pd.DataFrame
    rejections: pd.DataFrame
    stats: MessageStats | None
    carried: dict[str, str]
    findings: tuple[Finding, ...] = ()

    @property
    def segments(self) -> "pd.Series[int]":
        """How many segments each contact's text needs, under the index of `contacts`."""
        return self.counted["segments"]


def fit(
    contacts: pd.DataFrame, template: Template, *, empty: EmptyValues = EmptyValues.ALLOW
) -> Fitted:
    """Give every placeholder a field of the API and fill the text for every row.

    Raises:
        TemplateError: a placeholder without a column, more values than the API has fields,
            or a text outside 1 to 1224 characters.
    """
    plan = _allot(template, [str(column) for column in contacts.columns])
    speech = Template(pieces=tuple(_in_api_words(piece, plan) for piece in template.pieces))
    _check_length(speech.text)
    table = _fill(contacts, plan)
    texts = speech.render(table)
    gaps = _gaps(contacts, template)
    faults = [*long_values(table, plan), *bad_texts(table, texts)]
    if empty is EmptyValues.DROP:
        faults += [missing_value(table, gaps[name], str(name)) for name in gaps]
    rejections = first_of_each(faults)
    kept = ~table.index.isin(rejections.index)
    counted = count(texts[kept])
    stats = measure(table.loc[kept, "row"], texts[kept], counted)
    findings = (
        _empty_values(gaps[kept], empty),
        _unfilled(table[kept], texts[kept]),
        _many_segments(stats),
    )
    return Fitted(
        text=speech.text,
        contacts=table[kept].reset_index(drop=True),
        counted=counted.reset_index(drop=True),
        rejections=rejections.reset_index(drop=True),
        stats=stats,
        carried={field: slot.name for slot, field in plan.items() if field != slot.name},
        findings=tuple(finding for finding in findings if finding),
    )


def _allot(template: Template, columns: list[str]) -> dict[Placeholder, str]:
    """Choose the API field each placeholder travels in."""
    for name in template.placeholders:
        if name not in columns:
            raise TemplateError(_unknown(name, columns))
    # A field's own slot goes to its plain use; the same column with a fallback is another value.
    plan: dict[Placeholder, str] = {}
    for slot in sorted(template.slots, key=lambda slot: slot.fallback is not None):
        if slot.name in FIELDS and slot.name not in plan.values():
            plan[slot] = slot.name
    waiting = [slot for slot in template.slots if slot not in plan]
    free = [param for param in PARAMS if param not in columns]
    if len(waiting) > len(free):
        raise TemplateError(
            f"The text needs {len(waiting)} values besides the mapped fields "
            f"({', '.join(map(str, waiting))}) and the API has {len(free)} params left for them: "
            "use fewer columns in the text, or join some of them in the spreadsheet."
        )
    return plan | dict(zip(waiting, free, strict=False))


def _unknown(name: str, columns: list[str]) -> str:
    known = [column for column in columns if column not in CONTACT_COLUMNS]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {{{near[0]}}}?" if near else "name a column of the sheet, or map one."
    return f"The text names {{{name}}} and no column is called that: {hint}"


def _in_api_words(piece: str | Placeholder, plan: dict[Placeholder, str]) -> str | Placeholder:
    return piece if isinstance(piece, str) else Placeholder(name=plan[piece])


def _check_length(text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise TemplateError(
            f"The text has {len(text)} characters as the API gets it, and the API takes at most "
            f"{TEXT_LIMIT}: shorten it."
        )


def _fill(contacts: pd.DataFrame, plan: dict[Placeholder, str]) -> pd.DataFrame:
    """Keep where a contact comes from and give it all seven fields."""
    values = {field: contacts[field] for field in FIELDS if field in contacts.columns}
    values |= {field: slot.fill(contacts[slot.name]) for slot, field in plan.items()}
    nothing = pd.Series("", index=contacts.index, dtype="str")
    origin = contacts[[column for column in CONTACT_COLUMNS if column in contacts.columns]]
    return origin.assign(**{field: values.get(field, nothing) for field in FIELDS})


def _gaps(contacts: pd.DataFrame, template: Template) -> pd.DataFrame:
    """Tell for each column used without a fallback which cells are empty."""
    plain = [slot.name for slot in template.slots if slot.fallback is None]
    columns = {name: is_blank(contacts[name]) for name in plain}
    return pd.DataFrame(columns, index=contacts.index, dtype=bool)


def _empty_values(gaps: pd.DataFrame, empty: EmptyValues) -> Finding | None:
    rows = int(gaps.any(axis=1).sum())
    if not rows:
        return None
    names = ", ".join(f"{{{name}}}" for name in gaps.columns[gaps.any()])
    return Finding(
        code="empty_values",
        level=Level.ERROR if empty is EmptyValues.STOP else Level.WARNING,
        message=f"Nothing stands for {names} in the text of {rows} of the rows: fill the cells, "
        "or write a fallback, as in {first_name|client}.",
        count=rows,
    )


def _unfilled(table: pd.DataFrame, texts: "pd.Series[str]") -> Finding | None:
    """Find texts that would show a hole to their reader, because a cell holds one."""
    holes = table.loc[texts.str.contains(UNFILLED, regex=True), "row"]
    if holes.empty:
        return None
    return Finding(
        code="unfilled_placeholder",
        level=Level.ERROR,
        message=f"A finished text still shows a placeholder, first in row {holes.iloc[0]} "
        f"({len(holes)} in all): correct the text or the cells that hold it.",
        count=len(holes),
    )


def _many_segments(stats: MessageStats | None) -> Finding | None:
    if stats is None or stats.segments_max <= SEGMENTS_LIMIT:
        return None
    return Finding(
        code="many_segments",
        level=Level.WARNING,
        message=f"The text of row {stats.longest_row} needs {stats.segments_max} segments and "
        f"the API may refuse more than {SEGMENTS_LIMIT}: shorten it, or leave out what is "
        "outside the SMS alphabet.",
    )
