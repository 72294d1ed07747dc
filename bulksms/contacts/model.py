"""A contact, and the closed list of reasons to leave a row out."""

from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "FIELDS",
    "PARAMS",
    "SUPPRESSING",
    "VALUE_LIMIT",
    "Contact",
    "Reason",
]

PARAMS = ("param1", "param2", "param3", "param4", "param5")
FIELDS = ("first_name", "last_name", *PARAMS)
VALUE_LIMIT = 50  # characters of one field; octopush-api.md section 6.4


class Reason(StrEnum):
    """Why a row is not texted; the code is the contract, the sentence may change."""

    MISSING_NUMBER = "missing_number"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNKNOWN_COUNTRY = "unknown_country"
    INVALID_NUMBER = "invalid_number"
    LANDLINE = "landline"
    PREMIUM_RATE = "premium_rate"
    SPECIAL_NUMBER = "special_number"
    COUNTRY_NOT_ALLOWED = "country_not_allowed"
    DIGITS_LOST = "digits_lost"
    SEVERAL_NUMBERS = "several_numbers"
    FORMULA_OR_ERROR_CELL = "formula_or_error_cell"
    RAGGED_ROW = "ragged_row"
    NO_CONSENT = "no_consent"
    VALUE_TOO_LONG = "value_too_long"
    MISSING_VALUE = "missing_value"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_EMPTY = "text_empty"
    DUPLICATE = "duplicate"
    OPTED_OUT = "opted_out"
    NOT_ON_GUEST_LIST = "not_on_guest_list"
    SENT_BEFORE = "sent_before"
    BROKEN_ROW = "broken_row"
    TEXTED_LATELY = "texted_lately"
    CONSENT_EXPIRED = "consent_expired"
    DEAD_NUMBER = "dead_number"


# Left out on purpose, not for a fault of the row: counted apart from the rejected ones.
SUPPRESSING = (Reason.DUPLICATE, Reason.OPTED_OUT)


class Contact(NamedTuple):
    """A phone number in E.164, its fields, and the spreadsheet row it came from.

    A tuple instead of a dataclass, because one is made for everyone who is texted.
    """

    row: int
    phone_number: str
    first_name: str = ""
    last_name: str = ""
    param1: str = ""
    param2: str = ""
    param3: str = ""
    param4: str = ""
    param5: str = ""
