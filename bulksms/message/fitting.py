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
    REJECTION_COLUMNS,
    VALUE_LIMIT,
    Finding,
    Level,
    Reason,
)
from bulksms.errors import TemplateError
from bulksms.message.segments import Encoding, count, outside_gsm7
from bulksms.message.template import Placeholder, Template, is_blank

TEXT_LIMIT = 1224  # characters, eight segments of 153; octopush-api.md 6.1
SEGMENTS_LIMIT = 8  # inferred from TEXT_LIMIT, nowhere said; hence a warning
# What a reader would take for a hole: {first_name}, {{name}}, *firstname* (reliability.md 4).
UNFILLED = r"(?i)\{[^{}]*\}|\*[^\s*]*(?:name|nom)[^\s*]*\*"


class EmptyValues(StrEnum):
    """What becomes of a row whose cell is empty where the text has no fallback."""

    ALLOW = "allow"
    DROP = "drop"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStats:
    """What the finished texts are billed for, and what makes them dear.

    Attributes:
        encoding: UCS-2 as soon as one row needs it.
        longest_row: the row with the most segments, and of those the most units.
        rows_by_segments: how many rows need one segment, two and so on, the fewest first.
        characters_outside_gsm7: in how many rows each such character stands.
    """

    encoding: Encoding
    segments_total: int
    segments_max: int
    longest_row: int | None
    rows_by_segments: dict[int, int]
    characters_outside_gsm7: dict[str, int]

    @property
    def usual_segments(self) -> int:
        """How many segments most rows need; of equals, the fewest."""
        return max(self.rows_by_segments, key=lambda needed: self.rows_by_segments[needed])

    @property
    def rows_over_border(self) -> int:
        """How many rows cross a border that most rows do not."""
        shares = self.rows_by_segments.items()
        return sum(people for needed, people in shares if needed > self.usual_segments)


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
    faults = [*_long_values(table, plan), *_bad_texts(table, texts)]
    if empty is EmptyValues.DROP:
        faults += [_missing(table, gaps[name], str(name)) for name in gaps]
    rejections = _first_of_each(faults)
    kept = ~table.index.isin(rejections.index)
    counted = count(texts[kept])
    stats = _stats(table.loc[kept, "row"], texts[kept], counted)
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


def _long_values(table: pd.DataFrame, plan: dict[Placeholder, str]) -> list[pd.DataFrame]:
    """Reject values the API may cut or refuse; whether it does is not documented."""
    written = {field: slot.name for slot, field in plan.items()}
    found = []
    for field in FIELDS:
        lengths = table[field].str.len()
        rows = table[lengths > VALUE_LIMIT]
        name = written.get(field, field)
        sentence = (
            f"The value of {name} has "
            + lengths[rows.index].astype("str")
            + f" characters and the API takes {VALUE_LIMIT}: shorten it."
        )
        found.append(_rejected(rows, Reason.VALUE_TOO_LONG, name, rows[field], sentence))
    return found


def _bad_texts(table: pd.DataFrame, texts: "pd.Series[str]") -> list[pd.DataFrame]:
    lengths = texts.str.len()
    long, blank = table[lengths > TEXT_LIMIT], table[is_blank(texts)]
    sentence = (
        "The text of this row has "
        + lengths[long.index].astype("str")
        + f" characters and the API takes {TEXT_LIMIT}: shorten the text or its values."
    )
    hollow = "Nothing is left of the text in this row: fill its cells, or give a fallback."
    return [
        _rejected(long, Reason.TEXT_TOO_LONG, "", "", sentence),
        _rejected(blank, Reason.TEXT_EMPTY, "", "", hollow),
    ]


def _missing(table: pd.DataFrame, gap: "pd.Series[bool]", name: str) -> pd.DataFrame:
    sentence = f"The cell of {name} is empty and the text needs it: fill it, or give a fallback."
    return _rejected(table[gap], Reason.MISSING_VALUE, name, "", sentence)


def _rejected(
    rows: pd.DataFrame,
    reason: Reason,
    column: str,
    cell: "pd.Series[str] | str",
    sentence: "pd.Series[str] | str",
) -> pd.DataFrame:
    told = {"reason": reason.value, "column": column, "cell": cell, "sentence": sentence}
    return rows[["source", "row"]].assign(**told)[list(REJECTION_COLUMNS)]


def _first_of_each(faults: list[pd.DataFrame]) -> pd.DataFrame:
    """Keep one reason a row, in the order of the file; the index stays that of the contacts."""
    told = pd.concat(faults)
    return told[~told.index.duplicated()].sort_index()


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


def _stats(
    rows: "pd.Series[int]", texts: "pd.Series[str]", counted: pd.DataFrame
) -> MessageStats | None:
    if texts.empty:
        return None
    dearest = counted[counted["segments"] == counted["segments"].max()]
    shares = counted["segments"].value_counts().sort_index()
    return MessageStats(
        encoding=Encoding.UCS2 if (counted["encoding"] == Encoding.UCS2).any() else Encoding.GSM7,
        segments_total=int(counted["segments"].sum()),
        segments_max=int(counted["segments"].max()),
        longest_row=int(rows[dearest["units"].idxmax()]),
        rows_by_segments={int(str(needed)): int(people) for needed, people in shares.items()},
        characters_outside_gsm7=outside_gsm7(texts),
    )
