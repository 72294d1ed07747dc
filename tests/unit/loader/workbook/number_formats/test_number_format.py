"""Number formats show what three independent implementations show."""

import re
from pathlib import Path

import pytest

from bulksms.loader.display_locale import find_locale
from bulksms.loader.workbook.number_formats.built_in_formats import built_in_code
from bulksms.loader.workbook.number_formats.format_code import UnreadableFormat
from bulksms.loader.workbook.number_formats.number_format import NumberFormat

GOLDEN = Path(__file__).parents[4] / "golden" / "number_formats.tsv"
SHOWN_AS = {"": r"\e", None: r"\#"}


def golden_rows() -> list[dict[str, str]]:
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines if not line.startswith("# ")]
    return [dict(zip(header, row, strict=True)) for row in rows]


ROWS = [row for row in golden_rows() if row["confidence"] in {"agreed", "high"}]


def show(row: dict[str, str]) -> str | None:
    locale = find_locale(row["locale"])
    assert locale is not None
    code, value = row["format_code"], row["raw_value"]
    if row["builtin_id"]:
        code = built_in_code(int(row["builtin_id"]), code, locale)
    if row["value_type"] == "b":
        return locale.truth[value == "TRUE"]
    number_format = NumberFormat(code)
    if row["value_type"] == "s":
        return number_format.show_text(value)
    return number_format.show(float(value), locale, date_1904=row["date_system"] == "1904")


def normalised(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 395


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['row']} {row['locale']} {row['format_code']}" for row in ROWS]
)
def test_a_value_is_shown_as_spreadsheets_show_it(row: dict[str, str]) -> None:
    shown = show(row)
    assert normalised(SHOWN_AS.get(shown) or shown or "") == normalised(row["expected"])


@pytest.mark.parametrize(
    "code", ["jj/mm/aaaa", "Standard", "[Unknown]0", "0;0;0;@;0", "[$-411]mmmm", "0" * 2_000]
)
def test_a_code_that_no_spreadsheet_writes_is_refused(code: str) -> None:
    with pytest.raises(UnreadableFormat):
        NumberFormat(code)


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("General", "351912345678"),
        ("0.00E+00", "351912345678"),
        ("#,##0", "351912345678"),
        ('"+"#,##0', "+351912345678"),
        ("[$+351] 0", "+351 351912345678"),
        ("00000000000000", "00351912345678"),
        ("dd/mm/yyyy", "351912345678"),
    ],
)
def test_all_digits_follow_the_prefix_of_the_format(code: str, digits: str) -> None:
    assert NumberFormat(code).show_digits(351912345678) == digits


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("fr-FR", "05/03/2026"),
        ("fr-CH", "05.03.2026"),
        ("fr-CA", "2026-03-05"),
        ("fr", "05/03/2026"),
        ("de_AT", "05.03.2026"),
        ("en-US", "3/5/2026"),
        ("en-IE", "05/03/2026"),
        ("es-MX", "05/03/2026"),
        ("pt-BR", "05/03/2026"),
    ],
)
def test_the_built_in_date_follows_the_locale(tag: str, shown: str) -> None:
    locale = find_locale(tag)
    assert locale is not None
    assert NumberFormat(built_in_code(14, "", locale)).show(46086, locale) == shown


def test_other_languages_are_not_known() -> None:
    assert find_locale("nl-NL") is None


@pytest.mark.parametrize(
    ("number", "tag", "shown"),
    [
        (44, "fr-FR", ["1 234,50 €", "-1 234,50 €", "- €"]),
        (44, "en-US", ["$1,234.50", "($1,234.50)", "$-"]),
        (43, "de-DE", ["1.234,50", "-1.234,50", "-"]),
        (5, "en-GB", ["£1,235", "-£1,235", "£0"]),
        (37, "it-IT", ["1.235", "-1.235", "0"]),
        (38, "en-US", ["1,235", "(1,235)", "0"]),
        (8, "de-CH", ["1'234.50 CHF", "-1'234.50 CHF", "0.00 CHF"]),
    ],
)
def test_built_in_amounts_have_the_currency_and_the_signs_of_the_reader(
    number: int, tag: str, shown: list[str]
) -> None:
    locale = find_locale(tag)
    assert locale is not None
    number_format = NumberFormat(built_in_code(number, "", locale))
    assert [number_format.show(value, locale) for value in (1234.5, -1234.5, 0.0)] == shown


def test_a_built_in_format_of_other_languages_cannot_be_shown() -> None:
    locale = find_locale("fr-FR")
    assert locale is not None
    with pytest.raises(UnreadableFormat):
        NumberFormat(built_in_code(27, "", locale))
