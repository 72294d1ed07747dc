"""A saved choice of columns: what it says, whether a file still fits it, and how one is made.

It must not know where profiles are kept, nor what the reading options mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bulksms.contacts.columns.headers import compact
from bulksms.contacts.columns.lookup import find_or_count, name_of, seen, where
from bulksms.contacts.columns.mapping import CHOOSABLE, Chosen, ColumnMapping
from bulksms.errors import InputError, MappingError, ProfileError
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet
from bulksms.nearest import nearest_hint

__all__ = ["Profile", "check_profile", "parse_profile", "profile_of"]

Reading = Mapping[str, str | bool]
READING: dict[str, type] = {
    "region": str,
    "sheet": str,
    "encoding": str,
    "delimiter": str,
    "no_header": bool,
    "include_hidden": bool,
}
LISTS = ("needed", "headers")
WORDS = (*CHOOSABLE, *READING, *LISTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A saved choice of columns.

    Attributes:
        name: what its file is called.
        chosen: the headers of each field, best first.
        reading: options of how the file is read, under the names of the command line.
        needed: headers that must be there too: whose column says who is not to be texted,
            the country, the kind of a number, or whole names.
        headers: the header row it was made from and what other files had besides; empty
            when nobody wrote it down.
    """

    name: str
    chosen: dict[str, tuple[str, ...]]
    reading: Reading = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def without(self, fields: Chosen) -> "Profile":
        """Leave out what is chosen elsewhere."""
        kept = {name: told for name, told in self.chosen.items() if name not in fields}
        return replace(self, chosen=kept)

    def as_table(self) -> dict[str, object]:
        """Write the profile in plain values, as `parse_profile` reads them."""
        fields = {name: told[0] for name, told in self.chosen.items() if name != "phone_number"}
        phones = {"phone_number": list(self.chosen["phone_number"])}
        lists = {"needed": list(self.needed), "headers": list(self.headers)}
        return {**phones, **fields, **self.reading, **lists}


def parse_profile(told: Mapping[str, object], name: str) -> Profile:
    """Read a profile from plain values.

    Raises:
        MappingError: it has a word that no profile has, or a value that cannot be meant.
    """
    for word, value in told.items():
        _check(word, value, name)
    texts = {word: _listed(value) for word, value in told.items() if word not in READING}
    reading = {word: value for word, value in told.items() if isinstance(value, str | bool)}
    return Profile(
        name=name,
        chosen={word: headers for word, headers in texts.items() if word in CHOOSABLE},
        reading={word: value for word, value in reading.items() if word in READING},
        needed=texts.get("needed", ()),
        headers=texts.get("headers", ()),
    )


def _check(word: str, value: object, name: str) -> None:
    if word not in WORDS:
        raise MappingError(
            f"The profile {name} says {word!r}, which is no word of a profile"
            f"{nearest_hint(word, WORDS, compact)}: use {', '.join(WORDS)}."
        )
    wanted = _wanted(word, value)
    if wanted:
        raise MappingError(f"The profile {name} gives {value!r} for {word}: write {wanted} there.")


def _wanted(word: str, value: object) -> str:
    """Say what belongs beside a word; nothing when it stands there."""
    if isinstance(value, list) and word in (*LISTS, "phone_number"):
        texts = all(isinstance(header, str) for header in value)
        return "" if texts and (value or word in LISTS) else "headers"
    if word in LISTS:
        return "a list of headers"
    kind = READING.get(word, str)
    if isinstance(value, kind) and value != "":
        return ""
    return "true or false" if kind is bool else "one text"


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def check_profile(profile: Profile, sheet: Sheet) -> list[Finding]:
    """Tell which columns came or went since the profile was made; those it names must be there.

    Raises:
        ProfileError: a column that the profile names has gone.
        MappingError: so has most else, so that this is another kind of sheet.
    """
    gone = _gone(profile, sheet)
    if gone:
        field_name, header = gone[0]
        use = f"takes {field_name} from" if field_name else "needs"
        advice = f", or choose with --map {field_name}=HEADER" if field_name else ""
        error = ProfileError if _same_kind(profile, sheet) else MappingError
        raise error(
            f"The profile {profile.name} {use} the column {header!r}, which is not in "
            f"{where(sheet)}{nearest_hint(header, sheet.header, compact)}: "
            f"correct the profile{advice}."
        )
    return _changes(profile, sheet) if profile.headers else []


def _gone(profile: Profile, sheet: Sheet) -> list[tuple[str, str]]:
    runs = _runs(sheet.header)
    chosen = [
        (name, header)
        for name, headers in profile.chosen.items()
        for header in headers
        if not _stands(profile, sheet, header)
    ]
    return chosen + [("", header) for header in profile.needed if compact(header) not in runs]


def _stands(profile: Profile, sheet: Sheet, header: str) -> bool:
    at = find_or_count(seen(sheet), header)
    if at is None or compact(sheet.header[at]) == compact(header) or at >= len(profile.headers):
        return at is not None
    # A column known by its number alone must still be called what it was called.
    return compact(profile.headers[at]) == compact(sheet.header[at])


def _same_kind(profile: Profile, sheet: Sheet) -> bool:
    named = [header for headers in profile.chosen.values() for header in headers]
    known = _runs(profile.headers or (*named, *profile.needed))
    return 2 * len(known & _runs(sheet.header)) >= len(known)


def _changes(profile: Profile, sheet: Sheet) -> list[Finding]:
    told = f"that the profile {profile.name} was made with"
    came = _missing(sheet.header, profile.headers)
    went = _missing(profile.headers, sheet.header)
    changes = (
        ("new_columns", came, f"{where(sheet)} has columns besides those {told}"),
        ("missing_columns", went, f"{where(sheet)} lacks columns {told}, which no field needs"),
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


def _runs(headers: Sequence[str]) -> frozenset[str]:
    return frozenset(map(compact, headers)) - {""}


def _missing(headers: Sequence[str], known: Sequence[str]) -> list[str]:
    runs = _runs(known)
    return [name.strip() for name in headers if compact(name) and compact(name) not in runs]


def profile_of(
    pairs: Sequence[tuple[Sheet, ColumnMapping]], reading: Reading, name: str
) -> Profile:
    """Make a profile of the columns that were found, the same in every sheet.

    Raises:
        InputError: the sheets take a field from differently named columns.
    """
    found = [_found(*pair) for pair in pairs]
    for (sheet, _), other in zip(pairs, found, strict=True):
        if other != found[0]:
            raise InputError(
                f"{where(sheet)} does not take its fields from the same columns as "
                f"{where(pairs[0][0])}: save a profile for each."
            )
    chosen, needed = found[0]
    headers = [header.strip() for header in pairs[0][0].header]
    for sheet, _ in pairs[1:]:
        headers += _missing(sheet.header, headers)
    return Profile(name=name, chosen=chosen, reading=reading, needed=needed, headers=tuple(headers))


def _found(
    sheet: Sheet, mapping: ColumnMapping
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    phones = tuple(name_of(sheet, at) for at in mapping.phone_numbers)
    fields = {name: (name_of(sheet, at),) for name, at in mapping.fields.items()}
    one = (at for at in (mapping.country, mapping.full_name) if at is not None)
    needed = (*mapping.do_not_contact, *mapping.consent, *one, *mapping.labels.values())
    names = tuple(dict.fromkeys(sheet.header[at].strip() for at in needed))
    return {"phone_number": phones} | fields, names
