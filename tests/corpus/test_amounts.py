"""Far too much of a workbook costs little: this one is made when it is read, as it is large."""

from pathlib import Path

from bulksms.loader import open_sheets
from tests.corpus.formats import with_parts, xlsx
from tests.corpus.test_corpus import work
from tests.sheets import cells_by_row

LAST_ROW = 1_048_576
SECONDS = 20.0


def test_a_million_stored_blank_rows_cost_seconds_and_hide_no_one(tmp_path: Path) -> None:
    last = b'<row r="%d"><c r="A%d" t="str"><v>0639980002</v></c></row>' % (LAST_ROW, LAST_ROW)

    def fill(body: bytes) -> bytes:
        rows = (b'<row r="%d"><c r="A%d" s="0"/></row>' % (at, at) for at in range(3, LAST_ROW))
        return body.replace(b"</sheetData>", b"".join(rows) + last + b"</sheetData>")

    path = tmp_path / "blank.xlsx"
    path.write_bytes(
        with_parts(xlsx([["phone"], ["0639980001"]]), {"xl/worksheets/sheet1.xml": fill})
    )
    start = work()
    (sheet,) = open_sheets(path)
    assert work() - start < SECONDS
    assert cells_by_row(sheet.rows) == {2: ("0639980001",), LAST_ROW: ("0639980002",)}
    assert {note.code for note in sheet.findings} == {"gap", "cut_by_excel"}
