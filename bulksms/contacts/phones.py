"""E.164 for a whole column at once; `phonenumbers` is the authority.

Each distinct text is judged once. It knows nothing of rows, headers or opt-outs.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import pandas as pd
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

from bulksms.contacts.model import Reason
from bulksms.contacts.sentences import FICTION, SAME_DIGIT, sentence
from bulksms.contacts.spelling import (
    DECIMAL_ZERO,
    clean,
    digits_destroyed,
    looks_like_a_number,
    split_numbers,
)

__all__ = ["COLUMNS", "Judgement", "NumberRules", "judge", "normalise"]

TRUTHS = ("repaired", "split")
COLUMNS = ["phone_number", "country", "kind", "reason", *TRUTHS, "sentence"]
OVERSEAS = ("GP", "MQ", "GF", "RE", "YT")  # dialled as French numbers, with codes of their own
OVERSEAS_NATIONAL = re.compile(r"0?[2567]\d{8}")
FROM_ABROAD = re.compile(r"00[1-9]")
NO_COUNTRY = "ZZ"
SHORT_CODE = 6  # digits at most
KINDS: dict[int, tuple[str, Reason | None]] = {
    PhoneNumberType.MOBILE: ("mobile", None),
    PhoneNumberType.FIXED_LINE_OR_MOBILE: ("either", None),
    PhoneNumberType.FIXED_LINE: ("landline", Reason.LANDLINE),
    PhoneNumberType.PREMIUM_RATE: ("premium", Reason.PREMIUM_RATE),
    PhoneNumberType.SHARED_COST: ("premium", Reason.PREMIUM_RATE),
}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRules:
    """Which numbers may be texted."""

    allow_landlines: bool = False
    rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a text is as a number; `reason` is `None` when it can be texted.

    Attributes:
        repaired: a lost leading zero was put back, or `.0` taken away.
        split: other numbers in the same cell were left out.
        because: the sentence to use where that of the reason says too little.
    """

    phone_number: str = ""
    country: str = ""
    kind: str = ""
    reason: Reason | None = None
    repaired: bool = False
    split: bool = False
    because: str = ""


def normalise(texts: pd.Series, regions: str | pd.Series, rules: NumberRules) -> pd.DataFrame:
    """Judge a column of texts, each read in its region; the answer has the same index."""
    keys = pd.DataFrame({"text": texts.to_numpy(), "region": _as_column(regions)})
    if isinstance(regions, str):
        codes, distinct = pd.factorize(keys["text"])
        pairs = [(text, regions) for text in distinct]
    else:
        codes, joined = pd.factorize(keys["region"] + "\0" + keys["text"])
        pairs = [(text, region) for region, _, text in (key.partition("\0") for key in joined)]
    lines = [_line(text, region, rules) for text, region in pairs]
    table = pd.DataFrame(lines, columns=COLUMNS)
    dtypes = {name: "bool" if name in TRUTHS else "str" for name in COLUMNS}
    return table.astype(dtypes).take(codes).set_axis(texts.index)


def _as_column(regions: str | pd.Series) -> object:
    return regions if isinstance(regions, str) else regions.to_numpy()


def _line(text: str, region: str, rules: NumberRules) -> tuple[str | bool, ...]:
    found = judge(text, region, rules)
    if found.reason is None:
        truths = (found.repaired, found.split)
        return found.phone_number, found.country, found.kind, "", *truths, ""
    told = sentence(found.reason, text, region, found.because)
    return "", found.country, found.kind, found.reason.value, False, False, told


def judge(text: str, region: str, rules: NumberRules) -> Judgement:
    """Judge one cell."""
    if text.isascii() and text.isdecimal():
        return _judge_digits(text, region, rules)  # most cells: nothing to strip or split
    plain = clean(text)
    if not any(letter.isalnum() or letter == "#" for letter in plain):
        return Judgement(reason=Reason.MISSING_NUMBER)
    if digits_destroyed(plain):
        return Judgement(reason=Reason.DIGITS_LOST)
    parts = split_numbers(plain)
    if len(parts) == 1:
        return _judge_one(plain, region, rules)
    judged = [_judge_one(clean(part), region, rules) for part in parts]
    mobiles = {
        one.phone_number: one
        for one in judged
        if one.reason is None and one.kind in {"mobile", "either"}
    }
    if len(mobiles) == 1:
        return replace(next(iter(mobiles.values())), split=True)
    return Judgement(reason=Reason.SEVERAL_NUMBERS)


def _judge_one(plain: str, region: str, rules: NumberRules) -> Judgement:
    decimal = DECIMAL_ZERO.fullmatch(plain)
    written = decimal[1] if decimal else plain
    if not looks_like_a_number(written):
        return Judgement(reason=Reason.NOT_A_NUMBER)
    digits = re.sub(r"\D", "", written)
    if written.lstrip("( ").startswith("+"):
        found = _read_international(written, rules)
    else:
        found = _judge_digits(digits, region, rules)
    return replace(found, repaired=True) if decimal and found.reason is None else found


def _judge_digits(digits: str, region: str, rules: NumberRules) -> Judgement:
    if FROM_ABROAD.match(digits):
        return _read(f"+{digits[2:]}", None, rules)
    return _read_national(digits, region, rules)


def _read_international(written: str, rules: NumberRules) -> Judgement:
    found = _read("+" + re.sub(r"\D", "", written), None, rules)
    if _unreadable(found) and "(0)" in written:
        # Italy keeps the zero of landlines, so it is only left out when it cannot be meant.
        return _read("+" + re.sub(r"\(0\)|\D", "", written), None, rules)
    return found


def _read_national(digits: str, region: str, rules: NumberRules) -> Judgement:
    found = _read(digits, region, rules)
    if _unreadable(found) and region == "FR" and OVERSEAS_NATIONAL.fullmatch(digits):
        found = _read_overseas(digits, rules, found)
    foreign = _read(f"+{digits}", None, rules) if digits[0] != "0" else found
    if _unreadable(found):
        return found if _unreadable(foreign) else foreign
    if not _lost_zero(digits, found):
        return found
    if foreign.phone_number not in {"", found.phone_number} and not _unreadable(foreign):
        # German landlines are so free in length that 49171… could be one of Leer: not meant.
        own_code = found.kind == "landline" and foreign.country == found.country
        return foreign if own_code else Judgement(reason=Reason.INVALID_NUMBER)
    return replace(found, repaired=found.reason is None)


def _read_overseas(digits: str, rules: NumberRules, fallback: Judgement) -> Judgement:
    judged = (_read(digits, region, rules) for region in OVERSEAS)
    return next((one for one in judged if not _unreadable(one)), fallback)


def _unreadable(found: Judgement) -> bool:
    return not found.kind


def _lost_zero(digits: str, found: Judgement) -> bool:
    code = phonenumbers.country_code_for_region(found.country)
    national = found.phone_number.removeprefix(f"+{code}")
    return digits == national and _trunk_zero(found.country)


@cache
def _trunk_zero(region: str) -> bool:
    return phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"


def _read(digits: str, region: str | None, rules: NumberRules) -> Judgement:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException as error:
        return Judgement(reason=_unparsed(error, digits, region))
    written = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    imagined = fiction_range(written)
    if imagined is not None:
        return _fiction(written, *imagined, rules)
    # A number of no type is what the library calls invalid; asking once is half the time.
    number_type = phonenumbers.number_type(number)
    if number_type == PhoneNumberType.UNKNOWN:
        return Judgement(reason=_why_invalid(number, digits, region))
    country = phonenumbers.region_code_for_number(number) or ""
    kind, reason = KINDS.get(number_type, ("special", Reason.SPECIAL_NUMBER))
    if kind == "landline" and rules.allow_landlines:
        reason = None
    found = Judgement(phone_number=written, country=country, kind=kind, reason=reason)
    # A stand-in typed to get past a form, though somebody may own such a number.
    same = len(set(written.removeprefix(f"+{number.country_code}"))) == 1
    if not same or reason is not None:
        return found
    return replace(found, kind="stand-in", reason=Reason.INVALID_NUMBER, because=SAME_DIGIT)


def _fiction(written: str, region: str, kind: str, rules: NumberRules) -> Judgement:
    if rules.rehearsal:
        barred = kind == "landline" and not rules.allow_landlines
        reason = Reason.LANDLINE if barred else None
        return Judgement(phone_number=written, country=region, kind=kind, reason=reason)
    return Judgement(
        phone_number=written,
        country=region,
        kind="fiction",
        reason=Reason.INVALID_NUMBER,
        because=FICTION,
    )


def _unparsed(error: NumberParseException, digits: str, region: str | None) -> Reason:
    if region == NO_COUNTRY:
        return Reason.UNKNOWN_COUNTRY
    if len(digits) <= 1:
        return Reason.TOO_SHORT
    return UNPARSED.get(error.error_type, Reason.NOT_A_NUMBER)


def _why_invalid(number: PhoneNumber, digits: str, region: str | None) -> Reason:
    if region and len(digits) <= SHORT_CODE and is_valid_short_number_for_region(number, region):
        return Reason.SPECIAL_NUMBER
    if region and number.italian_leading_zero and digits[:2] != "00" and _trunk_zero(region):
        # The library keeps the 0 to dial as a digit when the number is too short without it.
        number.italian_leading_zero = False
    why = phonenumbers.is_possible_number_with_reason(number)
    return IMPOSSIBLE.get(why, Reason.INVALID_NUMBER)


def fiction_range(phone_number: str) -> tuple[str, str] | None:
    """Name country and kind of a range kept for fiction, `None` for a real number."""
    if not _any_fiction().fullmatch(phone_number):
        return None
    return next(
        (region, kind) for region, kind, kept in _fiction_ranges() if kept.fullmatch(phone_number)
    )


@cache
def _any_fiction() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{kept.pattern})" for _, _, kept in _fiction_ranges()))


@cache
def _fiction_ranges() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    text = resources.files("bulksms.contacts").joinpath("fiction.toml").read_text("utf-8")
    return tuple(
        (entry["region"], entry["kind"], re.compile(entry["pattern"]))
        for entry in tomllib.loads(text)["range"]
    )
