"""What no one sees in the spreadsheet is reported, and left out where that is safe."""

import io
import re
from pathlib import Path

import openpyxl
import pytest

from bulksms.loader import ReadOptions, Sheet, open_sheets
from tests.corpus.formats import ods, with_parts

LINES = [["phone", "mobile", "name"], ["0639980001", "0639980002", "Ada"]]


def hide_columns(path: Path, *letters: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in LINES:
        book.active.append(line)
    for letter in letters:
        book.active.column_dimensions[letter].hidden = True
    book.save(path)


def read(path: Path, *, include_hidden: bool = False) -> Sheet:
    (sheet,) = open_sheets(path, ReadOptions(include_hidden=include_hidden))
    return sheet


def finding_counts(sheet: Sheet) -> list[tuple[str, int]]:
    return [(note.code, note.count) for note in sheet.findings]


def test_hidden_columns_are_reported_by_their_place_and_counted(tmp_path: Path) -> None:
    hide_columns(tmp_path / "a.xlsx", "B", "C")
    sheet = read(tmp_path / "a.xlsx")
    assert sheet.header == ("phone", "mobile", "name")
    assert sheet.hidden_columns == {1, 2}
    assert finding_counts(sheet) == [("hidden_columns", 2)]


def test_hidden_columns_that_are_asked_for_are_like_any_other(tmp_path: Path) -> None:
    hide_columns(tmp_path / "a.xlsx", "B")
    sheet = read(tmp_path / "a.xlsx", include_hidden=True)
    assert (sheet.hidden_columns, finding_counts(sheet)) == (frozenset(), [])


def test_empty_columns_that_are_hidden_are_not_worth_a_word(tmp_path: Path) -> None:
    hide_columns(tmp_path / "a.xlsx", "D", "XFD")
    assert finding_counts(read(tmp_path / "a.xlsx")) == []


@pytest.mark.parametrize("repeated", ["1", "2"])
def test_hidden_columns_of_an_ods_are_reported(tmp_path: Path, repeated: str) -> None:
    column = (
        '<table:table-column/><table:table-column table:visibility="collapse"'
        f' table:number-columns-repeated="{repeated}"/><table:table-row'
    )

    def hide(body: bytes) -> bytes:
        return re.sub(b"<table:table-row", column.encode(), body, count=1)

    path = tmp_path / "a.ods"
    path.write_bytes(with_parts(ods(LINES), {"content.xml": hide}))
    assert read(path).hidden_columns == frozenset(range(1, 1 + int(repeated)))


def test_a_workbook_named_as_standard_input_has_its_hidden_columns_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hide_columns(tmp_path / "a.xlsx", "B")
    data = (tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    (sheet,) = open_sheets("-")
    assert sheet.hidden_columns == {1}
