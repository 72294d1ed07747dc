"""A saved choice of columns: parsed, checked against a file, and made from one.

Where profiles are kept, and what the reading options mean, is unknown here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bulksms.contacts.columns.find_column import (
    column_name,
    find_column_or_number,
    visible_label,
    without_hidden,
)
from bulksms.contacts.columns.headers import compact
from bulksms.contacts.columns.mapping import CHOOSABLE, ChosenColumns, ColumnMapping
from bulksms.errors import InputError, MappingError, ProfileError
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet
from bulksms.nearest import nearest_hint

__all__ = ["Profile", "check_profile", "parse_profile", "profile_of"]

Reading = Mapping[str, str | int]
READING: dict[str, type] = {
    "region": str,
    "sheet": str,
    "encoding": str,
    "delimiter": str,
    "no_header": bool,
    "header_row": int,
    "include_hidden": bool,
    "locale": str,
}
LISTS = ("needed", "headers")
KEYS = (*CHOOSABLE, *READING, *LISTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A saved choice of columns.

    Attributes:
        name: the name of its file.
        chosen: the headers of each field, best first.
        reading: options of how the file is read, under the names of the command line.
        needed: other headers that must be there: of columns that say who must not be texted,
            the country, the kind of a number, or whole names.
        headers: the header row it was made from and what other files had besides; empty
            in a profile written by hand.
    """

    name: str
    chosen: dict[str, tuple[str, ...]]
    reading: Reading = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def without(self, fields: ChosenColumns) -> "Profile":
        """Leave out fields that are chosen elsewhere."""
        kept = {name: headers for name, headers in self.chosen.items() if name not in fields}
        return replace(self, chosen=kept)

    def as_table(self) -> dict[str, object]:
        """Write the profile in plain values, as `parse_profile` reads them."""
        fields = {
            name: headers[0] for name, headers in self.chosen.items() if name != "phone_number"
        }
        phones = {"phone_number": list(self.chosen["phone_number"])}
        lists = {"needed": list(self.needed), "headers": list(self.headers)}
        return {**phones, **fields, **self.reading, **lists}


def parse_profile(table: Mapping[str, object], name: str) -> Profile:
    """Read a profile from plain values.

    Raises:
        MappingError: it has an unknown key, or a value of the wrong kind.
    """
    for key, value in table.items():
        _check(key, value, name)
    texts = {key: _listed(value) for key, value in table.items() if key not in READING}
    reading = {key: value for key, value in table.items() if isinstance(value, str | int)}
    return Profile(
        name=name,
        chosen={key: headers for key, headers in texts.items() if key in CHOOSABLE},
        reading={key: value for key, value in reading.items() if key in READING},
        needed=texts.get("needed", ()),
        headers=texts.get("headers", ()),
    )


def _check(key: str, value: object, name: str) -> None:
    if key not in KEYS:
        raise MappingError(
            f"The profile {name} has the unknown key {key!r}{nearest_hint(key, KEYS, compact)}: "
            f"use {', '.join(KEYS)}."
        )
    expected = _expected(key, value)
    if expected:
        raise MappingError(f"The profile {name} has {value!r} for {key}: write {expected} there.")


def _expected(key: str, value: object) -> str:
    """Describe what a key takes; nothing when the value is that."""
    if isinstance(value, list) and key in (*LISTS, "phone_number"):
        texts = all(isinstance(header, str) for header in value)
        return "" if texts and (value or key in LISTS) else "headers"
    if key in LISTS:
        return "a list of headers"
    kind = READING.get(key, str)
    if isinstance(value, kind) and value != "":
        return ""
    return {bool: "true or false", int: "a whole number"}.get(kind, "one text")


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def check_profile(profile: Profile, sheet: Sheet) -> list[Finding]:
    """Report columns added or removed since the profile was made; those it names must be there.

    Raises:
        ProfileError: a column that the profile names is missing.
        MappingError: most other columns are missing too: it is another kind of sheet.
    """
    gone = _missing_columns(profile, sheet)
    if gone:
        field_name, header = gone[0]
        use = f"takes {field_name} from" if field_name else "needs"
        advice = f", or choose with --map {field_name}=HEADER" if field_name else ""
        error = ProfileError if _same_kind(profile, sheet) else MappingError
        raise error(
            f"The profile {profile.name} {use} the column {header!r}, which is not in "
            f"{visible_label(sheet)}{nearest_hint(header, sheet.header, compact)}: "
            f"correct the profile{advice}."
        )
    return _changes(profile, sheet) if profile.headers else []


def _missing_columns(profile: Profile, sheet: Sheet) -> list[tuple[str, str]]:
    present = _compact_set(sheet.header)
    missing = [
        (name, header)
        for name, headers in profile.chosen.items()
        for header in headers
        if not _is_there(profile, sheet, header)
    ]
    return missing + [("", header) for header in profile.needed if compact(header) not in present]


def _is_there(profile: Profile, sheet: Sheet, header: str) -> bool:
    at = find_column_or_number(without_hidden(sheet), header)
    if at is None or compact(sheet.header[at]) == compact(header) or at >= len(profile.headers):
        return at is not None
    # A column known by its number alone must still have the header it had.
    return compact(profile.headers[at]) == compact(sheet.header[at])


def _same_kind(profile: Profile, sheet: Sheet) -> bool:
    named = [header for headers in profile.chosen.values() for header in headers]
    expected = _compact_set(profile.headers or (*named, *profile.needed))
    return 2 * len(expected & _compact_set(sheet.header)) >= len(expected)


def _changes(profile: Profile, sheet: Sheet) -> list[Finding]:
    added = _absent(sheet.header, profile.headers)
    removed = _absent(profile.headers, sheet.header)
    label = visible_label(sheet)
    changes = (
        ("new_columns", added, f"{label} has columns that the profile {profile.name} has not"),
        (
            "missing_columns",
            removed,
            f"{label} lacks columns of the profile {profile.name}, which no field needs",
        ),
    )
    return [
        Finding(
            code=code,
            level=Level.NOTE,
            message=f"{sentence}: {', '.join(map(repr, names))}.",
            count=len(names),
        )
        for code, names, sentence in changes
        if names
    ]


def _compact_set(headers: Sequence[str]) -> frozenset[str]:
    return frozenset(map(compact, headers)) - {""}


def _absent(headers: Sequence[str], present_headers: Sequence[str]) -> list[str]:
    present = _compact_set(present_headers)
    return [name.strip() for name in headers if compact(name) and compact(name) not in present]


def profile_of(
    mapped_sheets: Sequence[tuple[Sheet, ColumnMapping]], reading: Reading, name: str
) -> Profile:
    """Make a profile of the columns that were found, the same in every sheet.

    Raises:
        InputError: the sheets take a field from differently named columns.
    """
    choices = [_choice(*mapped_sheet) for mapped_sheet in mapped_sheets]
    for (sheet, _), choice in zip(mapped_sheets, choices, strict=True):
        if choice != choices[0]:
            raise InputError(
                f"{visible_label(sheet)} does not take its fields from the same columns as "
                f"{visible_label(mapped_sheets[0][0])}: save a profile for each."
            )
    chosen, needed = choices[0]
    headers = [header.strip() for header in mapped_sheets[0][0].header]
    for sheet, _ in mapped_sheets[1:]:
        headers += _absent(sheet.header, headers)
    return Profile(name=name, chosen=chosen, reading=reading, needed=needed, headers=tuple(headers))


def _choice(
    sheet: Sheet, mapping: ColumnMapping
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the headers of each field, and the other headers that are needed."""
    phones = tuple(column_name(sheet, at) for at in mapping.phone_numbers)
    fields = {name: (column_name(sheet, at),) for name, at in mapping.fields.items()}
    whole_name = () if mapping.full_name is None else (mapping.full_name,)
    optional = (*mapping.number_parts, *whole_name, *mapping.labels.values())
    needed = (*mapping.do_not_contact, *mapping.consent, *optional)
    names = tuple(dict.fromkeys(sheet.header[at].strip() for at in needed))
    return {"phone_number": phones} | fields, names
