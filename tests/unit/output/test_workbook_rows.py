"""A workbook holds every cell as the text it was."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bulksms.errors import InputError
from bulksms.output import workbook_rows
from bulksms.output.csv_columns import write_columns
from bulksms.output.csv_rows import write_table
from bulksms.output.workbook_rows import write_workbook

ROWS: list[list[object]] = [["+33639980101", "=1+1"], ["0639980102", "a\x1b;=b"], ["007", None]]


def _cells(path: Path) -> list[list[tuple[object, str]]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_every_cell_is_text_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.XLSX"

    write_table(path, ["number", "=note"], ROWS)

    assert _cells(path) == [
        [("number", "s"), ("=note", "s")],
        [("+33639980101", "s"), ("=1+1", "s")],
        [("0639980102", "s"), ("a;=b", "s")],
        [("007", "s"), (None, "inlineStr")],
    ]


def test_columns_are_written_as_rows_are(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"

    write_columns(path, ["a", "b"], pd.DataFrame({"a": ["=1", "x"], "b": [1, 2]}))

    assert [[value for value, _ in row] for row in _cells(path)] == [
        ["a", "b"],
        ["=1", "1"],
        ["x", "2"],
    ]


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_rows, "MAX_ROWS", 3)

    with pytest.raises(InputError, match="more than 3 rows"):
        write_workbook(tmp_path / "out.xlsx", ["a"], [["1"], ["2"], ["3"]])
    assert list(tmp_path.iterdir()) == []
