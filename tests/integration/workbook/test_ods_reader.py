"""An ods shows its own text: paragraphs, blanks, repeated cells, and what has no text."""

import io
import zipfile

import pytest

from bulksms.loader import ReadOptions, Sheet
from bulksms.loader.sheets import read_sheets
from tests.sheets import cells_of

NAMES = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
    for name in ("office", "style", "table", "text")
} | {"number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"}
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
HEAD = "<table:table-row><table:table-cell><text:p>value</text:p></table:table-cell>"


def ods(body: str, styles: str = "", common_styles: str = "") -> bytes:
    """Write an ods from the XML of its tables."""
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NAMES.items())
    content = (
        f'<office:document-content {spaces} xmlns:calcext="{CALC}" xmlns:dc="urn:dc">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if common_styles:
            archive.writestr(
                "styles.xml",
                f"<office:document-styles {spaces}>{common_styles}</office:document-styles>",
            )
    return out.getvalue()


def read(body: str, styles: str = "", locale: str = "fr-FR") -> tuple[Sheet, ...]:
    return read_sheets(ods(body, styles), "a.ods", ReadOptions(locale=locale))


def table(rows: str, attributes: str = "") -> str:
    return (
        f'<table:table table:name="S"{attributes}>{HEAD}'
        f"<table:table-cell><text:p>more</text:p></table:table-cell></table:table-row>{rows}"
        "</table:table>"
    )


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row{attributes}>{cells}</table:table-row>"


CELLS = {
    "blanks": ('><text:p>a<text:s text:c="3"/>b<text:tab/>c</text:p>', "a   b\tc"),
    "line break": ("><text:p>a<text:line-break/>b</text:p>", "a\nb"),
    "paragraphs": ("><text:p>a</text:p><text:p>b</text:p>", "a\nb"),
    "spans": ("><text:p>a<text:span>b<text:a>c</text:a></text:span>d</text:p>", "abcd"),
    "pretty printed": ("><text:p>\n   a\n   b\n</text:p>", "a b"),
    "comment": (
        (
            "><office:annotation><dc:creator>x</dc:creator><text:p>note</text:p></office:annotation>"
            "<text:p>a</text:p>"
        ),
        "a",
    ),
    "hidden by its format": (' office:value-type="float" office:value="5"><text:p/>', ""),
    "number without text": (' office:value-type="float" office:value="12.5">', "12,5"),
    "percentage without text": (' office:value-type="percentage" office:value="0.2">', "20%"),
    "date without text": (
        ' office:value-type="date" office:date-value="2026-03-05">',
        "05/03/2026",
    ),
    "truth without text": (
        ' office:value-type="boolean" office:boolean-value="true">',
        "VRAI",
    ),
    "text without text": (' office:value-type="string" office:string-value="a">', "a"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_the_text_it_shows(case: str) -> None:
    cell, shown = CELLS[case]
    end = "<table:table-cell><text:p>end</text:p></table:table-cell>"
    (sheet,) = read(table(row(f"<table:table-cell{cell}</table:table-cell>{end}")))
    assert sheet.rows.column(0).to_pylist() == [shown]


def test_cells_and_rows_that_are_repeated_count_as_often() -> None:
    repeated = (
        '<table:table-cell table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16382"/>'
    )
    last = row("<table:table-cell><text:p>b</text:p></table:table-cell>")
    (sheet,) = read(table(row(repeated, ' table:number-rows-repeated="3"') + last))
    assert sheet.rows.column(0).to_pylist() == ["a", "a", "a", "b"]
    assert sheet.rows.column(1).to_pylist() == ["a", "a", "a", ""]
    assert sheet.rows.row_numbers.tolist() == [2, 3, 4, 5]


def test_errors_and_formulas_without_a_value_are_unresolved() -> None:
    rows = [
        '<table:table-cell calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
        '<table:table-cell table:formula="of:=1"><text:p>Err:508</text:p></table:table-cell>',
        '<table:table-cell table:formula="of:=1"/>',
        (
            '<table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string"'
            ' office:string-value=""><text:p/></table:table-cell>'
            "<table:table-cell><text:p>a</text:p></table:table-cell>"
        ),
    ]
    (sheet,) = read(table("".join(map(row, rows))))
    assert sheet.unresolved.tolist() == [[0, 0], [1, 0], [2, 0]]
    assert sheet.rows.row_numbers.tolist() == [2, 3, 4, 5]


def test_a_hidden_table_is_left_out_and_said() -> None:
    hidden = (
        '<style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    cell = row("<table:table-cell><text:p>a</text:p></table:table-cell>")
    other = table(cell, ' table:style-name="ta2"').replace('name="S"', 'name="T"', 1)
    (sheet,) = read(table(cell) + other, hidden)
    assert sheet.source.sheet == "S"
    assert [finding.code for finding in sheet.findings] == ["hidden_sheets"]


def test_the_digits_of_a_number_are_kept_beside_a_text_without_them() -> None:
    cells = [
        ('office:value="33639980001"', "3,36E+10"),
        ('office:value="639980002"', "+33 639.980.002"),
        ('office:value="639980003"', "06 39 98 00 03"),
    ]
    rows = "".join(
        row(f'<table:table-cell office:value-type="float" {value}><text:p>{text}</text:p>').replace(
            "</table:table-row>", "</table:table-cell></table:table-row>"
        )
        for value, text in cells
    )
    (sheet,) = read(table(rows))
    assert sheet.digits.cells.tolist() == [[0, 0]]
    assert sheet.digits.texts == ("33639980001",)


SPANISH = (
    '<number:text-style style:name="N1"><number:text>+34 </number:text><number:text-content/>'
    "</number:text-style>"
)
AS_TEXT = '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
NUMBER = ' office:value-type="float" office:value="612345001"><text:p>{}</text:p>'


@pytest.mark.parametrize("in_content", [True, False])
@pytest.mark.parametrize("of_column", [True, False])
@pytest.mark.parametrize("shown", ["612345001", "+34 612345001"])
def test_the_prefix_of_a_format_of_text_is_before_a_number(
    shown: str, *, of_column: bool, in_content: bool
) -> None:
    default = ' table:default-cell-style-name="ce1"' if of_column else ""
    column = f"<table:table-column{default}/>"
    style = "" if of_column else ' table:style-name="ce1"'
    cells = f"<table:table-cell{style}{NUMBER.format(shown)}</table:table-cell>"
    cells += "<table:table-cell><text:p>x</text:p></table:table-cell>"
    body = table(row(cells)).replace(HEAD, f"{column}<table:table-column/>{HEAD}")
    data = ods(body, SPANISH + AS_TEXT) if in_content else ods(body, AS_TEXT, common_styles=SPANISH)
    (sheet,) = read_sheets(data, "a.ods", ReadOptions(locale="fr-FR"))
    assert cells_of(sheet.rows) == [["+34 612345001", "x"]]


def test_common_styles_mean_the_same_with_other_prefixes() -> None:
    other = SPANISH.replace("number:", "n:").replace("style:name", "s:name")
    spaces = f'xmlns:n="{NAMES["number"]}" xmlns:s="{NAMES["style"]}"'
    styles = f"<office:styles {spaces}>{other}</office:styles>"
    cells = (
        f'<table:table-cell table:style-name="ce1"{NUMBER.format("612345001")}</table:table-cell>'
    )
    data = ods(table(row(cells)), AS_TEXT, common_styles=styles)
    (sheet,) = read_sheets(data, "a.ods", ReadOptions(locale="fr-FR"))
    assert sheet.rows.cell(0, 0) == "+34 612345001"


def test_damaged_styles_of_an_ods_keep_nobody_from_reading_it() -> None:
    cells = f"<table:table-cell{NUMBER.format('612345001')}</table:table-cell>"
    data = ods(table(row(cells)), AS_TEXT, common_styles="<number:text-style")
    (sheet,) = read_sheets(data, "a.ods", ReadOptions(locale="fr-FR"))
    assert sheet.rows.cell(0, 0) == "612345001"
