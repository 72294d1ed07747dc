"""Per country, the library's own examples are judged by kind and wrong numbers by reason."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bulksms.contacts.model import Reason
from bulksms.contacts.phones.parse import NumberRules, parse_number

REAL = NumberRules()
# Not US: its example is a fiction number. Canada does not tell mobiles from landlines.
COUNTRIES = (
    "FR",
    "GP",
    "GF",
    "RE",
    "MQ",
    "YT",
    "BE",
    "CH",
    "LU",
    "DE",
    "ES",
    "IT",
    "PT",
    "GB",
    "MA",
)
BARRED = {
    PhoneNumberType.FIXED_LINE: Reason.LANDLINE,
    PhoneNumberType.PREMIUM_RATE: Reason.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: Reason.PREMIUM_RATE,
    PhoneNumberType.TOLL_FREE: Reason.SPECIAL_NUMBER,
    PhoneNumberType.VOIP: Reason.SPECIAL_NUMBER,
    PhoneNumberType.UAN: Reason.SPECIAL_NUMBER,
    PhoneNumberType.PERSONAL_NUMBER: Reason.SPECIAL_NUMBER,
    PhoneNumberType.PAGER: Reason.SPECIAL_NUMBER,
    PhoneNumberType.VOICEMAIL: Reason.SPECIAL_NUMBER,
}


def spellings(region: str, number_type: int) -> list[str]:
    example = phonenumbers.example_number_for_type(region, number_type)
    if example is None:
        return []
    formats = (
        PhoneNumberFormat.E164,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.RFC3966,
        PhoneNumberFormat.NATIONAL,
    )
    return [phonenumbers.format_number(example, style) for style in formats]


@pytest.mark.parametrize("region", COUNTRIES)
def test_the_example_mobile_of_a_country_can_be_texted(region: str) -> None:
    texts = spellings(region, PhoneNumberType.MOBILE)
    outcomes = {parse_number(text, region, REAL) for text in texts}
    assert [(parsed.e164, parsed.country, parsed.kind) for parsed in outcomes] == [
        (texts[0], region, "mobile")
    ]


@pytest.mark.parametrize("region", [*COUNTRIES, "US", "CA"])
def test_the_other_examples_of_a_country_are_refused_by_reason(region: str) -> None:
    examples = [
        (text, reason)
        for number_type, reason in BARRED.items()
        # In North America landlines cannot be distinguished from mobiles.
        if not (number_type == PhoneNumberType.FIXED_LINE and region in {"US", "CA"})
        for text in spellings(region, number_type)
    ]
    assert len(examples) >= 12
    assert [(text, parse_number(text, region, REAL).reason) for text, _ in examples] == examples


@pytest.mark.parametrize("text", ["+1 506 234 5678", "(506) 234-5678", "506-234-5678"])
def test_a_number_of_unknown_kind_is_texted(text: str) -> None:
    parsed = parse_number(text, "CA", REAL)
    assert (parsed.e164, parsed.country, parsed.kind) == ("+15062345678", "CA", "either")


@pytest.mark.parametrize(
    ("region", "text", "reason"),
    [
        ("FR", "06 12 34 56 7", Reason.TOO_SHORT),
        ("FR", "06 12 34 56 78 9", Reason.TOO_LONG),
        ("FR", "00 00 00 00 00", Reason.INVALID_NUMBER),
        ("FR", "0690 12 34 5", Reason.TOO_SHORT),
        ("RE", "0692 12 34 5", Reason.TOO_SHORT),
        ("RE", "0612 34 56 78", Reason.INVALID_NUMBER),
        ("BE", "0450 00 12", Reason.TOO_SHORT),
        ("BE", "0450 00 12 345", Reason.TOO_LONG),
        ("CH", "078 123 45 6", Reason.TOO_SHORT),
        ("CH", "078 123 45 678", Reason.INVALID_NUMBER),
        ("LU", "628 123 45", Reason.INVALID_NUMBER),
        ("LU", "+352 628 123 456 789", Reason.TOO_LONG),
        ("DE", "01512 345", Reason.INVALID_NUMBER),
        ("DE", "01512 3456 7890 1234", Reason.TOO_LONG),
        ("ES", "612 34 56 7", Reason.TOO_SHORT),
        ("ES", "612 34 56 789", Reason.TOO_LONG),
        ("ES", "412 34 56 78", Reason.INVALID_NUMBER),
        ("IT", "312 34", Reason.TOO_SHORT),
        ("IT", "+39 312 345 678 901", Reason.INVALID_NUMBER),
        ("PT", "912 345 67", Reason.TOO_SHORT),
        ("PT", "912 345 6789", Reason.TOO_LONG),
        ("PT", "512 345 678", Reason.INVALID_NUMBER),
        ("GB", "07400 12345", Reason.INVALID_NUMBER),
        ("GB", "07400 1234567", Reason.TOO_LONG),
        ("US", "(201) 555-017", Reason.TOO_SHORT),
        ("US", "(201) 456-78901", Reason.TOO_LONG),
        ("CA", "(123) 456-7890", Reason.INVALID_NUMBER),
        ("MA", "06 50 12 34 5", Reason.TOO_SHORT),
        ("MA", "06 50 12 34 56 7", Reason.TOO_LONG),
        ("MA", "01 50 12 34 56", Reason.INVALID_NUMBER),
    ],
)
def test_a_wrong_number_of_a_country_has_its_reason(region: str, text: str, reason: Reason) -> None:
    parsed = parse_number(text, region, REAL)
    assert (parsed.reason, parsed.e164) == (reason, "")


@pytest.mark.parametrize(
    "text",
    [
        "01 42 68 53 00 / 06 12 34 56 78",
        "06 12 34 56 78 ; 01 42 68 53 00",
        "0142685300\n0612345678",
        "0142685300 ou 0612345678",
        "0142685300 ::: +33612345678",
        "0612345678, 0612345678",
    ],
)
def test_the_only_mobile_of_a_cell_is_taken(text: str) -> None:
    assert parse_number(text, "FR", REAL).e164 == "+33612345678"


@pytest.mark.parametrize(
    "text", ["06 12 34 56 78 / 07 56 78 90 12", "0612345678;0756789012;0142685300"]
)
def test_two_mobiles_in_a_cell_are_nobodys_guess(text: str) -> None:
    assert parse_number(text, "FR", REAL).reason is Reason.SEVERAL_NUMBERS
