"""Finds out which column is the number, which are names, and which a text asks for.

It reads headers; it must not know the cells.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bulksms.contacts.cells.spelling import looks_like_a_number
from bulksms.contacts.columns.exports import recognise
from bulksms.contacts.columns.headers import compact, is_label, word_set
from bulksms.contacts.columns.lookup import find, find_or_count, seen, where
from bulksms.contacts.columns.ranking import rank_phones
from bulksms.contacts.model import FIELDS
from bulksms.errors import MappingError, TemplateError
from bulksms.loader import Sheet
from bulksms.nearest import nearest_hint

__all__ = ["CHOOSABLE", "Chosen", "ColumnMapping", "map_columns"]

RESERVED = frozenset({"source", "row", "phone_number", "country", "source_column"})
DIGITS = 8  # that a header has only when it is somebody's number
CHOOSABLE = ("phone_number", *FIELDS)
Chosen = Mapping[str, tuple[str, ...]]  # headers for each field, best first


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column, counted from 0, is the number and which are fields.

    Attributes:
        phone_numbers: the phone columns, best first.
        tiers: the rank of each phone column, from 0; those of one tier are level.
        fields: the API's own fields and where they stand.
        extras: the other words of the text, as written there, and where they stand.
        unclear: columns that may say who is not to be texted; people are asked.
        labels: for a phone column whose kind differs by row, the column that says it.
        export: the known export whose ranking of the phones was used, `""` when none was.
    """

    phone_numbers: tuple[int, ...]
    tiers: tuple[int, ...]
    fields: dict[str, int]
    extras: dict[str, int]
    country: int | None = None
    do_not_contact: tuple[int, ...] = ()
    consent: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()
    full_name: int | None = None
    labels: dict[int, int] = field(default_factory=dict)
    export: str = ""


def map_columns(sheet: Sheet, chosen: Chosen, extras: Sequence[str] = ()) -> ColumnMapping:
    """Decide what each column is; what the user chose wins over what the headers say.

    Several phone columns may be chosen, best first; of any other field the first counts.
    Hidden columns are no choice, but one that says who is not to be texted always counts.

    Raises:
        MappingError: no phone column, or a choice that is no column or could be two.
        TemplateError: a word of the text has no column.
    """
    whole, sheet = sheet, seen(sheet)
    picked = {
        name: tuple(dict.fromkeys(_chosen_column(sheet, name, header) for header in headers))
        for name, headers in chosen.items()
    }
    told = {name: positions[0] for name, positions in picked.items() if name != "phone_number"}
    fields, full_name = _name_columns(sheet, told)
    known = None if chosen.get("phone_number") else recognise(whole.header)
    phones = {at: tier for tier, at in enumerate(picked.get("phone_number", ()))}
    if not phones:
        taken = frozenset(told.values())
        phones = _phone_columns(sheet, taken, known.phones if known else ())
    return ColumnMapping(
        phone_numbers=tuple(phones),
        tiers=tuple(phones.values()),
        fields=fields,
        extras=_extra_columns(sheet, extras, fields, split_name=full_name is not None),
        country=next(iter(_listed(sheet, "country", "headers")), None),
        do_not_contact=_do_not_contact(whole),
        consent=_listed(whole, "consent", "consent"),
        unclear=_listed(whole, "consent", "unclear"),
        full_name=full_name,
        labels=_labels(sheet, phones),
        export=known.name if known else "",
    )


def _chosen_column(sheet: Sheet, name: str, header: str) -> int:
    if name not in CHOOSABLE:
        raise MappingError(
            f"There is no field {name!r} to map{nearest_hint(name, CHOOSABLE, compact)}: "
            f"use one of {', '.join(CHOOSABLE)}."
        )
    position = find_or_count(sheet, header)
    if position is not None:
        return position
    raise MappingError(
        f"The column {header!r} given for {name} is not in {where(sheet)}"
        f"{nearest_hint(header, sheet.header, compact)}: give a header, or a column number "
        f"from 1 to {sheet.rows.width}."
    )


def _phone_columns(sheet: Sheet, taken: frozenset[int], known: Sequence[str]) -> dict[int, int]:
    """Rank the phone columns by their headers, best first, each with its tier."""
    ranked = rank_phones(sheet.header, taken, known)
    if not ranked:
        shown = ", ".join(repr(header) for header in sheet.header if header.strip())
        raise MappingError(
            f"No column of {where(sheet)} is called like a phone number (its columns: {shown}): "
            f"{_how_to_say(sheet.header)}."
        )
    return ranked


def _how_to_say(header: Sequence[str]) -> str:
    """Say what to do about a missing number column; a number for a header is a contact's."""
    position = next((at for at, cell in enumerate(header, 1) if _is_a_number(cell)), None)
    if position is None:
        return "say which it is with --map phone_number=HEADER"
    return f"if its first row is a contact, add --no-header --map phone_number={position}"


def _is_a_number(cell: str) -> bool:
    return looks_like_a_number(cell.strip()) and sum(map(str.isdigit, cell)) >= DIGITS


def _labels(sheet: Sheet, phones: Iterable[int]) -> dict[int, int]:
    return {
        phone: at
        for phone in phones
        for at, header in enumerate(sheet.header)
        if is_label(header, sheet.header[phone])
    }


def _name_columns(sheet: Sheet, told: Mapping[str, int]) -> tuple[dict[str, int], int | None]:
    fields = dict(told)
    first, last = (_listed(sheet, "names", name) for name in ("first", "last"))
    maybe_last = _listed(sheet, "names", "last_or_whole")
    maybe_first = _listed(sheet, "names", "first_or_whole")
    whole = (*_listed(sheet, "names", "whole"), *maybe_last, *maybe_first)
    firsts = first or (maybe_first if last else ())
    lasts = last or (maybe_last if first else ())
    for name, positions in (("first_name", firsts), ("last_name", lasts)):
        if positions and name not in fields and positions[0] not in told.values():
            fields[name] = positions[0]
    for name in FIELDS[2:]:
        position = next((at for at, text in enumerate(sheet.header) if compact(text) == name), None)
        if position is not None:
            fields.setdefault(name, position)
    named = {"first_name", "last_name"} & set(fields)
    free = [at for at in whole if at not in fields.values()]
    return fields, free[0] if free and not named else None


def _listed(sheet: Sheet, table: str, name: str) -> tuple[int, ...]:
    known = word_set(table, name)
    return tuple(at for at, header in enumerate(sheet.header) if compact(header) in known)


def _do_not_contact(sheet: Sheet) -> tuple[int, ...]:
    # Salesforce Mobile Studio's own column; a bare "Status" elsewhere speaks of e-mail.
    own = tuple(at for at, header in enumerate(sheet.header) if header.strip() == "_Status")
    return (*_listed(sheet, "consent", "do_not_contact"), *own)


def _extra_columns(
    sheet: Sheet, extras: Sequence[str], fields: Mapping[str, int], *, split_name: bool
) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in extras:
        if name in fields or (split_name and name in {"first_name", "last_name"}):
            continue
        if name in RESERVED:
            raise TemplateError(
                f"The word {{{name}}} of the text is a name the program uses itself: "
                f"write it as {{{name.capitalize()}}}."
            )
        position = None if name in FIELDS else find(sheet, name, TemplateError)
        if position is None:
            raise TemplateError(
                f"The text uses {{{name}}}, which is no column of {where(sheet)}"
                f"{nearest_hint(name, (*sheet.header, *fields), compact)}: correct the text"
                + (
                    f", or say which column it is with --map {name}=HEADER." * (name in FIELDS)
                    or "."
                )
            )
        found[name] = position
    return found
