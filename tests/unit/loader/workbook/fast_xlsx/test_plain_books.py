"""Workbooks as the programs of the world write them are read in one pass."""

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.loader.workbook.fast_xlsx.books import Shown, book, by_bytes, by_tags

LINES: list[list[object]] = [
    ["phone", "name", "city", "amount", "consent", "since"],
    ["0639980001", "Zoë & Cie", "Saint-Étienne", 12.5, True, dt.date(2026, 3, 12)],
    [33639980002, " <Ada>", "", 0.1 + 0.2, False, dt.datetime.fromisoformat("2026-03-12T10:30")],
    [],
    ["0639980003", "one\ntwo", None, -7, None, dt.time(6, 0)],
]


def by_openpyxl(lines: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    assert isinstance(page, Worksheet)
    for line in lines:
        page.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def by_xlsxwriter(lines: list[list[object]], *, constant_memory: bool) -> bytes:
    out = io.BytesIO()
    settings = {"constant_memory": constant_memory, "default_date_format": "yyyy-mm-dd hh:mm"}
    with xlsxwriter.Workbook(out, settings) as made:
        page = made.add_worksheet()
        for row, line in enumerate(lines):
            page.write_row(row, 0, line)
    return out.getvalue()


WRITERS: dict[str, Callable[[list[list[object]]], bytes]] = {
    "openpyxl": by_openpyxl,
    "shared strings": lambda lines: by_xlsxwriter(lines, constant_memory=False),
    "inline strings": lambda lines: by_xlsxwriter(lines, constant_memory=True),
}


def streamed(data: bytes, piece_bytes: int = 1 << 20) -> list[Shown]:
    sheets = by_bytes(data, piece_bytes=piece_bytes)
    assert isinstance(sheets, list)
    return sheets


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("piece_bytes", [50, 1 << 20])
def test_what_a_program_writes_is_plain(writer: str, piece_bytes: int) -> None:
    data = WRITERS[writer](LINES)
    assert streamed(data, piece_bytes) == by_tags(data)


def test_texts_numbers_and_dates_are_as_people_see_them() -> None:
    (sheet,) = streamed(by_openpyxl(LINES))
    assert sheet["rows"] == [
        ["0639980001", "Zoë & Cie", "Saint-Étienne", "12.5", "TRUE", "2026-03-12"],
        ["33639980002", " <Ada>", "", "0.3", "FALSE", "2026-03-12 10:30:00"],
        ["0639980003", "one\ntwo", "", "-7", "", "6:00:00"],
    ]
    assert sheet["numbers"] == [2, 3, 5]


def test_hidden_rows_errors_formulas_and_padding_are_plain() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>phone</v></c></row>'
        '<row r="2" hidden="1"><c r="A2" s="5"><v>639980001</v></c></row>'
        '<row r="3"><c r="A3" s="5"><v>639980002</v></c><c r="C3" t="e"><v>#N/A</v></c></row>'
        '<row r="4"><c r="B4"><f>A3</f></c></row>'
        '<row r="5"><c r="A5"><f>A3</f><v>5</v></c></row>'
    )
    data = book(rows)
    (sheet,) = streamed(data)
    assert sheet["header"] == ("phone", "", "")
    assert sheet["rows"] == [["0639980002", "", ""], ["", "", ""], ["5", "", ""]]
    assert (sheet["unresolved"], sheet["hidden"]) == ([[0, 2], [1, 1]], (1, frozenset()))
    assert [sheet] == by_tags(data)


def test_a_row_that_is_wider_than_all_before_it_widens_them() -> None:
    narrow = "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>' for at in range(1, 300))
    wide = '<row r="300"><c r="D300" t="str"><v>x</v></c></row>'
    last = '<row r="301"><c r="B301"><v>1</v></c></row>'
    data = book(narrow + wide + last)
    assert streamed(data, 200) == by_tags(data)


def test_a_gap_is_counted_without_the_hidden_rows_in_it() -> None:
    for hidden, findings in ((0, 1), (5, 0)):
        rows = '<row r="1"><c r="A1" t="str"><v>phone</v></c></row>'
        rows += '<row r="2"><c r="A2"><v>1</v></c></row>'
        rows += "".join(f'<row r="{at}" hidden="1"/>' for at in range(50, 50 + hidden))
        data = book(rows + '<row r="105"><c r="A105"><v>1</v></c></row>')
        (sheet,) = streamed(data, 100)
        assert str(sheet["findings"]).count("blank rows") == findings
        assert [sheet] == by_tags(data)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row><c r="A1"><v>1</v></c></row>',
        '<row r="1"> <c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row>\n<row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>text</row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><!-- <row r="2"> -->',
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
        '<row r="01"><c r="A01"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>\x01</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData>',
    ],
)
def test_what_is_not_plain_is_left_to_the_library(rows: str) -> None:
    assert by_bytes(book(rows)) is None


LOOKS = {
    "Excel": ' spans="1:3" x14ac:dyDescent="0.25"',
    "LibreOffice": ' customFormat="false" ht="12.8" hidden="false" outlineLevel="0"',
}


@pytest.mark.parametrize("program", LOOKS)
def test_rows_and_strings_as_programs_write_them_are_plain(program: str) -> None:
    shared = (
        '<si><t>phone</t></si><si><t xml:space="preserve">0639980001 </t></si><si><t/></si>'
        '<si><r><t>Ada</t></r><r><rPr><b/><sz val="11"/></rPr><t>Love</t></r></si>'
    )
    looks = LOOKS[program]
    rows = (
        f'<row r="1"{looks}><c r="A1" s="0" t="s"><v>0</v></c><c r="B1" s="7" t="s"><v>0</v></c>'
        '<c r="C1" s="7" t="s"><v>0</v></c><c r="D1" s="7"/></row>'
        f'<row r="2"{looks}><c r="A2" s="0" t="s"><v>1</v></c><c r="B2" t="s"><v>3</v></c>'
        '<c r="C2" s="1" t="n"><f aca="false">TODAY()</f><v>46093</v></c></row>'
        f'<row r="3"{looks}/><row r="4"{looks}><c r="A4" t="s" s="7"><v>2</v></c>'
        '<c r="B4" t="b"><v>1</v></c></row>'
    )
    head = '<cols><col min="1" max="1" width="9.14" hidden="false"/></cols>'
    data = book(rows, shared, head=head)
    (sheet,) = streamed(data)
    assert sheet["rows"] == [["0639980001 ", "AdaLove", "3/12/2026"], ["", "TRUE", ""]]
    assert [sheet] == by_tags(data)
