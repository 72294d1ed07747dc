"""Workbooks: cells as people see them, whatever the file format."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font

from bulksms.errors import EmptySheet, LoadError, NoSuchSheet, UnknownFormat
from bulksms.finding import Level
from bulksms.loader import ReadOptions, open_sheets
from tests.sheets import cells_of


def save_xlsx(path: Path, rows: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(path)
    return book


def save_xls(path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet")
    for row, values in enumerate(ROWS):
        for column, value in enumerate(values):
            page.write(row, column, value)
    book.save(str(path))


def save_ods(path: Path) -> None:
    odf = pytest.importorskip("odf.opendocument")
    from odf.table import (  # type: ignore[import-untyped]
        Table,
        TableCell,
        TableRow,
    )
    from odf.text import P  # type: ignore[import-untyped]

    book = odf.OpenDocumentSpreadsheet()
    page = Table(name="Sheet")
    for values in ROWS:
        line = TableRow()
        for value in values:
            if isinstance(value, int):
                cell = TableCell(valuetype="float", value=value)
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    book.save(str(path))


ROWS: list[list[object]] = [["phone", "name"], [33639980001, "Zoé"], ["0639980002", "NA"]]


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_the_same_table_is_the_same_in_every_format(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form}"
    if form == "xlsx":
        save_xlsx(path, ROWS)
    elif form == "xls":
        save_xls(path)
    else:
        save_ods(path)
    (sheet,) = open_sheets(path)
    assert sheet.header == ("phone", "name")
    assert cells_of(sheet.rows) == [["33639980001", "Zoé"], ["0639980002", "NA"]]
    assert sheet.rows.row_numbers.tolist() == [2, 3]
    assert sheet.source.format == form


def test_values_are_text_as_people_see_them(tmp_path: Path) -> None:
    row = [33639980001.0, 12.5, True, dt.date(2026, 3, 12), 0.1 + 0.2, 123456789012345]
    save_xlsx(tmp_path / "a.xlsx", [list("abcdef"), row])
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert cells_of(sheet.rows) == [
        ["33639980001", "12,5", "VRAI", "2026-03-12", "0,3", "123456789012345"],
    ]


def test_a_table_off_the_corner_keeps_its_row_numbers_and_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B3"], page["C3"], page["B4"], page["C4"], page["B7"] = "phone", "name", "1", "A", "2"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert sheet.header == ("", "phone", "name")
    assert cells_of(sheet.rows) == [["", "1", "A"], ["", "2", ""]]
    assert sheet.rows.row_numbers.tolist() == [4, 7]


def test_hidden_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone"], ["1"], ["2"], ["3"]])
    assert book.active is not None
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert (cells_of(sheet.rows), sheet.hidden_rows) == ([["1"], ["3"]], 1)
    assert sheet.rows.row_numbers.tolist() == [2, 4]
    (whole,) = open_sheets(tmp_path / "a.xlsx", ReadOptions(include_hidden=True))
    assert (cells_of(whole.rows), whole.hidden_rows) == ([["1"], ["2"], ["3"]], 0)


def test_hidden_rows_of_an_ods_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    save_ods(path)
    source = b'<table:table-row><table:table-cell office:value-type="float" office:value="3'
    rewrite(
        path, "content.xml", source, source.replace(b"row>", b'row table:visibility="filter">', 1)
    )
    (sheet,) = open_sheets(path)
    assert (cells_of(sheet.rows), sheet.hidden_rows) == ([["0639980002", "NA"]], 1)
    assert sheet.rows.row_numbers.tolist() == [3]


def test_sheets_with_rows_are_read_and_hidden_ones_are_reported(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone"], ["1"]])
    for title, state in (("Empty", "visible"), ("Two", "visible"), ("Old", "hidden")):
        page = book.create_sheet(title)
        page.sheet_state = state
        page.append(["phone"])
        if title != "Empty":
            page.append([title])
    book.save(tmp_path / "a.xlsx")
    sheets = open_sheets(tmp_path / "a.xlsx")
    assert [sheet.source.sheet for sheet in sheets] == ["Sheet", "Two"]
    assert [(note.code, note.count) for note in sheets[0].findings] == [("hidden_sheets", 1)]
    (named,) = open_sheets(tmp_path / "a.xlsx", ReadOptions(sheet="old"))
    assert cells_of(named.rows) == [["Old"]]
    with pytest.raises(NoSuchSheet, match='"Sheet", "Empty", "Two", "Old"'):
        open_sheets(tmp_path / "a.xlsx", ReadOptions(sheet="Three"))


def test_errors_and_formulas_without_a_value_are_unresolved(tmp_path: Path) -> None:
    rows: list[list[object]] = [["phone", "name"], ["#N/A", "A"], ["1", "B"], ["=1+1", None]]
    save_xlsx(tmp_path / "a.xlsx", rows)
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert sheet.rows.row_numbers.tolist() == [2, 3, 4]
    assert sheet.unresolved.tolist() == [[0, 0], [2, 0]]


def test_a_formula_with_its_value_is_that_value(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["phone", "name"])
    page.write_formula(1, 0, "=1+1", None, 33639980001)
    page.write_formula(1, 1, '=""', None, "")
    book.close()
    # Excel gives the empty text a type, which xlsxwriter does not.
    rewrite(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b'<c r="B2"', b'<c r="B2" t="str"')
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert cells_of(sheet.rows) == [["33639980001", ""]]
    assert len(sheet.unresolved) == 0


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0000000000", "0639980001"),
        ('0#" "##" "##" "##" "##', "06 39 98 00 01"),
        ('"+"0', "+639980001"),
        ("General", "639980001"),
        ("#,##0", "639 980 001"),
    ],
)
def test_zeros_that_only_the_format_shows_are_kept(tmp_path: Path, code: str, shown: str) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone"], [639980001]])
    assert book.active is not None
    book.active["A2"].number_format = code
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert cells_of(sheet.rows) == [[shown]]


def test_only_the_first_of_merged_cells_has_the_value(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone", "name"], ["1", "A"], ["2", None]])
    assert book.active is not None
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert cells_of(sheet.rows) == [["1", "A"], ["2", ""]]


def test_a_styled_cell_at_the_far_corner_costs_nothing(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone"], ["1"]])
    assert book.active is not None
    book.active["XFD1048576"].font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert (sheet.header, cells_of(sheet.rows)) == (("phone",), [["1"]])


def test_a_value_at_the_far_corner_is_left_out_and_said(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", [["phone"], ["1"]])
    assert book.active is not None
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_sheets(tmp_path / "a.xlsx")
    assert (sheet.header, cells_of(sheet.rows)) == (("phone",), [["1"]])
    (finding,) = sheet.findings
    assert (finding.code, finding.level) == ("stray_cell", Level.NOTE)
    assert finding.message == (
        'A cell far to the right of the list in sheet "Sheet", in row 1048576, column 16384,'
        " was left out."
    )


def rewrite(path: Path, part: str, old: bytes, new: bytes) -> None:
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, body.replace(old, new) if name == part else body)


def test_a_stated_dimension_is_never_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save_xlsx(path, [["phone"], ["1"], ["2"]])
    rewrite(path, "xl/worksheets/sheet1.xml", b'ref="A1:A3"', b'ref="A1"')
    assert cells_of(open_sheets(path)[0].rows) == [["1"], ["2"]]


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save_xlsx(path, [["phone"], ["1"]])
    rewrite(path, "xl/worksheets/sheet1.xml", b"<worksheet", b"<!DOCTYPE x><worksheet")
    with pytest.raises(LoadError, match="DOCTYPE"):
        open_sheets(path)


def test_an_xlsx_in_an_encoding_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save_xlsx(path, [["phone"], ["1"]])
    stray = b"<?xml version='1.0' encoding='UTF-6'?><workbook"
    rewrite(path, "xl/workbook.xml", b"<workbook", stray)
    with pytest.raises(LoadError, match="damaged"):
        open_sheets(path)


def test_an_ods_in_an_encoding_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    save_ods(path)
    rewrite(path, "content.xml", b"UTF-8", b"UTF-6")
    with pytest.raises(LoadError, match="damaged"):
        open_sheets(path)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save_xlsx(path, [["phone"], ["1"]])
    rewrite(path, "xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetData>" + b" " * 30_000_000)
    with pytest.raises(LoadError, match="100 times its size when unpacked"):
        open_sheets(path)


def test_a_workbook_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save_xlsx(path, [["phone"], ["1"]])
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(LoadError, match="damaged or incomplete"):
        open_sheets(path)


def test_a_workbook_with_only_a_header_is_empty(tmp_path: Path) -> None:
    save_xlsx(tmp_path / "a.xlsx", [["phone"]])
    with pytest.raises(EmptySheet, match="no contacts below the header"):
        open_sheets(tmp_path / "a.xlsx")


def test_a_password_is_to_be_removed(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    for suffix in ("xlsx", "xls", "csv"):
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(ole)
        with pytest.raises(UnknownFormat, match="remove the password"):
            open_sheets(path)
