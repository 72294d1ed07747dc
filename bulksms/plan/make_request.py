"""Makes the request for a plan from the options people gave, and checks each of them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from phonenumbers import SUPPORTED_REGIONS

from bulksms.age import Age
from bulksms.campaign import Parameters, Purpose, SmsType
from bulksms.chunker import SIZE_MAX, SIZE_MIN
from bulksms.contacts import Duplicates, LongValues, OptOutList, ScreeningRules
from bulksms.contacts.columns.mapping import CHOOSABLE
from bulksms.contacts.opt_outs.consent_age import ConsentLimit
from bulksms.errors import UsageError
from bulksms.loader import ReadOptions
from bulksms.loader.corrections import read_corrections
from bulksms.loader.delimited.dialects import parse_separator
from bulksms.loader.delimited.encodings import find_codec
from bulksms.loader.display_locale import LANGUAGES, find_locale, locale_of_region
from bulksms.message import (
    EmptyValues,
    LearnedPrice,
    Tariff,
    read_tariff,
    shipped_tariff,
)
from bulksms.nearest import nearest_hint
from bulksms.plan.accepted_findings import parse_accepted_codes
from bulksms.plan.compliance import Compliance
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.options import (
    MessageOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)
from bulksms.plan.previews import parse_preview_requests
from bulksms.plan.profile_files import read_profile
from bulksms.plan.send_time import parse_hours, parse_send_at, parse_zone
from bulksms.plan.variants import TextOptions, TextsByColumn
from bulksms.text_files import read_text_file

__all__ = ["make_request", "parse_country", "read_options", "require_range"]

PERCENT = 100


def make_request(
    files: tuple[str, ...],
    options: PlanOptions,
    *,
    rehearsal: bool,
    stored_optouts: OptOutList,
    now: datetime,
    learned_price: LearnedPrice | None = None,
) -> PlanRequest:
    """Check every option and make the request for a plan.

    Raises:
        UsageError: the value of an option is not valid.
        InputError: a file that an option names cannot be read.
    """
    reading, screening, message = options.reading, options.screening, options.message
    require_range("header-row", reading.header_row, 1)
    require_range("max-rejected", screening.max_rejected, 0, PERCENT)
    require_range("max-foreign", screening.max_foreign, 0)
    require_range("frame-size", message.frame_size, SIZE_MIN, SIZE_MAX)
    region = parse_country(reading.region)
    mapping = _mapping(reading.map)
    profile = read_profile(reading.map_file) if reading.map_file else None
    parameters = _parameters(message, region, now)
    return PlanRequest(
        files=files,
        reading=read_options(reading),
        corrections=read_corrections(reading.corrections) if reading.corrections else (),
        accepted=parse_accepted_codes(screening.accept),
        chosen=(profile.chosen | mapping) if profile else mapping,
        profile=profile.without(mapping) if profile else None,
        rules=_rules(screening, region, now, rehearsal=rehearsal),
        optouts=screening.optouts,
        guests=screening.guest_list,
        stored_optouts=stored_optouts,
        parameters=parameters if message.has_text else None,
        parameters_without_text=parameters,
        frame_size=message.frame_size,
        compliance=Compliance(hours=parse_hours(options.hours), now=now),
        tariff=_tariff(message.tariff),
        learned_price=learned_price,
        text_options=_text_options(message),
        previews=parse_preview_requests(message.preview, region),
    )


def read_options(reading: ReadingOptions) -> ReadOptions:
    """Check how files are to be read.

    Raises:
        UsageError: the value of an option is not valid.
    """
    if reading.encoding:
        find_codec(reading.encoding)
    parse_separator(reading.delimiter)
    return ReadOptions(
        sheet=reading.sheet,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        no_header=reading.no_header,
        header_row=_header_row(reading),
        include_hidden=reading.include_hidden,
        locale=_locale(reading.locale, parse_country(reading.region)),
    )


def parse_country(code: str) -> str:
    """Read the two letters of a country.

    Raises:
        UsageError: no country has this code.
    """
    upper = code.strip().upper()
    if upper not in SUPPORTED_REGIONS:
        raise UsageError(
            f"{code!r} is not a country: give its two letters, such as FR.",
            code="country_unknown",
            country=code,
        )
    return upper


def _locale(tag: str | None, region: str) -> str:
    """Read the locale in which workbooks are shown; the language of the region if none is given."""
    locale = find_locale(tag or locale_of_region(region))
    if locale is None:
        raise UsageError(
            f"--locale {tag!r} is not supported: give one of the languages {', '.join(LANGUAGES)},"
            " perhaps with a country, such as fr-FR."
        )
    return locale.tag


def _rules(
    screening: ScreeningOptions, region: str, now: datetime, *, rehearsal: bool
) -> ScreeningRules:
    return ScreeningRules(
        region=region,
        allow_landlines=screening.allow_landlines,
        allowed_countries=frozenset(map(parse_country, screening.allow_country)),
        rehearsal=rehearsal,
        max_rejected=screening.max_rejected / 100,
        max_foreign=screening.max_foreign,
        consent_limit=_consent_limit(screening.consent_max_age, now),
        duplicates=Duplicates(_choice("duplicates", screening.duplicates, Duplicates)),
        long_values=LongValues(_choice("long-values", screening.long_values, LongValues)),
    )


def _consent_limit(max_age: str | None, now: datetime) -> ConsentLimit | None:
    if not max_age:
        return None
    age = Age.parse(max_age)
    return ConsentLimit(oldest=age.before(now).date(), today=now.date(), age=str(age))


def _choice(option: str, value: str, choices: Iterable[str]) -> str:
    """Check that a value is one of those an option takes."""
    valid = [str(choice) for choice in choices]
    if value not in valid:
        raise UsageError(
            f"--{option} {value!r} is not valid{nearest_hint(value, valid)}: "
            f"give {', '.join(valid[:-1])} or {valid[-1]}.",
            code="setting_invalid",
            value=str(value),
        )
    return value


def require_range(
    option: str,
    value: Decimal | float | None,
    least: int,
    most: int | None = None,
    *,
    above: bool = False,
) -> None:
    """Check that a number is in its range; with `above` the least itself is not.

    Raises:
        UsageError: it is not.
    """
    if value is None:
        return
    if least <= value and (most is None or value <= most) and not (above and value == least):
        return
    wanted = f"more than {least}" if above else f"{least} or more"
    if most is not None:
        wanted = f"a number from {least} to {most}"
    raise UsageError(
        f"--{option} {value} is not valid: give {wanted}.", code="setting_invalid", value=str(value)
    )


def _header_row(reading: ReadingOptions) -> int | None:
    if reading.no_header and reading.header_row is not None:
        raise UsageError("--no-header and --header-row exclude each other: give one of them.")
    return reading.header_row


def _mapping(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Gather the headers of each field; only the number may have several, best first."""
    mapping: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, header = (part.strip() for part in pair.partition("="))
        if not equals or not name or not header:
            raise UsageError(f"--map {pair!r} is not valid: write FIELD=HEADER.")
        if name not in CHOOSABLE:
            raise UsageError(
                f"--map has no field {name!r}{nearest_hint(name, CHOOSABLE)}: use one of "
                f"{', '.join(CHOOSABLE)}."
            )
        if name in mapping and name != "phone_number":
            raise UsageError(f"--map names {name} twice: give it one column.")
        mapping[name] = (*mapping.get(name, ()), header)
    return mapping


def _parameters(message: MessageOptions, region: str, now: datetime) -> Parameters:
    """Check every parameter of the API, also when there is no text yet."""
    zone = parse_zone(message.zone) if message.zone else None
    send_at = parse_send_at(message.send_at, now, region, zone) if message.send_at else None
    return Parameters(
        text=_text(message) or "",
        sender=message.sender,
        purpose=Purpose(_choice("purpose", message.purpose, Purpose)),
        type=SmsType(_choice("type", message.type, SmsType)),
        send_at=send_at,
        list_name=message.list_name,
        with_replies=message.with_replies,
        recipient_tracking=message.recipient_tracking,
        auto_optimize_text=message.auto_optimize_text and not message.plain,
        auto_delete_optout_contacts=message.auto_delete_optout_contacts,
        simulation_mode=message.simulate,
    )


def _text(message: MessageOptions) -> str | None:
    if message.text is not None and message.text_file is not None:
        raise UsageError("Give the message with --text or with --text-file, not with both.")
    return message.text if message.text_file is None else _message_file(message.text_file)


def _message_file(path: Path) -> str:
    text = read_text_file(path, "The text file")
    return text.replace("\r\n", "\n").rstrip("\n")


def _text_options(message: MessageOptions) -> TextOptions:
    return TextOptions(
        texts_by_column=_texts_by_column(message),
        empty=EmptyValues(_choice("empty", message.empty, EmptyValues)),
        plain=message.plain,
    )


def _texts_by_column(message: MessageOptions) -> TextsByColumn | None:
    """Gather the texts by the value of a column."""
    if not message.text_by and not message.text_for:
        return None
    if not message.text_by or not message.text_for:
        raise UsageError("--text-by HEADER and --text-for VALUE=TEXT go together: give both.")
    texts: dict[str, str] = {}
    for pair in message.text_for:
        name, equals, text = pair.partition("=")
        value = name.strip()
        if not equals or not value or not text.strip():
            raise UsageError(f"--text-for {pair!r} is not valid: write VALUE=TEXT or VALUE=@FILE.")
        if value.casefold() in map(str.casefold, texts):
            raise UsageError(f"--text-for gives two texts for {value!r}: give one.")
        texts[value] = _message_file(Path(text[1:])) if text.startswith("@") else text
    return TextsByColumn(column=message.text_by.strip(), texts=texts)


def _tariff(path: Path | None) -> Tariff:
    if path is None:
        return shipped_tariff()
    return read_tariff(read_text_file(path, "The tariff"), path.name)
