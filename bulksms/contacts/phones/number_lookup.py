"""Looks digits up as a phone number: in the number table, or in `phonenumbers` itself."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

from bulksms.contacts.model import Reason
from bulksms.contacts.numbers import load_number_table

__all__ = ["NumberLookup", "has_trunk_zero", "invalid_reason", "look_up", "unparsed_reason"]

NO_COUNTRY = "ZZ"
SHORT_CODE = 6  # digits at most
IMPOSSIBLE: dict[int, Reason] = {
    ValidationResult.TOO_SHORT: Reason.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Reason.TOO_SHORT,
    ValidationResult.TOO_LONG: Reason.TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: Reason.UNKNOWN_COUNTRY,
}
UNPARSED: dict[int, Reason] = {
    NumberParseException.INVALID_COUNTRY_CODE: Reason.UNKNOWN_COUNTRY,
    NumberParseException.TOO_SHORT_AFTER_IDD: Reason.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: Reason.TOO_SHORT,
    NumberParseException.TOO_LONG: Reason.TOO_LONG,
}


class NumberLookup(NamedTuple):
    """A number as the library reads it; its type is `UNKNOWN` when it is not valid."""

    code: int
    national: str
    number_type: int
    country: str

    @property
    def phone_number(self) -> int:
        """The digits of E.164."""
        return int(f"{self.code}{self.national}")


def look_up(digits: str, region: str | None, table: Path) -> NumberLookup:
    """Read digits as a number of a region, or as what follows a + without a region.

    Raises:
        NumberParseException: they are no number at all.
    """
    return _ask_table(digits, region, table) or _ask_library(digits, region)


def _ask_table(digits: str, region: str | None, path: Path) -> NumberLookup | None:
    table = load_number_table(path)
    reading = table.read(digits.removeprefix("+"), region) if table else None
    if reading is None:
        return None
    national = digits.removeprefix("+")[reading.dropped :]
    return NumberLookup(reading.code, national, reading.kind, reading.region)


def _ask_library(digits: str, region: str | None) -> NumberLookup:
    number = phonenumbers.parse(digits, region)
    # A number of no type is what the library calls invalid; asking once is half the time.
    return NumberLookup(
        number.country_code or 0,
        phonenumbers.national_significant_number(number),
        phonenumbers.number_type(number),
        phonenumbers.region_code_for_number(number) or "",
    )


def unparsed_reason(error: NumberParseException, digits: str, region: str | None) -> Reason:
    """Explain why digits are no number at all."""
    if region == NO_COUNTRY:
        return Reason.UNKNOWN_COUNTRY
    if len(digits) <= 1:
        return Reason.TOO_SHORT
    return UNPARSED.get(error.error_type, Reason.NOT_A_NUMBER)


def invalid_reason(lookup: NumberLookup, digits: str, region: str | None) -> Reason:
    """Describe what is wrong with a number that is not valid."""
    national = lookup.national
    if region and len(digits) <= SHORT_CODE:
        number = phonenumbers.parse(digits, region)
        if is_valid_short_number_for_region(number, region):
            return Reason.SPECIAL_NUMBER
    if region and national.startswith("0") and digits[:2] != "00" and has_trunk_zero(region):
        # The library keeps the 0 to dial as a digit when the number is too short without it.
        national = national.lstrip("0") or "0"
    return _by_length(lookup.code, len(national))


@cache
def _by_length(code: int, length: int) -> Reason:
    """Describe what is wrong with a number not in use; the library looks at its length only."""
    number = PhoneNumber(country_code=code, national_number=10 ** (length - 1))
    why = phonenumbers.is_possible_number_with_reason(number)
    return IMPOSSIBLE.get(why, Reason.INVALID_NUMBER)


@cache
def has_trunk_zero(region: str) -> bool:
    """Return whether national numbers of a region are dialled with a leading 0."""
    return phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
