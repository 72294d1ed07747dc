"""Corrected cells are read in place of those of the list they were made for, and of no other."""

import csv
import hashlib
from pathlib import Path

import openpyxl
import pytest

from bulksms.errors import LoadError
from bulksms.loader import open_sheets
from bulksms.loader.corrections import COLUMNS, Correction, correct_sheets, read_corrections
from tests.sheets import cells_of

LIST = "Prénom;Mobile\nZoé;06 39 98 01 0\nHugo;voir sa fiche\nInès;06 39 98 01 03\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def correction(path: Path, row: int, column: int, value: str, sheet: str = "") -> Correction:
    return Correction(list=digest_of(path), sheet=sheet, row=row, column=column, value=value)


def write(path: Path, *lines: tuple[object, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    return path


def test_corrected_cells_are_read_and_the_list_stays_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    corrections = [
        correction(path, 3, 2, "06 39 98 01 02"),
        correction(path, 2, 2, "06 39 98 01 01"),
        correction(path, 4, 1, 'In"ès, \n2'),
    ]

    (sheet,) = correct_sheets(open_sheets(path), corrections)

    assert cells_of(sheet.rows) == [
        ["Zoé", "06 39 98 01 01"],
        ["Hugo", "06 39 98 01 02"],
        ['In"ès, \n2', "06 39 98 01 03"],
    ]
    assert [(each.code, each.count) for each in sheet.findings][-1] == ("corrected_cells", 3)
    assert path.read_bytes() == before


def test_corrections_of_another_list_are_refused(path: Path) -> None:
    made_for_it = correction(path, 2, 2, "06 39 98 01 01")
    path.write_text(LIST.replace("Zoé", "Ana"), encoding="utf-8")

    with pytest.raises(
        LoadError, match="1 of the corrections belongs to another list, the first to row 2"
    ):
        correct_sheets(open_sheets(path), [made_for_it])


@pytest.mark.parametrize(("row", "column"), [(1, 2), (5, 2), (99, 1), (2, 3)])
def test_a_correction_of_no_cell_is_refused(path: Path, row: int, column: int) -> None:
    with pytest.raises(LoadError, match=f"no cell in row {row}, column {column}"):
        correct_sheets(open_sheets(path), [correction(path, row, column, "x")])


def test_a_corrected_cell_is_no_longer_unresolved(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    workbook = openpyxl.Workbook()
    worksheet = workbook["Sheet"]
    worksheet.append(["Prénom", "Mobile"])
    worksheet.append(["Zoé", "#REF!"])
    worksheet["B2"].data_type = "e"
    worksheet.append(["Hugo", 33639980102.0])
    worksheet["B3"].number_format = "0.00E+00"
    workbook.save(path)
    sheets = open_sheets(path)
    assert sheets[0].unresolved.tolist() == [[0, 1]]
    assert sheets[0].digits.cells.tolist() == [[1, 1]]
    corrections = [
        correction(path, 2, 2, "06 39 98 01 01", "Sheet"),
        correction(path, 3, 2, "06 39 98 01 02", "Sheet"),
    ]

    (sheet,) = correct_sheets(sheets, corrections)

    assert cells_of(sheet.rows) == [["Zoé", "06 39 98 01 01"], ["Hugo", "06 39 98 01 02"]]
    assert sheet.unresolved.tolist() == []
    assert sheet.digits.texts == ()


def test_of_two_corrections_of_a_cell_the_last_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", ("d", "", 2, 2, "first"), ("d", "", 2, 2, "last"))

    assert [each.value for each in read_corrections(path)] == ["last"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "row,column,value\n2,2,x\n",
        "list,sheet,row,column,value\nd,,two,2,x\n",
        "list,sheet,row,column,value\nd,,0,2,x\n",
        "list,sheet,row,column,value\nd,,2,x\n",
        "list,sheet,row,column,value\nd,,2,2,x,y\n",
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(LoadError, match=r"c\.csv"):
        read_corrections(path)


def test_a_value_of_several_lines_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", ("d", "Feuille 1", 2, 2, 'a\nb;"c"'))

    assert read_corrections(path)[0].value == 'a\nb;"c"'
