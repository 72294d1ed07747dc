"""A workbook is read where it can do no harm, and within bounds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bulksms.errors import LoadError, NoSuchSheet
from bulksms.loader import ReadOptions
from bulksms.loader.detection import FileFormat
from bulksms.loader.workbook.column_builder import unpack
from bulksms.loader.workbook.parent import MEMORY_LIMIT, TIME_LIMIT, read_isolated
from bulksms.loader.workbook.protocol import RESTART, RowBatch
from tests.corpus.formats import Lines, ods, with_parts, xls, xlsx

LINES = [["phone"], ["0639980001"]]
PLAIN = ReadOptions()


def read(
    data: bytes,
    file_format: FileFormat = FileFormat.XLS,
    options: ReadOptions = PLAIN,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> list[Any]:
    return list(read_isolated(data, f"a.{file_format}", file_format, options, seconds, memory))


@pytest.mark.parametrize(
    ("file_format", "write"),
    [(FileFormat.XLS, xls), (FileFormat.XLSX, xlsx), (FileFormat.ODS, ods)],
)
def test_the_child_gives_the_rows_with_their_numbers(
    file_format: FileFormat, write: Callable[[Lines], bytes]
) -> None:
    hidden, title, batch, end = read(write(LINES), file_format)
    assert (hidden, list(title)) == ({"hidden_sheets": []}, ["sheet"])
    numbers, columns = unpack(batch)
    assert numbers.tolist() == [1, 2]
    assert [column.to_pylist() for column in columns] == [["phone", "0639980001"]]
    assert (end["height"], end["width"]) == (2, 1)


def test_the_child_knows_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCTOPUSH_API_KEY", "secret-of-a-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
    spy = tmp_path / "sitecustomize.py"
    spy.write_text(
        f"import os\nopen({str(tmp_path / 'seen')!r}, 'w').write(repr(dict(os.environ)))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    read(xls(LINES))
    environment = (tmp_path / "seen").read_text()
    assert "PYTHONPATH" in environment
    assert "secret-of-a-test" not in environment


def test_the_error_of_the_child_is_raised_here() -> None:
    with pytest.raises(NoSuchSheet, match='has no sheet "x"'):
        read(xls(LINES), options=ReadOptions(sheet="x"))


def test_a_child_that_takes_too_long_is_one_sentence() -> None:
    with pytest.raises(LoadError, match=r"^a\.xls takes longer than 0 seconds"):
        read(xls(LINES), seconds=0.01)


def test_a_workbook_that_kills_its_reader_is_one_sentence() -> None:
    data = xls(LINES)
    with pytest.raises(LoadError, match=r"^a\.xls is damaged or"):
        read(data[: len(data) // 3])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")
def test_a_workbook_that_needs_too_much_memory_is_one_sentence() -> None:
    cells = b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>"

    def fill(body: bytes) -> bytes:
        return body.replace(b"</sheetData>", cells * 6_000 + b"</sheetData>")

    large = with_parts(xlsx(LINES), {"xl/worksheets/sheet1.xml": fill})
    assert read(large, FileFormat.XLSX)[-1]["height"] == 6_002
    with pytest.raises(LoadError, match=r"^a\.xlsx (is .* too large|needs too much)"):
        read(large, FileFormat.XLSX, memory=40_000_000)


def test_the_child_loads_no_library_that_takes_long() -> None:
    script = (
        "import sys, bulksms.loader.workbook.child, bulksms.loader.workbook.xlsx_reader;"
        "print(sorted({'pandas', 'numpy', 'pyarrow', 'openpyxl'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout == "[]\n"


def _rows(count: int, last: bytes = b"") -> bytes:
    def fill(body: bytes) -> bytes:
        rows = [
            b'<row r="%d"><c r="A%d" t="str"><v>0639980001 and some more</v></c></row>' % (at, at)
            for at in range(3, count + 3)
        ]
        return body.replace(b"</sheetData>", b"".join(rows) + last + b"</sheetData>")

    return with_parts(xlsx(LINES), {"xl/worksheets/sheet1.xml": fill})


def test_a_large_plain_sheet_comes_in_batches() -> None:
    hidden, title, *batches, end = read(_rows(20_000), FileFormat.XLSX)
    assert (hidden, title) == ({"hidden_sheets": []}, {"sheet": "Sheet"})
    assert {type(batch) for batch in batches} == {RowBatch}
    assert sum(batch.rows for batch in batches) == 20_002
    assert (end["height"], end["width"], end["hidden_columns"]) == (20_002, 1, [])


def test_a_large_sheet_that_is_plain_only_at_first_restarts() -> None:
    lines = read(_rows(20_000, b"<row><c><v>1</v></c></row>"), FileFormat.XLSX)
    restart = lines.index(RESTART)
    before, after = lines[2:restart], lines[restart + 1 : -1]
    assert {type(line) for line in (*before, *after)} == {RowBatch}
    assert sum(batch.rows for batch in after) == 20_003
    assert lines[-1]["height"] == 20_003
