"""What other programs left in cells is decoded where it is certain and asked about where not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.loader import Sheet
from bulksms.loader.cell_leftovers import clean_cell
from bulksms.loader.sheets import read_sheets
from bulksms.output.csv_rows import write_table
from tests.corpus.formats import xlsx
from tests.sheets import cells_of

LIST = "name,phone\nAnna,0639980001\n{},0639980002\n"


def sheet_of(text: str) -> Sheet:
    (sheet,) = read_sheets(text.encode(), "list.csv")
    return sheet


CERTAIN = (
    ("Zo&eacute;", "Zoé"),
    ("L&#39;Isle-d&#039;Abeau", "L'Isle-d'Abeau"),
    ("Saint-&Eacute;tienne", "Saint-Étienne"),
    ("Max &amp; Léa", "Max & Léa"),
    ("Zo&amp;eacute;", "Zoé"),
    ("Zo&#xe9;", "Zoé"),
    (r"D\'Arcy", "D'Arcy"),
    ("\u200b\\N", ""),
    ("&#92;N", ""),
    (r"D\\\'Arcy", "D'Arcy"),
    ("D''Arcy", "D'Arcy"),
    ("5''3", "5''3"),
    (r"Zo\u00e9", "Zoé"),
    (r"\N", ""),
    ("(null)", ""),
    ("<NULL>", ""),
    ("\ufeffZoé", "Zoé"),
    ("Zo\u200bé", "Zoé"),
    ("\u202aZoé\u202c", "Zoé"),
    ("Zoé\u2060\u00ad", "Zoé"),
    ("NULL", "NULL"),
    ("None", "None"),
    ("AT&T", "AT&T"),
    ("R&D; Paris", "R&D; Paris"),
    ("D'Arcy", "D'Arcy"),
    ("-20%", "-20%"),
    ("https://x.example/?a=1&b=%C3%A9", "https://x.example/?a=1&b=%C3%A9"),
)


@pytest.mark.parametrize(("cell", "expected"), CERTAIN)
def test_certain_leftovers_are_decoded(cell: str, expected: str) -> None:
    text = sheet_of(LIST.format('"' + cell + '"'))
    assert (cells_of(text.rows)[1][0], text.findings) == (expected, ())


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("Lyon_x000D_", "Lyon"), ("_x000D_", ""), ("a_x000D_\nb", "a\nb"), ("a_x0009_b", "a\tb")),
        *(("max_x0_y", "max_x0_y"), ("_x000G_", "_x000G_"), ("a_x00e9_", "a_x00e9_")),
    ],
)
def test_control_characters_of_workbooks_are_decoded_in_texts(cell: str, expected: str) -> None:
    text = sheet_of(LIST.format('"' + cell + '"'))
    assert cells_of(text.rows)[1][0] == expected


def test_certain_leftovers_are_decoded_in_workbooks() -> None:
    lines = [[cell, f"06399800{at:02}"] for at, (cell, _) in enumerate(CERTAIN)]
    (workbook,) = read_sheets(xlsx([["name", "phone"], *lines]), "a.xlsx")
    assert [row[0] for row in cells_of(workbook.rows)] == [expected for _, expected in CERTAIN]
    assert workbook.findings == ()


@pytest.mark.parametrize(
    "cell",
    [
        *("Zo%C3%A9", "Zo=C3=A9", "rue%20X", r"rue X\nParis", "<b>Zoé</b>", "Paris<br/>"),
        *("Zo&eacute x", "[object Object]", "<![CDATA[Zoé]]>", "Zo%E9", "Zo=E9", "Zo&#233"),
        *(r"Zo\303\251", r"Zoé\0", "Zo<U+00E9>", "=?UTF-8?Q?Zo=C3=A9?=", "M&uuml ller"),
        *("<h1>Zoé</h1>", "<u>Zoé", "<o:p></o:p>", "<string>Zoé", "<!-- a -->Zoé", "<empty>"),
        *("<NA>", "=UPPER(A2)"),
    ],
)
def test_doubtful_leftovers_are_asked_about(cell: str) -> None:
    sheet = sheet_of(LIST.format(cell))
    (finding,) = sheet.findings
    assert cells_of(sheet.rows)[1][0] == cell
    assert (finding.code, finding.ask, finding.count) == ("leftover_codes", True, 1)
    assert finding.message == (
        f'1 cell has codes of another program, such as "{cell}" in row 3: export it again.'
    )


def test_a_tag_that_was_written_in_entities_is_asked_about() -> None:
    sheet = sheet_of(LIST.format("&lt;b&gt;Zoé&lt;/b&gt;"))
    assert cells_of(sheet.rows)[1][0] == "<b>Zoé</b>"
    assert [(each.code, each.ask) for each in sheet.findings] == [("leftover_codes", True)]


@pytest.mark.parametrize(
    "cell",
    ["I <3 U", "A < B", "x>y", "size=20", "T=25", "50%", "R&D", "H&M", "Tom&Jerry", "a=b", "1<2>0"],
)
def test_ordinary_signs_are_no_leftovers(cell: str) -> None:
    sheet = sheet_of(LIST.format(cell))
    assert (cells_of(sheet.rows)[1][0], sheet.findings) == (cell, ())


def test_a_header_is_cleaned_too() -> None:
    sheet = sheet_of("Pr&eacute;nom,\u200bT&eacute;l\nAnna,0639980001\n")
    assert sheet.header == ("Prénom", "Tél")


@given(st.text(st.sampled_from("&ampeacut;\\'uN0e9(nl)\u200b x"), max_size=14))
def test_cleaning_twice_changes_nothing_more(cell: str) -> None:
    assert clean_cell(clean_cell(cell)) == clean_cell(cell)


@pytest.mark.parametrize(
    "tail", ["\x1a", "\r\n\x1a", "\0" * 5000, "\r\n\x1a\0\0\r\n", "\0" * 3_000_000]
)
def test_end_marks_of_dos_are_no_rows(tail: str) -> None:
    sheet = sheet_of("name;phone\r\nZoé;0639980001\r\nMax;0639980002" + tail)
    assert cells_of(sheet.rows) == [["Zoé", "0639980001"], ["Max", "0639980002"]]
    assert sheet.findings == ()


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_several_byte_order_marks_are_none_of_the_header(codec: str) -> None:
    data = "\ufeff\ufeffphone,name\n0639980001,Zoé\n\ufeff0639980002,Max\n".encode(codec)
    (sheet,) = read_sheets(data, "a.csv")
    assert (sheet.header, cells_of(sheet.rows)[1]) == (("phone", "name"), ["0639980002", "Max"])
    assert (sheet.source.encoding or "").startswith(codec)


GUARDED = [
    ["-20%", "=1", "@zoe", "+33639980101"],
    ["+5 points", "'=1", "''0612", "'+33639980101"],
    ["a;=1", "a|'-1", "0639980101", "O'Brien"],
]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_the_program_wrote_is_read_as_it_was(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    write_table(path, ["a", "b", "c", "d"], GUARDED)
    (sheet,) = read_sheets(path.read_bytes(), path.name)
    assert cells_of(sheet.rows) == GUARDED
