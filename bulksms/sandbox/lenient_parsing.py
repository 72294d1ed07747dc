"""Reads a JSON body as leniently as the API: cast, replaced by a default, or ignored."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bulksms.sandbox.billing import PLACEHOLDERS

log = logging.getLogger(__name__)

KNOWN_FIELDS = frozenset(
    {
        "text",
        "recipients",
        "sender",
        "type",
        "purpose",
        "send_at",
        "list_name",
        "with_replies",
        "simulation_mode",
        "recipient_tracking",
        "auto_optimize_text",
        "auto_delete_optout_contacts",
        "auto_remove_blacklisted_numbers",
        "request_id",
    }
)
KNOWN_RECIPIENT_FIELDS = frozenset({"phone_number", *PLACEHOLDERS})

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_PUNCTUATION = str.maketrans("", "", " .-()\u00a0\u202f")
E164 = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_NOT_IN_SENDER = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One contact of a submission: a number in E.164 and the fields that are not empty."""

    phone_number: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A body as the API reads it; `None` is absent, `listed` counts the recipients given."""

    text: str | None
    listed: int | None
    recipients: tuple[Recipient, ...]
    sender: str | None
    type: str
    purpose: str
    send_at: datetime | None
    list_name: str | None
    request_id: str | None
    with_replies: bool
    recipient_tracking: bool
    simulation_mode: bool
    auto_optimize_text: bool
    auto_delete_optout_contacts: bool
    unknown_fields: tuple[str, ...]


def read_object(body: bytes) -> dict[str, Any] | None:
    """Parse a body as a JSON object; None when it is not one."""
    try:
        parsed_json = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed_json if isinstance(parsed_json, dict) else None


def read_submission(fields: Mapping[str, Any]) -> Submission:
    """Cast every field the API knows."""
    listed = _as_list(fields.get("recipients"))
    sender = as_text(fields.get("sender"))
    return Submission(
        text=as_text(fields.get("text")),
        listed=None if listed is None else len(listed),
        recipients=tuple(filter(None, map(_recipient, listed or ()))),
        sender=None if sender is None else _NOT_IN_SENDER.sub("", sender),
        type=_one_of(fields.get("type"), ("sms_premium", "sms_low_cost")),
        purpose=_one_of(fields.get("purpose"), ("wholesale", "alert")),
        send_at=_as_date(fields.get("send_at")),
        list_name=as_text(fields.get("list_name")),
        request_id=as_text(fields.get("request_id")),
        with_replies=_as_boolean(fields.get("with_replies"), default=False),
        recipient_tracking=_as_boolean(fields.get("recipient_tracking"), default=False),
        simulation_mode=_as_boolean(fields.get("simulation_mode"), default=False),
        auto_optimize_text=_as_boolean(fields.get("auto_optimize_text"), default=True),
        auto_delete_optout_contacts=_as_boolean(
            fields.get("auto_delete_optout_contacts")
            or fields.get("auto_remove_blacklisted_numbers"),
            default=False,
        ),
        unknown_fields=_unknown(fields, listed or []),
    )


def as_text(value: object) -> str | None:
    """Trim a text and write a number as text; nothing and "" are absent."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _as_list(value: object) -> list[Any] | None:
    """Read the recipients: an array, or an object, which is one recipient or holds several."""
    if isinstance(value, dict):
        return [value] if "phone_number" in value else list(value.values())
    return value if isinstance(value, list) else None


def _one_of(value: object, choices: tuple[str, ...]) -> str:
    """Take a known word in any case; anything else becomes the first, and the message is sent."""
    choice = (as_text(value) or "").lower()
    return choice if choice in choices else choices[0]


def _as_boolean(value: object, *, default: bool) -> bool:
    """Read true, false, 1, 0 and the words for them."""
    return _BOOLEANS.get(str(value).strip().lower(), default)


def _as_date(value: object) -> datetime | None:
    """Read a date with its offset; without one it is Central European time; else it is ignored."""
    text = as_text(value)
    if text is None:
        return None
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        log.warning("send_at %r cannot be read and is ignored: the frame is sent NOW.", text)
        return None
    return date if date.tzinfo else date.replace(tzinfo=ZoneInfo("Europe/Paris"))


def _recipient(recipient: object) -> Recipient | None:
    """Read one recipient: an object, or only its number; None without a usable number."""
    given = recipient if isinstance(recipient, dict) else {"phone_number": recipient}
    number = _as_number(given.get("phone_number"))
    if not E164.fullmatch(number):
        return None
    fields = {name: as_text(given.get(name)) for name in PLACEHOLDERS if name in given}
    return Recipient(
        phone_number=number, fields={name: text for name, text in fields.items() if text}
    )


def _as_number(value: object) -> str:
    """Read a number with + or 00 before its country code, or a JSON integer that has neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"+{value}"
    number = (as_text(value) or "").translate(_PUNCTUATION)
    return f"+{number[2:]}" if number.startswith("00") else number


def _unknown(fields: Mapping[str, Any], recipients: list[Any]) -> tuple[str, ...]:
    """Name the fields the API ignores: a typing mistake there changes what is sent."""
    unknown = set(fields) - KNOWN_FIELDS
    for recipient in recipients:
        if isinstance(recipient, dict) and not recipient.keys() <= KNOWN_RECIPIENT_FIELDS:
            unknown |= {f"recipients.{name}" for name in recipient.keys() - KNOWN_RECIPIENT_FIELDS}
    return tuple(sorted(unknown))
