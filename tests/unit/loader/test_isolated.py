"""A workbook is read where it can do no harm, and within bounds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bulksms.errors import LoadError, NoSuchSheet
from bulksms.loader import ReadOptions
from bulksms.loader.detection import Kind
from bulksms.loader.workbook.parent import MEMORY_LIMIT, TIME_LIMIT, read_isolated
from bulksms.loader.workbook.protocol import ANEW, Packed
from tests.corpus.formats import Lines, with_parts, xls, xlsx

LINES = [["phone"], ["0639980001"]]
PLAIN = ReadOptions()


def read(
    data: bytes,
    kind: Kind = Kind.XLS,
    options: ReadOptions = PLAIN,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> list[Any]:
    return list(read_isolated(data, f"a.{kind}", kind, options, seconds, memory))


@pytest.mark.parametrize(("kind", "write"), [(Kind.XLS, xls), (Kind.XLSX, xlsx)])
def test_the_child_gives_the_rows_with_their_numbers(
    kind: Kind, write: Callable[[Lines], bytes]
) -> None:
    hidden, told, block, tail = read(write(LINES), kind)
    assert hidden == {"hidden_sheets": []}
    assert (told["width"], told["height"], told["broken"]) == (1, 2, [])
    assert block == [[1, ["phone"]], [2, ["0639980001"]]]
    assert tail == {"hidden_rows": 0}


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
    assert read(large, Kind.XLSX)[-1] == {"hidden_rows": 0}
    with pytest.raises(LoadError, match=r"^a\.xlsx (is .* too large|needs too much)"):
        read(large, Kind.XLSX, memory=40_000_000)


def test_the_child_loads_no_library_that_takes_long() -> None:
    script = (
        "import sys, bulksms.loader.workbook.child, python_calamine;"
        "print(sorted({'pandas', 'numpy', 'pyarrow', 'openpyxl'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
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


def test_a_large_plain_workbook_comes_in_columns() -> None:
    hidden, told, *blocks, end = read(_rows(20_000), Kind.XLSX)
    assert (hidden, told) == ({"hidden_sheets": []}, {"sheet": "Sheet", "streamed": True})
    assert {type(block) for block in blocks} == {Packed}
    assert sum(block.rows for block in blocks) == 20_002
    assert end == {"height": 20_002, "width": 1, "hidden_columns": []}


def test_a_large_workbook_that_is_plain_only_at_first_is_begun_anew() -> None:
    lines = read(_rows(20_000, b"<row><c><v>1</v></c></row>"), Kind.XLSX)
    begin = lines.index(ANEW)
    assert {type(line) for line in lines[2:begin]} == {Packed}
    assert lines[begin + 1] == {"hidden_sheets": []}
    assert (lines[begin + 2]["height"], lines[-1]) == (20_003, {"hidden_rows": 0})
