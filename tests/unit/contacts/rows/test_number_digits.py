"""A phone number in a number cell is read from its digits, with the prefix its format shows."""

import io
from pathlib import Path

import xlsxwriter

from bulksms.loader import open_sheets
from bulksms.loader.sheets import read_sheets
from tests.unit.contacts.conftest import screened

CASES = Path(__file__).parents[3] / "cases"


def test_a_number_is_sent_to_all_its_digits_however_it_is_shown() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["phone"])
        formats = ["0.00E+00", '"+33 "#,##0.00', "#,##0", "dd/mm/yyyy"]
        for row, code in enumerate(formats, start=1):
            value = 639980010 + row if "33" in code else 33639980010 + row
            page.write_number(row, 0, value, book.add_format({"num_format": code}))
    sheets = read_sheets(out.getvalue(), "a.xlsx")
    answer = screened(*sheets)
    assert answer.contacts["phone_number"].tolist() == [33639980011, 33639980012, 33639980013]


def test_a_number_with_a_fraction_is_not_rounded_to_that_of_someone_else() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["phone"])
        values = [(639980010.5, "0"), (33639980011.25, "General"), (33639980012.4, '"+"0')]
        for row, (value, code) in enumerate([*values, (33639980013.0, "0.0")], start=1):
            page.write_number(row, 0, value, book.add_format({"num_format": code}))
    answer = screened(*read_sheets(out.getvalue(), "a.xlsx"))
    assert answer.contacts["phone_number"].tolist() == [33639980013]
    assert answer.rejected == 3


def test_a_foreign_prefix_in_the_format_never_becomes_a_french_mobile() -> None:
    for name in ("number_prefix_in_format.xlsx", "number_prefix_in_format.ods"):
        answer = screened(*open_sheets(CASES / name))
        numbers = [str(number) for number in answer.contacts["phone_number"].tolist()]
        french = [number for number in numbers if number.startswith("33")]
        assert french == (["33612342612", "33612342613"] if name.endswith("ods") else [])
