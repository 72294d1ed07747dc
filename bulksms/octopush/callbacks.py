"""Reads what the API says of a message afterwards: delivery receipts, replies and STOPs.

The API's pages and what was seen disagree on names and forms, so names are read in any case, a
number with or without `+`, and numbers as texts (octopush-api.md section 9).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bulksms.octopush.delivery_states import known_status

__all__ = ["Callback", "CallbackKind", "read_callback", "read_number"]

LONGEST = 200  # characters of a ticket or a date; longer ones are not the API's
LONGEST_TEXT = 2_000
TICKET_NAMES = ("message_id", "ticket", "sms_ticket")
NUMBER_NAMES = ("number", "phone_number", "recipient")
STATUS_NAMES = ("status", "delivery_status")
DELIVERY_DATES = ("delivery_date", "date")
REPLY_DATES = ("reception_date", "answer_date")
STOP_DATES = ("stop_date",)
_DIGITS = re.compile(r"[0-9]{7,15}")


class CallbackKind(StrEnum):
    """The kind of a callback."""

    DELIVERY = "delivery"
    REPLY = "reply"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback; a repeated one is equal.

    Attributes:
        phone_number: the digits of E.164.
        ticket: that of the frame; empty when the API does not say it.
        status: of a delivery, a code of delivery_states.toml.
        text: of a reply or a STOP.
        date: as the API wrote it: its zone is not documented, so it is only shown.
    """

    kind: CallbackKind
    phone_number: int
    ticket: str = ""
    status: str = ""
    text: str = ""
    date: str = ""


def read_callback(payload: Mapping[str, object]) -> Callback | None:
    """Read a callback from its fields; `None` when it is none."""
    fields = {str(name).strip().lower(): value for name, value in payload.items()}
    number = read_number(_first(fields, NUMBER_NAMES))
    if number is None:
        return None
    ticket = _first(fields, TICKET_NAMES)[:LONGEST]
    status = _first(fields, STATUS_NAMES)
    if status:
        return Callback(
            kind=CallbackKind.DELIVERY,
            phone_number=number,
            ticket=ticket,
            status=known_status(status),
            date=_first(fields, DELIVERY_DATES)[:LONGEST],
        )
    text = _first(fields, ("text",))[:LONGEST_TEXT]
    for kind, dates in ((CallbackKind.STOP, STOP_DATES), (CallbackKind.REPLY, REPLY_DATES)):
        if date := _first(fields, dates):
            return Callback(
                kind=kind, phone_number=number, ticket=ticket, text=text, date=date[:LONGEST]
            )
    return None


def read_number(text: str) -> int | None:
    """Read a number in E.164, with or without its plus; `None` when it is none."""
    digits = re.sub(r"[\s().-]", "", text).removeprefix("+").removeprefix("00")
    return int(digits) if _DIGITS.fullmatch(digits) else None


def _first(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    """Return the first of some fields that is there, as text."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""
