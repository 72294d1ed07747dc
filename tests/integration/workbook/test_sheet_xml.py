"""The XML of a sheet is read whatever program wrote it: other prefixes, orders, encodings."""

import pytest

from bulksms.errors import LoadError
from bulksms.finding import Level
from bulksms.loader import Sheet
from bulksms.loader.sheets import read_sheets
from tests.sheets import cells_of
from tests.unit.loader.workbook.fast_xlsx.books import book


def read(rows: str, shared: str | None = None) -> Sheet:
    (sheet,) = read_sheets(book(rows, shared), "a.xlsx")
    return sheet


HEAD = '<row r="1"><c r="A1" t="str"><v>phone</v></c><c r="B1" t="str"><v>name</v></c></row>'


def test_rows_in_any_order_are_read_in_theirs() -> None:
    sheet = read(
        '<row r="3"><c r="A3"><v>3</v></c></row>'
        f'{HEAD}<row r="2"><c r="B2" t="str"><v>Ada</v></c><c r="A2"><v>2</v></c></row>'
    )
    assert sheet.rows.row_numbers.tolist() == [2, 3]
    assert cells_of(sheet.rows) == [["2", "Ada"], ["3", ""]]


def test_two_people_in_rows_of_one_number_are_never_joined() -> None:
    rows = (
        f'{HEAD}<row r="2"><c r="A2"><v>2</v></c><c r="B2" t="str"><v>Ada</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row>'
    )
    with pytest.raises(LoadError, match=r"a\.xlsx is damaged or incomplete"):
        read(rows)


def test_a_row_in_several_pieces_is_one_row() -> None:
    sheet = read(
        f'{HEAD}<row r="2"><c r="A2"><v>2</v></c></row>'
        '<row r="2"><c r="B2" t="str"><v>Ada</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
    )
    assert sheet.rows.row_numbers.tolist() == [2, 3]
    assert cells_of(sheet.rows) == [["2", "Ada"], ["3", ""]]


@pytest.mark.parametrize(
    "row",
    [
        "<row><!-- x --><c><v>2</v></c><c t='str'><v>Ada</v></c></row>",
        '<row r="2"><c r="A2"><v>2</v></c><c r="B2" t="str"><v>A<![CDATA[da]]></v></c></row>',
        '<row r="2"><c r="$A$2"><v>2</v></c><c r="b2" t="str"><v>Ada</v></c></row>',
        (
            '<row r="2"><c r="A2"><v> 2 </v></c><c r="B2" t="inlineStr"><is><r><t>A</t></r>'
            "<r><t>da</t></r><rPh><t>x</t></rPh></is></c></row>"
        ),
    ],
)
def test_other_ways_to_write_a_row(row: str) -> None:
    assert cells_of(read(HEAD + row).rows) == [["2", "Ada"]]


def test_escapes_and_blanks_of_a_text() -> None:
    shared = '<si><t xml:space="preserve"> a </t></si><si><t> b </t></si><si><t>c_x000A_d</t></si>'
    rows = "".join(
        f'<row r="{at + 2}"><c r="A{at + 2}" t="s"><v>{at}</v></c></row>' for at in range(3)
    )
    assert [row[0] for row in cells_of(read(HEAD + rows, shared).rows)] == [" a ", "b", "c\nd"]


def test_a_date_that_is_written_out_is_shown_by_its_format() -> None:
    sheet = read(f'{HEAD}<row r="2"><c r="A2" s="1" t="d"><v>2026-03-05T00:00:00</v></c></row>')
    assert cells_of(sheet.rows) == [["05/03/2026", ""]]


def test_columns_far_to_the_right_are_asked_about() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>2</v></c><c r="ZZ{0}" t="str"><v>STOP</v></c></row>'
    sheet = read(HEAD + row.format(2) + row.format(3))
    assert sheet.header == ("phone", "name")
    (finding,) = sheet.findings
    assert (finding.code, finding.level, finding.ask) == ("far_columns", Level.ERROR, True)
    assert finding.message == (
        '2 cells far to the right of the list in sheet "S" are left out, the first in row 2,'
        " column 702: delete the empty columns before them, or the cells."
    )


def test_a_stray_cell_far_below_the_list_is_no_list() -> None:
    rows = '<row r="2"><c r="A2"><v>2</v></c></row>'
    rows += '<row r="1048576"><c r="{}1048576"><v>9</v></c></row>'
    assert read(HEAD + rows.format("F")).findings == ()
    codes = {finding.code for finding in read(HEAD + rows.format("A")).findings}
    assert codes == {"gap", "cut_by_excel"}
