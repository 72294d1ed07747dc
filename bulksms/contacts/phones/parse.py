"""Parses one cell into a phone number in E.164.

`phonenumbers` is the authority; the number table answers in its place where it is proved to
agree. Rows, headers and opt-outs are unknown here.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from traceback import clear_frames

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from bulksms.contacts.cells.spelling import (
    DECIMAL_ZERO,
    clean,
    digits_destroyed,
    looks_like_a_number,
    split_numbers,
)
from bulksms.contacts.model import Reason
from bulksms.contacts.numbers import SHIPPED
from bulksms.contacts.phones.display import FICTITIOUS, SAME_DIGIT
from bulksms.contacts.phones.fictitious import fictitious_range
from bulksms.contacts.phones.number_lookup import (
    has_trunk_zero,
    invalid_reason,
    look_up,
    unparsed_reason,
)

__all__ = ["OVERSEAS", "NumberRules", "ParsedNumber", "parse_number"]

# Dialled as French numbers, with codes of their own; Mayotte has that of Réunion.
OVERSEAS = ("GP", "MQ", "GF", "RE")
OVERSEAS_NATIONAL = re.compile(r"0?[2567]\d{8}")
# Written with the code of France, as many overseas people do.
OVERSEAS_WITH_33 = re.compile(r"\+33(0?[2567]\d{8})")
FROM_ABROAD = re.compile(r"00[1-9]")
KINDS: dict[int, tuple[str, Reason | None]] = {
    PhoneNumberType.MOBILE: ("mobile", None),
    PhoneNumberType.FIXED_LINE_OR_MOBILE: ("either", None),
    PhoneNumberType.FIXED_LINE: ("landline", Reason.LANDLINE),
    PhoneNumberType.PREMIUM_RATE: ("premium", Reason.PREMIUM_RATE),
    PhoneNumberType.SHARED_COST: ("premium", Reason.PREMIUM_RATE),
}
SPECIAL = ("special", Reason.SPECIAL_NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRules:
    """Which numbers may be texted.

    Attributes:
        table: the file of the number table; one made from other metadata is not used.
    """

    allow_landlines: bool = False
    rehearsal: bool = False
    table: Path = SHIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedNumber:
    """A text as a phone number.

    Attributes:
        reason: why it cannot be texted, `None` when it can be.
        phone_number: the digits of E.164, 0 where the text is not a number.
        repaired: a lost leading zero was put back, or `.0` taken away.
        split: other numbers in the same cell were left out.
        wording: the sentence to use where that of the reason says too little.
    """

    reason: Reason | None
    phone_number: int = 0
    country: str = ""
    kind: str = ""
    repaired: bool = False
    split: bool = False
    wording: str = ""

    @property
    def e164(self) -> str:
        """The number as people write it, `""` when there is none."""
        return f"+{self.phone_number}" if self.phone_number else ""


def parse_number(text: str, region: str, rules: NumberRules) -> ParsedNumber:
    """Parse one cell."""
    if text.isascii() and text.isdecimal():
        return _parse_digits(text, region, rules)  # most cells: nothing to strip or split
    plain = clean(text)
    if not any(letter.isalnum() or letter == "#" for letter in plain):
        return ParsedNumber(reason=Reason.MISSING_NUMBER)
    if digits_destroyed(plain):
        return ParsedNumber(reason=Reason.DIGITS_LOST)
    parts = split_numbers(plain)
    if len(parts) == 1:
        return _parse_single(plain, region, rules)
    numbers = [_parse_single(clean(part), region, rules) for part in parts]
    mobiles = {
        number.phone_number: number
        for number in numbers
        if number.reason is None and number.kind in {"mobile", "either"}
    }
    if len(mobiles) == 1:
        return replace(next(iter(mobiles.values())), split=True)
    return ParsedNumber(reason=Reason.SEVERAL_NUMBERS)


def _parse_single(plain: str, region: str, rules: NumberRules) -> ParsedNumber:
    decimal = DECIMAL_ZERO.fullmatch(plain)
    written = decimal[1] if decimal else plain
    if not looks_like_a_number(written):
        return ParsedNumber(reason=Reason.NOT_A_NUMBER)
    digits = re.sub(r"\D", "", written)
    if written.lstrip("( ").startswith("+"):
        number = _parse_international(written, rules)
    else:
        number = _parse_digits(digits, region, rules)
    return replace(number, repaired=True) if decimal and number.reason is None else number


def _parse_digits(digits: str, region: str, rules: NumberRules) -> ParsedNumber:
    if FROM_ABROAD.match(digits):
        return _parse_with_code(f"+{digits[2:]}", rules)
    return _parse_national(digits, region, rules)


def _parse_international(written: str, rules: NumberRules) -> ParsedNumber:
    number = _parse_with_code("+" + re.sub(r"\D", "", written), rules)
    if _is_invalid(number) and "(0)" in written:
        # Italy keeps the zero of landlines, so it is only left out when it cannot be meant.
        return _parse_as("+" + re.sub(r"\(0\)|\D", "", written), None, rules)
    return number


def _parse_national(digits: str, region: str, rules: NumberRules) -> ParsedNumber:
    number = _parse_as(digits, region, rules)
    if _is_invalid(number) and region == "FR" and OVERSEAS_NATIONAL.fullmatch(digits):
        number = _parse_overseas(digits, rules, number)
    # Only a valid foreign number matters: why another one is invalid is not looked into.
    foreign = number
    if digits[0] != "0":
        foreign = _parse_with_code(f"+{digits}", rules, explain=False)
    if _is_invalid(number):
        return number if _is_invalid(foreign) else foreign
    if not _lost_zero(digits, number):
        return number
    if foreign.phone_number not in {0, number.phone_number} and not _is_invalid(foreign):
        # German landlines are so free in length that 49171… could be one of Leer: not meant.
        own_code = number.kind == "landline" and foreign.country == number.country
        return foreign if own_code else ParsedNumber(reason=Reason.INVALID_NUMBER)
    return replace(number, repaired=number.reason is None)


def _parse_with_code(digits: str, rules: NumberRules, *, explain: bool = True) -> ParsedNumber:
    """Parse a + and digits; +33 before an overseas number is replaced by the code it has."""
    number = _parse_as(digits, None, rules, explain=explain)
    overseas = OVERSEAS_WITH_33.fullmatch(digits)
    if overseas is None or not _is_invalid(number):
        return number
    number = _parse_overseas(overseas[1], rules, number)
    return replace(number, repaired=number.reason is None)


def _parse_overseas(digits: str, rules: NumberRules, fallback: ParsedNumber) -> ParsedNumber:
    numbers = (_parse_as(digits, region, rules, explain=False) for region in OVERSEAS)
    return next((number for number in numbers if not _is_invalid(number)), fallback)


def _is_invalid(number: ParsedNumber) -> bool:
    return not number.kind


def _lost_zero(digits: str, number: ParsedNumber) -> bool:
    code = phonenumbers.country_code_for_region(number.country)
    national = str(number.phone_number).removeprefix(str(code))
    return digits == national and has_trunk_zero(number.country)


def _parse_as(
    digits: str, region: str | None, rules: NumberRules, *, explain: bool = True
) -> ParsedNumber:
    """Parse digits in one way; without `explain`, invalid ones are not looked into."""
    try:
        lookup = look_up(digits, region, rules.table)
    except NumberParseException as error:
        clear_frames(error.__traceback__)  # the library's has a cycle, which our caller's is in
        return ParsedNumber(reason=unparsed_reason(error, digits, region))
    fictitious = fictitious_range(lookup.phone_number)
    if fictitious is not None:
        return _fictitious(lookup.phone_number, *fictitious, rules)
    if lookup.number_type == PhoneNumberType.UNKNOWN:
        why = invalid_reason(lookup, digits, region) if explain else Reason.INVALID_NUMBER
        return ParsedNumber(reason=why)
    (kind, reason), wording = KINDS.get(lookup.number_type, SPECIAL), ""
    if kind == "landline" and rules.allow_landlines:
        reason = None
    # Typed to get past a form, though someone may own such a number. Whatever else depends on
    # the very digits must be named in `equivalence._needs_own_check`.
    if reason is None and len(set(lookup.national)) == 1:
        kind, reason, wording = "placeholder", Reason.INVALID_NUMBER, SAME_DIGIT
    return ParsedNumber(
        phone_number=lookup.phone_number,
        country=lookup.country,
        kind=kind,
        reason=reason,
        wording=wording,
    )


def _fictitious(phone_number: int, region: str, kind: str, rules: NumberRules) -> ParsedNumber:
    if rules.rehearsal:
        barred = kind == "landline" and not rules.allow_landlines
        reason = Reason.LANDLINE if barred else None
        return ParsedNumber(phone_number=phone_number, country=region, kind=kind, reason=reason)
    return ParsedNumber(
        phone_number=phone_number,
        country=region,
        kind="fictitious",
        reason=Reason.INVALID_NUMBER,
        wording=FICTITIOUS,
    )
