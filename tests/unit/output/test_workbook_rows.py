"""A workbook holds every text as the text it was, and real amounts and times."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from bulksms.errors import InputError
from bulksms.output import workbook_rows
from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.csv_rows import write_table
from bulksms.output.workbook_rows import Cell, SheetContent, write_sheets, write_workbook

ROWS: list[list[Cell]] = [["+33639980101", "=1+1"], ["0639980102", "a\x1b;=b"], ["007", None]]


def _cells(path: Path) -> list[list[tuple[object, str]]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_every_text_is_a_text_cell_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.XLSX"

    write_table(path, ["number", "=note"], ROWS)

    assert _cells(path) == [
        [("number", "s"), ("=note", "s")],
        [("+33639980101", "s"), ("=1+1", "s")],
        [("0639980102", "s"), ("a;=b", "s")],
        [("007", "s"), (None, "n")],
    ]


def test_columns_are_written_as_rows_are(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"

    write_blocks(path, ["a", "b"], [pd.DataFrame({"a": ["=1", "x"], "b": [1, 2]})], arrow_texts)

    assert [[value for value, _ in row] for row in _cells(path)] == [
        ["a", "b"],
        ["=1", "1"],
        ["x", "2"],
    ]


def test_amounts_times_and_whole_numbers_are_real_ones(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    moment = datetime(2026, 3, 1, 9, 0, 2, tzinfo=UTC)

    write_workbook(path, ["a", "b", "c"], [[310, Decimal("27.945"), moment]])

    row = openpyxl.load_workbook(path).worksheets[0][2]
    assert [cell.value for cell in row] == [310, 27.945, datetime(2026, 3, 1, 9, 0, 2)]  # noqa: DTZ001
    assert [cell.number_format for cell in row] == [
        "General",
        "#,##0.00##",
        'yyyy-mm-dd hh:mm:ss" UTC"',
    ]


def test_a_whole_number_that_a_float_would_round_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"

    write_workbook(path, ["a"], [[1234567890123456789]])

    assert _cells(path)[1] == [("1234567890123456789", "s")]


@pytest.mark.parametrize(
    "text",
    ["http://example.com", "mailto:a@example.com", "_x0041_", " a\nb ", "{=1}", "é😀", "1e5"],
)
def test_a_text_stays_what_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.xlsx"

    write_workbook(path, ["a"], [[text]])

    sheet = openpyxl.load_workbook(path).worksheets[0]
    read_back = sheet["A2"]
    assert (read_back.value, read_back.data_type) == (text.replace("_x", "_x005F_x"), "s")
    assert read_back.hyperlink is None


def test_each_sheet_has_a_frozen_header_a_filter_and_fitting_widths(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    long = "x" * 300

    write_sheets(
        path,
        [
            SheetContent(title="First", header=["a", "b"], rows=[["Marie-Antoinette", long]]),
            SheetContent(title="Second", header=["c"], rows=[]),
        ],
    )

    first, second = openpyxl.load_workbook(path).worksheets
    assert (first.title, second.title) == ("First", "Second")
    assert (first.freeze_panes, first.auto_filter.ref) == ("A2", "A1:B2")
    assert [round(first.column_dimensions[name].width) for name in "AB"] == [19, 61]
    assert (second.freeze_panes, second.auto_filter.ref) == ("A2", "A1")


def test_more_rows_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_rows, "MAX_ROWS", 3)

    with pytest.raises(InputError, match="more than 3 rows"):
        write_workbook(tmp_path / "out.xlsx", ["a"], [["1"], ["2"], ["3"]])
    assert list(tmp_path.iterdir()) == []
