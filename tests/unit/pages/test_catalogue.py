from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bulksms.pages import Catalogue

PARIS = ZoneInfo("Europe/Paris")
MOMENT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def _words(language: str) -> Catalogue:
    return Catalogue(language, "bulksms.results", "report_words.toml", PARIS)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["1,962", "€124.70", "3.1 %", "Monday 30 November 2026, 10:00", "United Kingdom"]),
        (
            "fr",
            ["1\u202f962", "124,70\xa0€", "3,1 %", "lundi 30 novembre 2026, 10:00", "Royaume-Uni"],
        ),
    ],
)
def test_figures_are_written_as_the_language_writes_them(
    language: str, expected: list[str]
) -> None:
    words = _words(language)

    written = [
        words.number(1962),
        words.money(Decimal("124.695")),
        words.share(61, 1962),
        words.moment(MOMENT),
        words.country("GB"),
    ]

    assert [text.replace("Monday, ", "Monday ") for text in written] == expected


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("en", 1, "1 of 2,000 texts sent"),
        ("en", 1500, "1,500 of 2,000 texts sent"),
        ("fr", 0, "0 SMS parti sur 2\u202f000"),
        ("fr", 1500, "1\u202f500 SMS partis sur 2\u202f000"),
    ],
)
def test_a_sentence_has_the_plural_of_its_number(language: str, count: int, expected: str) -> None:
    assert _words(language).say("headline_sent", count, people=2000) == expected


def test_a_value_is_never_a_sentence_to_fill_in() -> None:
    assert "{x}" in _words("en").say("title", campaign="{x}")
