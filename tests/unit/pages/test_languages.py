from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bulksms.pages.languages import language_of

PARIS = ZoneInfo("Europe/Paris")
MOMENT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["1,962", "€124.70", "3.1%", "Monday 30 November 2026, 10:00", "United Kingdom"]),
        (
            "fr",
            [
                "1\u202f962",
                "124,70\xa0€",
                "3,1\u202f%",
                "lundi 30 novembre 2026, 10:00",
                "Royaume-Uni",
            ],
        ),
    ],
)
def test_figures_are_written_as_the_language_writes_them(code: str, expected: list[str]) -> None:
    language = language_of(code)

    assert [
        language.number(1962),
        language.money(Decimal("124.695")),
        language.percent(61 / 1962),
        language.moment(MOMENT, PARIS),
        language.country("GB"),
    ] == expected


@pytest.mark.parametrize(
    ("code", "count", "expected"),
    [
        ("en", 1, "1 cell corrected"),
        ("en", 2, "2 cells corrected"),
        ("fr", 0, "0 cellule corrigée"),
        ("fr", 2, "2 cellules corrigées"),
    ],
)
def test_a_sentence_has_the_plural_of_its_number(code: str, count: int, expected: str) -> None:
    language = language_of(code)

    sentence = language.catalogue.ngettext(
        "%(count)s cell corrected", "%(count)s cells corrected", count
    )

    assert sentence % {"count": language.number(count)} == expected
