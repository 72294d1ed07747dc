"""Decides which column is the number, which are names, and which the placeholders use.

Headers decide; only a column of dial codes is known by its first cells.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bulksms.contacts.cells.spelling import looks_like_a_number
from bulksms.contacts.columns.consent_headers import (
    ConsentRole,
    consent_role,
    is_consent_date,
    matches,
)
from bulksms.contacts.columns.dial_codes import area_code_column, country_column, dial_code_column
from bulksms.contacts.columns.find_column import (
    find_column,
    find_column_or_number,
    visible_label,
    without_hidden,
)
from bulksms.contacts.columns.headers import compact, is_label, phone_kind, phone_owner, words
from bulksms.contacts.columns.name_columns import name_columns
from bulksms.contacts.columns.ranking import (
    NUMBER_DIGITS,
    rank_phones,
    recognise_export,
    strangers_phones,
)
from bulksms.contacts.model import FIELDS
from bulksms.errors import MappingError, TemplateError
from bulksms.loader import Sheet
from bulksms.nearest import nearest_hint, nearest_name

__all__ = ["CHOOSABLE", "OWN_CODE", "OWN_PREFIX", "ChosenColumns", "ColumnMapping", "map_columns"]

RESERVED = frozenset({"source", "row", "phone_number", "country", "source_column"})
OWN_PREFIX = "bulksms_"  # of the columns that the program adds to the files it writes
OWN_CODE = "bulksms_code"  # why a row was left out or is to be sent again
CONSENT_DATE = "consent_date"
CHOOSABLE = ("phone_number", *FIELDS, CONSENT_DATE)
ChosenColumns = Mapping[str, tuple[str, ...]]  # headers for each field, best first


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which column, counted from 0, is the number and which are fields.

    Attributes:
        phone_numbers: the phone columns, best first.
        tiers: the rank of each phone column, from 0; columns of one tier are equally good.
        fields: the API's own fields and their columns.
        extras: the other placeholders of the text, as written there, and their columns.
        consent_roles: columns that may say who must not be texted, and how they are read.
        consent_dates: columns that say when consent was given.
        labels: for a phone column whose kind differs by row, the column that says it.
        export: the known export whose order of the phones was used, `""` for none.
    """

    phone_numbers: tuple[int, ...]
    tiers: tuple[int, ...]
    fields: dict[str, int]
    extras: dict[str, int]
    country: int | None = None
    dial_code: int | None = None
    area_code: int | None = None
    consent_roles: dict[int, ConsentRole] = field(default_factory=dict)
    consent_dates: tuple[int, ...] = ()
    full_name: int | None = None
    labels: dict[int, int] = field(default_factory=dict)
    export: str = ""

    @property
    def do_not_contact(self) -> tuple[int, ...]:
        """The columns in which an entry means no."""
        return self._columns(ConsentRole.REGISTER, ConsentRole.OPT_OUT, ConsentRole.OPT_OUT_FLAG)

    @property
    def consent(self) -> tuple[int, ...]:
        """The columns in which only a yes means yes."""
        return self._columns(ConsentRole.SMS_CONSENT, ConsentRole.SMS_STATUS)

    @property
    def number_parts(self) -> tuple[int, ...]:
        """The columns that say how the cells of the phone columns are read."""
        columns = (self.country, self.dial_code, self.area_code)
        return tuple(at for at in columns if at is not None)

    def _columns(self, *roles: ConsentRole) -> tuple[int, ...]:
        return tuple(at for at, role in self.consent_roles.items() if role in roles)


def map_columns(
    sheet: Sheet,
    chosen: ChosenColumns,
    extras: Sequence[str] = (),
    text_by: str | None = None,
) -> ColumnMapping:
    """Decide what each column is; what the user chose wins over what the headers say.

    Several phone columns may be chosen, best first; of any other field the first counts.
    `text_by` is the one of `extras` that only chooses among several texts.
    Hidden columns are never chosen, but one that says who must not be texted always counts.

    Raises:
        MappingError: no phone column, or a choice that is not a column or could be two.
        TemplateError: a placeholder of the text has no column.
    """
    whole, sheet = sheet, without_hidden(sheet)
    picked = {
        name: tuple(dict.fromkeys(_chosen_column(sheet, name, header) for header in headers))
        for name, headers in chosen.items()
    }
    consent_dates = picked.pop(CONSENT_DATE, ())
    given = {name: positions[0] for name, positions in picked.items() if name != "phone_number"}
    export = None if chosen.get("phone_number") else recognise_export(whole.header)
    phones = {at: tier for tier, at in enumerate(picked.get("phone_number", ()))}
    if not phones:
        taken = frozenset(given.values())
        phones = _phone_columns(sheet, taken, export.phones if export else ())
    owners = {at: phone_owner(sheet.header[at]) for at in phones}
    fields, full_name, owner = name_columns(sheet.header, given, owners[next(iter(phones))])
    if owner and "phone_number" not in picked:
        phones = {at: tier for at, tier in phones.items() if owners[at] == owner}
    used = {*phones, *fields.values()}
    area_code = area_code_column(sheet, used)
    return ColumnMapping(
        phone_numbers=tuple(phones),
        tiers=tuple(phones.values()),
        fields=fields,
        extras=_extra_columns(sheet, extras, fields, text_by, split_name=full_name is not None),
        country=country_column(sheet, used),
        dial_code=dial_code_column(
            sheet, used if area_code is None else used | {area_code}, phones
        ),
        area_code=area_code,
        consent_roles=_consent_roles(whole, phones, fields, full_name),
        consent_dates=consent_dates or _consent_dates(whole),
        full_name=full_name,
        labels=_labels(sheet, phones),
        export=export.name if export else "",
    )


def _chosen_column(sheet: Sheet, name: str, header: str) -> int:
    position = find_column_or_number(sheet, header)
    if position is not None:
        return position
    raise MappingError(
        f"The column {header!r} given for {name} is not in {visible_label(sheet)}"
        f"{nearest_hint(header, sheet.header, compact)}: give a header, or a column number "
        f"from 1 to {sheet.rows.width}.",
        code="column_missing",
        header=str(header),
    )


def _phone_columns(
    sheet: Sheet, taken: frozenset[int], export_order: Sequence[str]
) -> dict[int, int]:
    """Rank the phone columns by their headers, best first, each with its tier."""
    ranked = rank_phones(sheet.header, taken, export_order)
    if not ranked:
        shown = ", ".join(repr(header) for header in sheet.header if header.strip())
        raise MappingError(
            f"No column of {visible_label(sheet)} looks like a phone number column "
            f"(its columns: {shown}): {_phone_column_advice(sheet)}.",
            code="no_number_column",
        )
    rivals = strangers_phones(sheet.header, ranked, export_order)
    if rivals:
        shown = ", ".join(repr(sheet.header[at].strip()) for at in rivals)
        raise MappingError(
            f"Columns {shown} of {visible_label(sheet)} may be the phones of different people: "
            "say which it is with --map phone_number=HEADER.",
            code="no_number_column",
        )
    return ranked


def _phone_column_advice(sheet: Sheet) -> str:
    """Describe how to give the phone column; a number among the headers belongs to a contact."""
    position = next((at for at, cell in enumerate(sheet.header, 1) if _is_a_number(cell)), None)
    if position is None:
        below = any(finding.code == "two_header_rows" for finding in sheet.findings)
        lower = ", or choose the row of words below it with --header-row" if below else ""
        return f"say which it is with --map phone_number=HEADER{lower}"
    return f"if its first row is a contact, add --no-header --map phone_number={position}"


def _is_a_number(cell: str) -> bool:
    return looks_like_a_number(cell.strip()) and sum(map(str.isdigit, cell)) >= NUMBER_DIGITS


def _labels(sheet: Sheet, phones: Iterable[int]) -> dict[int, int]:
    return {
        phone: at
        for phone in phones
        for at, header in enumerate(sheet.header)
        if is_label(header, sheet.header[phone])
    }


def _consent_roles(
    sheet: Sheet, phones: Iterable[int], fields: Mapping[str, int], full_name: int | None
) -> dict[int, ConsentRole]:
    """Return the role of every column but names; a phone column may hold "do not call", or a no."""
    names = {fields.get("first_name"), fields.get("last_name"), full_name} - {None}
    without_role: set[int | None] = {*names}
    if OWN_CODE in sheet.header:
        # A file that the program wrote: this column says who opted out, and its sentences do not.
        own = (at for at, name in enumerate(sheet.header) if name.startswith(OWN_PREFIX))
        without_role.update(own)
    roles = {
        at: role
        for at, header in enumerate(sheet.header)
        if at not in without_role and (role := consent_role(header)) is not None
    }
    roles |= {at: ConsentRole.NAME for at in names if at is not None}
    decided = (ConsentRole.STATUS, ConsentRole.PREFERENCE, ConsentRole.REMARK)
    for at in phones:
        may_say_no = (
            phone_kind(sheet.header[at]) == "sms" or roles.get(at) is ConsentRole.MEMBERSHIP
        )
        roles[at] = ConsentRole.MEMBERSHIP if may_say_no else ConsentRole.REMARK
    return dict(sorted(roles.items(), key=lambda entry: (entry[1] in decided, entry[0])))


def _consent_dates(sheet: Sheet) -> tuple[int, ...]:
    """Find the columns that say when consent was given; those about texts, where there are any."""
    dates = [at for at, header in enumerate(sheet.header) if is_consent_date(header)]
    about_sms = [at for at in dates if matches("channel", "sms", " ".join(words(sheet.header[at])))]
    return tuple(about_sms or dates)


def _extra_columns(
    sheet: Sheet,
    extras: Sequence[str],
    fields: Mapping[str, int],
    text_by: str | None,
    *,
    split_name: bool,
) -> dict[str, int]:
    columns: dict[str, int] = {}
    for name in extras:
        if name in fields or (split_name and name in {"first_name", "last_name"}):
            continue
        if name in RESERVED:
            raise TemplateError(
                f"The placeholder {{{name}}} is a name the program uses itself: "
                f"write it as {{{name.capitalize()}}}.",
                code="placeholder_reserved",
                name=name,
                better=name.capitalize(),
            )
        position = None if name in FIELDS else find_column(sheet, name, TemplateError)
        if position is None:
            advice = f", or say which column it is with --map {name}=HEADER"
            advice = advice if name in FIELDS else ""
            used = f"--text-by names {name!r}" if name == text_by else f"The text uses {{{name}}}"
            unknown = f"{used}, which is not a column of {visible_label(sheet)}"
            remedy = "correct it" if name == text_by else "correct the text"
            nearest = nearest_name(name, (*sheet.header, *fields), compact)
            if nearest:
                raise TemplateError(
                    f"{unknown} (did you mean {nearest!r}?): {remedy}{advice}.",
                    code="placeholder_misspelt",
                    name=name,
                    nearest=nearest,
                )
            raise TemplateError(
                f"{unknown}: {remedy}{advice}.", code="placeholder_unknown", name=name
            )
        columns[name] = position
    return columns
