"""The JSON answers of the API: statuses, codes and their texts."""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

MESSAGES = {
    100: "POST request missing.",
    101: "Incorrect login details.",
    103: "The message has no recipients.",
    104: "Out of credit.",
    105: "Not enough credit, an order awaits validation.",
    106: "Bad sender: 3 to 11 characters of 0-9, a-z, A-Z.",
    107: "Text missing.",
    113: "Your account is not validated.",
    114: "Your account is under investigation for fraud.",
    117: "The recipient list contains no correct number.",
    120: "A message with the same request_id has already been sent.",
    121: "Mention STOP is missing.",
    128: "This campaign can no longer be cancelled.",
    131: "Campaign not found.",
    132: "Campaign already sent.",
    181: "A recipient is refused.",
    182: "Loop detected.",
    189: "The message is too long.",
    305: "Too many contacts in the request.",
    401: "Unauthorized.",
    403: "Forbidden to view.",
}
STATUSES = {101: 401, 401: 401, 403: 403}
OPTIONAL_FIELDS = ("number_of_sms_needed", "residual_credit", "message")


class AnswerStyle(StrEnum):
    """How a success is written; the API's answers were seen to differ."""

    DOCUMENTED = "documented"
    BARE = "bare"
    CODE_ZERO = "code_zero"
    NUMBERS_AS_TEXT = "numbers_as_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """An answer: a status and a JSON object, and whether a frame was accepted."""

    status: int
    body: dict[str, Any]
    accepted: bool = False


def success(status: int, fields: dict[str, Any], style: AnswerStyle) -> ApiReply:
    """Make the answer to an accepted frame."""
    match style:
        case AnswerStyle.BARE:
            fields = {name: fields[name] for name in fields if name not in OPTIONAL_FIELDS}
        case AnswerStyle.CODE_ZERO:
            fields = {**fields, "code": 0}
        case AnswerStyle.NUMBERS_AS_TEXT:
            fields = {name: str(value) for name, value in fields.items()}
        case AnswerStyle.DOCUMENTED:
            pass
    return ApiReply(status=status, body=fields)


def refusal(code: int) -> ApiReply:
    """Make the refusal with a code of the API."""
    message = MESSAGES.get(code, "Action impossible.")
    return ApiReply(status=STATUSES.get(code, 400), body={"code": code, "message": message})


def as_number(amount: Decimal) -> float:
    """Write money as the API does, as a JSON number; its shortest form has the same digits."""
    return float(amount)


def as_json(body: object) -> bytes:
    """Write a JSON answer."""
    return json.dumps(body).encode()
