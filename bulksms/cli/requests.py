"""From the options of `check` and `send` to what the use cases are asked."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from phonenumbers import SUPPORTED_REGIONS

from bulksms.campaign import Parameters, Purpose, SmsType, parse_send_at
from bulksms.cli.hours import parse_hours
from bulksms.cli.outputs import refuse_overwrites
from bulksms.contacts import Duplicates, LongValues, ScreeningRules
from bulksms.errors import InputError, UsageError
from bulksms.loader import ReadOptions
from bulksms.message import EmptyValues, Tariff, read_tariff, shipped_tariff
from bulksms.plan.accepted_findings import parse_accepted_codes
from bulksms.plan.compliance import Compliance
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.previews import parse_preview_requests
from bulksms.plan.variants import TextOptions, TextsByColumn
from bulksms.settings import Settings
from bulksms.use_cases.manage_opt_outs import stored_opt_outs

__all__ = ["country", "plan_request"]


def plan_request(
    files: tuple[str, ...], given: dict[str, Any], settings: Settings, now: datetime
) -> PlanRequest:
    """Gather what is asked about files, rules and message.

    Raises:
        UsageError: an option's value cannot be meant.
    """
    refuse_overwrites(files, given)
    region = country(given["region"])
    rules = ScreeningRules(
        region=region,
        allow_landlines=given["allow_landlines"],
        allowed_countries=frozenset(country(code) for code in given["countries"]),
        rehearsal=settings.rehearsal,
        max_rejected=given["max_rejected"] / 100,
        max_foreign=given["max_foreign"],
        duplicates=Duplicates(given["duplicates"]),
        long_values=LongValues(given["long_values"]),
    )
    told, profile = _chosen(given["maps"]), given["map_file"]
    return PlanRequest(
        files=files,
        reading=_reading(given),
        accepted=parse_accepted_codes(given["accepted"]),
        chosen=(profile.chosen | told) if profile else told,
        profile=profile.without(told) if profile else None,
        rules=rules,
        optouts=tuple(given["optouts"]),
        guests=tuple(given["guest_list"]),
        stored_optouts=stored_opt_outs(settings),
        parameters=_parameters(files, given, now),
        frame_size=given["frame_size"],
        compliance=Compliance(hours=parse_hours(given), now=now),
        tariff=_tariff(given["tariff"]),
        text_options=_writing(given),
        previews=parse_preview_requests(given["previews"], region),
    )


def _reading(given: dict[str, Any]) -> ReadOptions:
    return ReadOptions(
        sheet=given["sheet"],
        encoding=given["encoding"],
        delimiter=given["delimiter"],
        no_header=given["no_header"],
        include_hidden=given["include_hidden"],
    )


def country(code: str) -> str:
    """Read a country's two letters.

    Raises:
        UsageError: it is something else.
    """
    upper = str(code).strip().upper()
    if upper not in SUPPORTED_REGIONS:
        raise UsageError(f"{code!r} is not a country: give its two letters, like FR.")
    return upper


def _chosen(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Gather the headers of each field; only the number may have several, best first."""
    chosen: dict[str, tuple[str, ...]] = {}
    for field, header in map(_pair, pairs):
        if field in chosen and field != "phone_number":
            raise UsageError(f"--map names {field} twice: give it one column.")
        chosen[field] = (*chosen.get(field, ()), header)
    return chosen


def _pair(pair: str) -> tuple[str, str]:
    field, found, header = pair.partition("=")
    if not found or not field.strip() or not header.strip():
        raise UsageError(f"--map {pair!r} cannot be read: write FIELD=HEADER.")
    return field.strip(), header.strip()


def _parameters(files: tuple[str, ...], given: dict[str, Any], now: datetime) -> Parameters | None:
    """Check every parameter of the API, also when there is no text yet."""
    send_at = parse_send_at(given["send_at"], now) if given["send_at"] else None
    text = _text(files, given)
    checked = Parameters(
        text=text or "",
        sender=given["sender"],
        purpose=Purpose(given["purpose"]),
        type=SmsType(given["sms_type"]),
        send_at=send_at,
        list_name=given["list_name"],
        with_replies=given["with_replies"],
        recipient_tracking=given["recipient_tracking"],
        auto_optimize_text=given["auto_optimize_text"] and not given["plain"],
        auto_delete_optout_contacts=given["auto_delete_optout_contacts"],
        simulation_mode=given["simulate"],
    )
    return None if text is None and not given["text_by"] else checked


def _writing(given: dict[str, Any]) -> TextOptions:
    return TextOptions(
        texts_by_column=_texts_by_column(given),
        empty=EmptyValues(given["empty"]),
        plain=given["plain"],
    )


def _texts_by_column(given: dict[str, Any]) -> TextsByColumn | None:
    """Gather the texts by the value of a column."""
    column, told = given["text_by"], given["texts_for"]
    if not column and not told:
        return None
    if not column or not told:
        raise UsageError("--text-by HEADER and --text-for VALUE=TEXT go together: give both.")
    texts: dict[str, str] = {}
    for one in told:
        value, found, text = one.partition("=")
        if not found or not value.strip() or not text.strip():
            raise UsageError(f"--text-for {one!r} cannot be read: write VALUE=TEXT or VALUE=@FILE.")
        if value.strip().casefold() in map(str.casefold, texts):
            raise UsageError(f"--text-for gives two texts for {value.strip()!r}: give one.")
        texts[value.strip()] = _written(Path(text[1:])) if text.startswith("@") else text
    return TextsByColumn(column=column.strip(), texts=texts)


def _tariff(path: Path | None) -> Tariff:
    if path is None:
        return shipped_tariff()
    try:
        return read_tariff(path.read_text(encoding="utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError):
        raise InputError(
            f"The tariff {path} cannot be read: check its name, and save it as UTF-8."
        ) from None


def _text(files: tuple[str, ...], given: dict[str, Any]) -> str | None:
    text, path = given["text"], given["text_file"]
    if text is not None and path is not None:
        raise UsageError("Give the message with --text or with --text-file, not with both.")
    if path is None:
        return None if text is None else str(text)
    if str(path) == "-" and "-" in files:
        raise UsageError(
            "The standard input cannot be the contacts and the message: give one of them as a file."
        )
    return _written(path)


def _written(path: Path) -> str:
    """Read a text from a file, or from the standard input."""
    try:
        told = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = told.decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"The text file {path} cannot be read ({error.strerror}): check its name."
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"The text file {path} is not UTF-8: save it as UTF-8.") from None
    return text.replace("\r\n", "\n").rstrip("\n")
