"""Every spelling of a number gives one E.164 form; every wrong one its own reason."""

import gc
import weakref

import pandas as pd
import pytest

from bulksms.contacts.model import Reason
from bulksms.contacts.phones.display import FICTITIOUS
from bulksms.contacts.phones.parse import NumberRules, parse_number
from tests.numbers.normalising import normalise

REHEARSAL = NumberRules(rehearsal=True)
REAL = NumberRules()


@pytest.mark.parametrize(
    "text",
    [
        "06 39 98 12 34",
        "0639981234",
        "06.39.98.12.34",
        "06-39-98-12-34",
        "06/39/98/12/34",
        "+33639981234",
        "+33 (0)6 39 98 12 34",
        "0033639981234",
        "00 33 (0)6.39.98.12.34",
        "33639981234",
        "'0639981234",
        '="0639981234"',
        "tel:+33-6-39-98-12-34",
        "p:+33639981234",
        "Tél. : 06 39 98 12 34",
        "06\u202f39\u202f98\u202f12\u202f34",
        "06\u00a039\u00a098\u00a012\u00a034",
        "\u202a+33639981234\u202c",
        "06\u201139\u201198\u201112\u201134",
        "\uff10\uff16\uff13\uff19\uff19\uff18\uff11\uff12\uff13\uff14",
        "٠٦٣٩٩٨١٢٣٤",
        "\u200b0639981234\ufeff",
        "0639981234;",
    ],
)
def test_spellings_give_one_number(text: str) -> None:
    parsed = parse_number(text, "FR", REHEARSAL)
    assert (parsed.e164, parsed.country, parsed.repaired) == ("+33639981234", "FR", False)


@pytest.mark.parametrize("text", ["639981234", "0639981234.0", "33639981234.0", "6 39 98 12 34"])
def test_a_mended_number_is_counted_as_repaired(text: str) -> None:
    parsed = parse_number(text, "FR", REHEARSAL)
    assert (parsed.e164, parsed.repaired) == ("+33639981234", True)


@pytest.mark.parametrize(
    ("text", "region", "number", "country"),
    [
        ("07700 900123", "GB", "+447700900123", "GB"),
        ("447700900123", "FR", "+447700900123", "GB"),
        ("(212) 555-0123", "US", "+12125550123", "US"),
        ("0701740605", "SE", "+46701740605", "SE"),
        ("0491 570 156", "AU", "+61491570156", "AU"),
    ],
)
def test_fiction_is_a_mobile_in_a_rehearsal_only(
    text: str, region: str, number: str, country: str
) -> None:
    parsed = parse_number(text, region, REHEARSAL)
    assert (parsed.e164, parsed.country, parsed.kind) == (number, country, "mobile")
    refused = parse_number(text, region, REAL)
    assert (refused.reason, refused.wording) == (Reason.INVALID_NUMBER, FICTITIOUS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.MISSING_NUMBER),
        (" - ", Reason.MISSING_NUMBER),
        ("N/A", Reason.NOT_A_NUMBER),
        ("06 39 98 12 34 (Eva)", Reason.NOT_A_NUMBER),
        ("O639981234", Reason.NOT_A_NUMBER),
        ("0639981234 ext 12", Reason.NOT_A_NUMBER),
        ("0639981234/12", Reason.NOT_A_NUMBER),
        ("063998123²", Reason.NOT_A_NUMBER),
        ("0639981234.5", Reason.NOT_A_NUMBER),
        ("0639981234.00", Reason.NOT_A_NUMBER),
        ("3.36E+10", Reason.DIGITS_LOST),
        ("3,36E+10", Reason.DIGITS_LOST),
        ("########", Reason.DIGITS_LOST),
        ("06399", Reason.TOO_SHORT),
        ("0", Reason.TOO_SHORT),
        ("06399812345678", Reason.TOO_LONG),
        ("+999123456789", Reason.UNKNOWN_COUNTRY),
        ("0000000000", Reason.INVALID_NUMBER),
        ("0199001234", Reason.INVALID_NUMBER),
        ("0142685300", Reason.LANDLINE),
        ("0899123456", Reason.PREMIUM_RATE),
        ("0800123456", Reason.SPECIAL_NUMBER),
        ("3639", Reason.SPECIAL_NUMBER),
        ("0639981234 / 0639981235", Reason.SEVERAL_NUMBERS),
        ("0142685300 ; 0142685301", Reason.SEVERAL_NUMBERS),
    ],
)
def test_a_wrong_number_has_its_reason(text: str, reason: Reason) -> None:
    assert parse_number(text, "FR", REAL if "0199" in text else REHEARSAL).reason is reason


@pytest.mark.parametrize(
    "text",
    [
        "01 42 68 53 00 / 06 39 98 12 34",
        "0639981234 ::: 0142685300",
        "0142685300\n0639981234",
        "01 42 68 53 00 ou 06 39 98 12 34",
        "+33142685300 +33639981234",
        "0142685300 0639981234",
        "06 39 98 12 34, +33639981234",
    ],
)
def test_of_several_numbers_the_only_mobile_is_taken(text: str) -> None:
    assert parse_number(text, "FR", REHEARSAL).e164 == "+33639981234"


@pytest.mark.parametrize(
    ("text", "number", "country"),
    [
        ("0690 00 12 34", "+590690001234", "GP"),
        ("0696 20 12 34", "+596696201234", "MQ"),
        ("0694 20 12 34", "+594694201234", "GF"),
        ("0692 12 34 56", "+262692123456", "RE"),
        ("0639 01 23 45", "+262639012345", "YT"),
    ],
)
def test_overseas_numbers_of_france_are_read_as_dialled(
    text: str, number: str, country: str
) -> None:
    parsed = parse_number(text, "FR", REAL)
    assert (parsed.e164, parsed.country) == (number, country)


def test_landlines_are_taken_when_allowed() -> None:
    parsed = parse_number("0142685300", "FR", NumberRules(allow_landlines=True))
    assert (parsed.e164, parsed.kind, parsed.reason) == ("+33142685300", "landline", None)


def test_a_column_is_judged_in_the_region_of_each_row() -> None:
    texts = pd.Series(["07700 900123", "06 39 98 12 34", "06 39 98 12 34"], index=[7, 9, 11])
    regions = pd.Series(["GB", "FR", "ZZ"], index=[7, 9, 11])
    table = normalise(texts, regions, REHEARSAL)
    assert table.index.tolist() == [7, 9, 11]
    assert table["phone_number"].tolist() == ["+447700900123", "+33639981234", ""]
    assert table["reason"].tolist() == ["", "", "unknown_country"]


def test_the_sentence_for_fiction_says_where_it_is_accepted() -> None:
    table = normalise(pd.Series(["0639981234"]), "FR", REAL)
    assert table["sentence"].item() == (
        "'0639981234' is in a range reserved for fiction, which only a rehearsal accepts: "
        "give a real number."
    )


def test_no_texts_give_an_empty_table() -> None:
    assert normalise(pd.Series([], dtype="str"), "FR", REAL).empty


def test_a_country_code_without_plus_beats_an_improbable_landline() -> None:
    parsed = parse_number("4915123456789", "DE", REAL)
    assert (parsed.e164, parsed.kind) == ("+4915123456789", "mobile")


def test_a_trunk_zero_in_brackets_is_left_out_where_it_cannot_be_dialled() -> None:
    assert parse_number("+34 (0)612 345 678", "FR", REAL).e164 == "+34612345678"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("0666666666", "FR"),
        ("+33 7 77 77 77 77", "FR"),
        ("07777 777777", "GB"),
        ("666666666", "ES"),
    ],
)
def test_a_number_of_one_repeated_digit_is_refused(text: str, region: str) -> None:
    table = normalise(pd.Series([text]), region, REAL)
    assert table["reason"].item() == "invalid_number"
    assert "repeats one digit and is not a real number" in table["sentence"].item()


def test_a_mobile_beside_other_numbers_is_marked() -> None:
    assert parse_number("0142685300 / 0639981234", "FR", REHEARSAL).split
    assert not parse_number("0639981234", "FR", REHEARSAL).split


@pytest.mark.parametrize(
    ("text", "number"),
    [("🇪🇸 612345314", ""), ("612345314 🇪🇸", ""), ("🇪🇸 +34 612345314", "+34612345314"),
     ("+33 6 12 34 53 14 🇫🇷", "+33612345314"), ("📱 0612345314", "+33612345314"),
     ("🇫🇷 0612345314", "+33612345314"), ("🇨🇭 079 123 42 02", "")],
)  # fmt: skip
def test_a_flag_is_no_mere_picture_beside_a_number_without_a_code(text: str, number: str) -> None:
    assert parse_number(text, "FR", NumberRules(rehearsal=True)).e164 == number


class Texts:
    """What a caller has in memory while it parses."""


@pytest.mark.parametrize("text", ["+999123456", "+0612", "00"])
def test_a_text_that_is_no_number_keeps_nothing_of_the_caller_in_memory(text: str) -> None:
    def parse_one_of_many() -> weakref.ref[Texts]:
        texts = Texts()
        assert parse_number(text, "FR", REAL).reason is not None
        return weakref.ref(texts)

    gc.disable()
    try:
        assert parse_one_of_many()() is None
    finally:
        gc.enable()
