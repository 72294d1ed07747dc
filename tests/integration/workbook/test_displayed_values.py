"""A cell is the text that its reader sees, from its value and its number format."""

import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt  # type: ignore[import-untyped]

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, screen
from bulksms.finding import Level
from bulksms.loader import ReadOptions, Sheet, open_sheets
from bulksms.loader.sheets import read_sheets

CASES = Path(__file__).parents[2] / "cases"
# The column `Vu` of the file has these as an English reader sees them.
ENGLISH = {"15.5%", "12.50", "€ 1,500", "1,234.50"}
SHOWN: list[tuple[float, str, str, str]] = [
    (0.2, "0%", "20%", "20%"),
    (0.155, "0.0%", "15,5%", "15.5%"),
    (12.5, '#,##0.00 "€"', "12,50 €", "12.50 €"),
    (46086, "dd/mm/yyyy", "05/03/2026", "05/03/2026"),
    (46086, "[$-407]d. mmmm yyyy", "5. März 2026", "5. März 2026"),
    (46086.604166666664, "dd/mm/yyyy hh:mm", "05/03/2026 14:30", "05/03/2026 14:30"),
    (1.0625, "[h]:mm", "25:30", "25:30"),
    (42, '"Réf. "00000', "Réf. 00042", "Réf. 00042"),
    (120, '0" pts"', "120 pts", "120 pts"),
    (0.5, "# ?/?", "1/2", "1/2"),
    (150, '[>=100]"gold";[<0]"debt";0', "gold", "gold"),
    (12345, "0.0E+0", "1,2E+4", "1.2E+4"),
    (1234.5, "#,##0.00;[Red]-#,##0.00", "1 234,50", "1,234.50"),
    (46086, "dddd", "jeudi", "Thursday"),
]


def column(sheet: Sheet, name: str) -> list[str]:
    texts: list[str] = sheet.rows.column(sheet.header.index(name)).to_pylist()
    return texts


def write_xlsx(values: Sequence[tuple[float, str]], *, date_1904: bool = False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": date_1904}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["value"])
        for row, (value, code) in enumerate(values, start=1):
            page.write_number(row, 0, value, book.add_format({"num_format": code}))
    return out.getvalue()


def write_xls(values: Sequence[tuple[float, str]], *, date_1904: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlwt.Workbook()
    book.dates_1904 = date_1904
    page = book.add_sheet("Sheet")
    page.write(0, 0, "value")
    for row, (value, code) in enumerate(values, start=1):
        page.write(row, 0, value, xlwt.easyxf(num_format_str=code))
    book.save(out)
    return out.getvalue()


WRITERS = {"xlsx": write_xlsx, "xls": write_xls}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize(("locale", "shown"), [("fr-FR", 2), ("en-US", 3)])
def test_a_value_is_shown_by_its_format_in_the_locale_of_the_reader(
    suffix: str, locale: str, shown: int
) -> None:
    data = WRITERS[suffix]([(row[0], row[1]) for row in SHOWN])
    (sheet,) = read_sheets(data, f"a.{suffix}", ReadOptions(locale=locale))
    assert column(sheet, "value") == [row[shown] for row in SHOWN]


@pytest.mark.parametrize("suffix", WRITERS)
def test_days_are_counted_from_1904_where_the_file_says_so(suffix: str) -> None:
    data = WRITERS[suffix]([(44624, "dd/mm/yyyy")], date_1904=True)
    (sheet,) = read_sheets(data, f"a.{suffix}")
    assert column(sheet, "value") == ["05/03/2026"]


def test_what_excel_shows_in_french_is_what_is_read() -> None:
    (french,) = open_sheets(CASES / "displayed_values.xlsx", ReadOptions(locale="fr-FR"))
    (english,) = open_sheets(CASES / "displayed_values.xlsx", ReadOptions(locale="en-US"))
    columns = (column(french, "Valeur"), column(english, "Valeur"), column(french, "Vu"))
    rows = list(zip(*columns, strict=True))
    assert len(rows) == 29
    for in_french, in_english, expected in rows:
        assert (in_english if expected in ENGLISH else in_french) == expected
    assert french.findings == ()


def test_an_ods_shows_its_own_text() -> None:
    (sheet,) = open_sheets(CASES / "displayed_values.ods", ReadOptions(locale="en-US"))
    shown = ["20 %", "12,50 €", "5 mars 2026", "14:30", "1 500", "05/03/26 14:30"]
    assert column(sheet, "Valeur") == column(sheet, "Vu") == shown


def test_a_prefix_in_the_format_is_part_of_the_number() -> None:
    (sheet,) = open_sheets(CASES / "number_prefix_in_format.xlsx")
    assert column(sheet, "Portable") == [
        "+34 612 345 201",
        "+41 79 123 42 02",
        "(+212) 612345203",
        "0034612345204",
        "0034 612345205",
        "+34 612345206",
        "+34 612 34 52 07",
        "+212 612345208",
    ]


def test_a_prefix_in_the_text_of_an_ods_is_part_of_the_number() -> None:
    (sheet,) = open_sheets(CASES / "number_prefix_in_format.ods")
    numbers = ["+34 612345001", "+33 6 12 34 26 12", "06 12 34 26 13"]
    assert column(sheet, "Portable") == numbers


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_digits_of_a_number_are_kept_beside_a_text_without_them(suffix: str) -> None:
    values = [
        (33639980001, "0.00E+00"),
        (639980002, '"+33 "#,##0.00'),
        (639980003, "00 00 00 00 00"),
        (351912345678, "General"),
    ]
    data = WRITERS[suffix](values)
    (sheet,) = read_sheets(data, f"a.{suffix}", ReadOptions(locale="en-US"))
    assert column(sheet, "value") == [
        "3.36E+10",
        "+33 639,980,002.00",
        "06 39 98 00 03",
        "351912345678",
    ]
    assert sheet.digits.cells.tolist() == [[0, 0], [1, 0]]
    assert sheet.digits.texts == ("33639980001", "+33639980002")


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_format_that_cannot_be_shown_is_a_warning_that_names_the_column(suffix: str) -> None:
    data = WRITERS[suffix]([(46086, "jj/mm/aaaa")])
    (sheet,) = read_sheets(data, f"a.{suffix}")
    (finding,) = sheet.findings
    assert (finding.code, finding.level) == ("number_format", Level.WARNING)
    assert finding.message == (
        'Column "value" has a number format that cannot be shown (jj/mm/aaaa): its values are'
        " shown without it."
    )


def test_dates_in_the_order_of_the_reader_are_said_with_an_example(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["name", "date"])
    book.active.append(["Ada", 46086])
    book.active["B2"].number_format = "mm-dd-yy"  # built-in format 14
    book.save(tmp_path / "a.xlsx")
    shown = {}
    for locale in ("fr-FR", "en-US", "de-DE"):
        (sheet,) = open_sheets(tmp_path / "a.xlsx", ReadOptions(locale=locale))
        shown[locale] = column(sheet, "date")
        (finding,) = sheet.findings
        assert finding.code == "locale_dates"
        assert finding.message == (
            "The file leaves the order of day and month to its reader:"
            f' {shown[locale][0]} in column "date", as in {locale}; --locale sets another.'
        )
    assert shown == {"fr-FR": ["05/03/2026"], "en-US": ["3/5/2026"], "de-DE": ["05.03.2026"]}


def test_a_date_before_all_dates_is_an_unresolved_cell() -> None:
    (sheet,) = read_sheets(write_xlsx([(-1, "dd/mm/yyyy")]), "a.xlsx")
    assert sheet.unresolved.tolist() == [[0, 0]]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_word_of_the_format_stays_beside_the_number(suffix: str) -> None:
    # It may be the country: without it, the number of a Spaniard would be that of a Frenchman.
    codes = ['"ES "0', '"Espagne "0', '0" ES"', '"ESP"0', '"🇪🇸 "0', '"Tél. "0000000000']
    data = WRITERS[suffix]([(612345220, code) for code in codes])
    (sheet,) = read_sheets(data, f"a.{suffix}", ReadOptions(locale="fr-FR"))
    mapping = map_columns(sheet, {"phone_number": ("value",)})
    answer = screen([(sheet, mapping)], ScreeningRules(max_rejected=1), OptOutList())
    assert answer.contacts["row"].tolist() == [7]
    assert answer.contacts["phone_number"].tolist() == [33612345220]
    assert answer.reasons == {"not_a_number": 5}
