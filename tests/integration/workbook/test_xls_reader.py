"""An xls is read as an xlsx is: hidden rows and columns, errors, truth values, dates."""

import io

import xlwt  # type: ignore[import-untyped]

from bulksms.loader import ReadOptions, Sheet
from bulksms.loader.sheets import read_sheets


def read(book: xlwt.Workbook, options: ReadOptions | None = None) -> tuple[Sheet, ...]:
    out = io.BytesIO()
    book.save(out)
    return read_sheets(out.getvalue(), "a.xls", options or ReadOptions())


def new_book() -> tuple[xlwt.Workbook, xlwt.Worksheet]:
    book = xlwt.Workbook()
    page = book.add_sheet("Contacts")
    for row, values in enumerate([["phone", "name"], ["1", "Ada"], ["2", "Bo"]]):
        for column, value in enumerate(values):
            page.write(row, column, value)
    return book, page


def test_hidden_rows_and_columns_are_left_out_and_counted() -> None:
    book, page = new_book()
    page.row(1).hidden = True
    page.col(1).hidden = True
    (sheet,) = read(book)
    assert sheet.rows.row_numbers.tolist() == [3]
    assert (sheet.hidden_rows, sheet.hidden_columns) == (1, frozenset({1}))
    (whole,) = read(book, ReadOptions(include_hidden=True))
    assert (len(whole.rows), whole.hidden_columns) == (2, frozenset())


def test_a_hidden_sheet_is_left_out_and_said() -> None:
    book, _ = new_book()
    old = book.add_sheet("Old")
    old.write(0, 0, "phone")
    old.write(1, 0, "3")
    old.visibility = 1
    (sheet,) = read(book)
    assert sheet.source.sheet == "Contacts"
    assert [finding.code for finding in sheet.findings] == ["hidden_sheets"]


def test_truth_values_and_errors() -> None:
    book, page = new_book()
    page.write(3, 0, True)
    page.row(4).set_cell_error(0, 0x2A)  # #N/A
    (sheet,) = read(book)
    assert sheet.rows.column(0).to_pylist() == ["1", "2", "VRAI", ""]
    assert sheet.unresolved.tolist() == [[3, 0]]


def test_an_xls_says_nothing_that_an_xlsx_does_not() -> None:
    (sheet,) = read(new_book()[0])
    assert sheet.findings == ()
