import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.errors import InputError
from bulksms.output.csv_rows import write_table
from bulksms.output.formula_guard import guard


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+1+1", "'+1+1", id="plus"),
        pytest.param("-1+1", "'-1+1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1+1", "'\t'=1+1", id="tab"),
        pytest.param("\r=1+1", "'\r=1+1", id="carriage return"),
        pytest.param("\n=1+1", "'\n=1+1", id="line feed"),
        pytest.param("  =1+1", "'  =1+1", id="leading spaces"),
        pytest.param("\u00a0=1+1", "'\u00a0=1+1", id="no-break space"),
        pytest.param("\uff1d1+1", "'\uff1d1+1", id="fullwidth equals"),
        pytest.param("\uff0b1+1", "'\uff0b1+1", id="fullwidth plus"),
        pytest.param("\uff0d1+1", "'\uff0d1+1", id="fullwidth minus"),
        pytest.param("\uff20SUM(A1)", "'\uff20SUM(A1)", id="fullwidth at"),
        pytest.param("+33639980101|calc", "'+33639980101|calc", id="number with a tail"),
        pytest.param("a;=1+1", "a;'=1+1", id="after a semicolon"),
        pytest.param("a\t@SUM(A1)", "a\t'@SUM(A1)", id="after a tab"),
        pytest.param("a| -1", "a| '-1", id="after a bar and a space"),
        pytest.param("a;\uff1d1", "a;'\uff1d1", id="fullwidth after a semicolon"),
        pytest.param(
            '=HYPERLINK("http://x.example")', '\'=HYPERLINK("http://x.example")', id="link"
        ),
    ],
)
def test_a_cell_that_could_start_a_formula_gets_an_apostrophe(cell: str, expected: str) -> None:
    assert guard(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("+33639980101", "+33639980101", id="E.164 number"),
        pytest.param("06 39 98 01 01", "06 39 98 01 01", id="national number"),
        pytest.param("Éloïse", "Éloïse", id="name"),
        pytest.param("a=b", "a=b", id="equals inside"),
        pytest.param("a;+33639980101;b", "a;+33639980101;b", id="number after a semicolon"),
        pytest.param("a;b, -c", "a;b, -c", id="separators without a formula"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="nothing"),
        pytest.param(310, "310", id="count"),
    ],
)
def test_a_harmless_cell_stays_as_it_is(cell: object, expected: str) -> None:
    assert guard(cell) == expected


def test_a_table_starts_with_a_bom_and_guards_header_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    write_table(path, ["Prénom", "=header"], [["Zoë", "=1+1"], ["a,b", "+33639980101"]])

    assert path.read_bytes().decode() == (
        "\ufeffPrénom,'=header\r\nZoë,'=1+1\r\n\"a,b\",+33639980101\r\n"
    )


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.csv"

    write_table(path, ["a"], [])

    assert path.exists()


def _rows_that_break_off() -> Iterator[list[str]]:
    yield ["half a table"]
    raise csv.Error


def test_a_file_that_breaks_off_leaves_the_old_one_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(csv.Error):
        write_table(path, ["a"], _rows_that_break_off())

    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"out\.csv cannot be written"):
        write_table(tmp_path / "file" / "out.csv", ["a"], [])
