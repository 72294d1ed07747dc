"""Rows that come in columns are not believed before they are checked."""

import numpy as np
import pytest

from bulksms.errors import LoadError
from bulksms.loader import ReadOptions, Source
from bulksms.loader.workbook.column_builder import ColumnBuilder, unpack
from bulksms.loader.workbook.protocol import RESTART, RowBatch
from bulksms.loader.workbook.row_batches import SheetEnd
from bulksms.loader.workbook.worksheets import make_sheets

BEGIN = [{"hidden_sheets": []}, {"sheet": "S"}]
A_SOURCE = Source(path="a.xlsx", format="xlsx", compute_digest=str)
END = SheetEnd(height=3, width=1).line()


def batch(
    numbers: list[int], cells: list[bytes], width: int = 1, offsets: list[int] | None = None
) -> RowBatch:
    ends = np.cumsum([0, *map(len, cells)]) if offsets is None else offsets
    body = np.array([*numbers, *ends], dtype="<i4").tobytes() + b"".join(cells)
    return RowBatch(rows=len(numbers), width=width, unresolved=[], hidden=[], digits=[], body=body)


def test_texts_come_back_by_column() -> None:
    numbers, columns = unpack(batch([2, 4], [b"a", b"", "é".encode(), b"d"], 2))
    assert numbers.tolist() == [2, 4]
    assert [column.to_pylist() for column in columns] == [["a", ""], ["é", "d"]]


@pytest.mark.parametrize(
    "block",
    [
        batch([1, 2], [b"a", b"\xff"]),
        batch([1, 2], [b"a", b"b"], offsets=[0, 2, 1]),
        batch([1, 2], [b"a", b"b"], offsets=[0, 1, 90]),
        batch([1, 2], [b"a", b"b"], offsets=[-1, 1, 2]),
        batch([1, 2], [b"a", b"b"], width=9),
        batch([2, 2], [b"a", b"b"]),
        RowBatch(rows=-1, width=1, unresolved=[], hidden=[], digits=[], body=b""),
    ],
)
def test_what_is_not_what_it_says_is_refused(block: RowBatch) -> None:
    with pytest.raises(ValueError, match=r"."):
        ColumnBuilder(header_row=None, include_hidden=False).take(block)
    with pytest.raises(LoadError, match="damaged"):
        make_sheets(iter([*BEGIN, block, END]), A_SOURCE, ReadOptions())


def test_a_sheet_that_does_not_end_is_damaged() -> None:
    with pytest.raises(LoadError, match="damaged"):
        make_sheets(iter([*BEGIN, batch([1], [b"a"])]), A_SOURCE, ReadOptions())


def test_a_sheet_that_restarts_forgets_its_first_rows() -> None:
    first = [batch([1, 2], [b"phone", b"1"])]
    again = [batch([1, 3], [b"phone", b"2"]), END]
    for before in ([], first):
        lines = iter([*BEGIN, *before, RESTART, *again])
        (sheet,) = make_sheets(lines, A_SOURCE, ReadOptions())
        assert sheet.header == ("phone",)
        assert sheet.rows.row_numbers.tolist() == [3]
