"""Rows that come in columns are not believed before they are checked."""

import numpy as np
import pytest

from bulksms.errors import LoadError
from bulksms.loader import ReadOptions
from bulksms.loader.detection import Kind
from bulksms.loader.workbook.column_builder import Laying, unpack
from bulksms.loader.workbook.protocol import ANEW, Packed
from bulksms.loader.workbook.worksheets import lay_out

BEGIN = [{"hidden_sheets": []}, {"sheet": "S", "streamed": True}]
END = {"height": 3, "width": 1, "hidden_columns": []}


def packed(
    numbers: list[int], cells: list[bytes], width: int = 1, offsets: list[int] | None = None
) -> Packed:
    ends = np.cumsum([0, *map(len, cells)]) if offsets is None else offsets
    body = np.array([*numbers, *ends], dtype="<i4").tobytes() + b"".join(cells)
    return Packed(rows=len(numbers), width=width, broken=[], hidden=[], body=body)


def test_texts_come_back_by_column() -> None:
    numbers, columns = unpack(packed([2, 4], [b"a", b"", "é".encode(), b"d"], 2))
    assert numbers.tolist() == [2, 4]
    assert [column.to_pylist() for column in columns] == [["a", ""], ["é", "d"]]


@pytest.mark.parametrize(
    "block",
    [
        packed([1, 2], [b"a", b"\xff"]),
        packed([1, 2], [b"a", b"b"], offsets=[0, 2, 1]),
        packed([1, 2], [b"a", b"b"], offsets=[0, 1, 90]),
        packed([1, 2], [b"a", b"b"], offsets=[-1, 1, 2]),
        packed([1, 2], [b"a", b"b"], width=9),
        packed([2, 2], [b"a", b"b"]),
        Packed(rows=-1, width=1, broken=[], hidden=[], body=b""),
    ],
)
def test_what_is_not_what_it_says_is_refused(block: Packed) -> None:
    with pytest.raises(ValueError, match=r"."):
        Laying(no_header=False, include_hidden=False).take(block)
    with pytest.raises(LoadError, match="damaged"):
        lay_out(iter([*BEGIN, block, END]), "a.xlsx", Kind.XLSX, ReadOptions())


def test_a_sheet_that_does_not_end_is_damaged() -> None:
    with pytest.raises(LoadError, match="damaged"):
        lay_out(iter([*BEGIN, packed([1], [b"a"])]), "a.xlsx", Kind.XLSX, ReadOptions())


def test_what_was_said_before_the_child_began_anew_is_forgotten() -> None:
    whole = [*BEGIN, packed([1, 2], [b"phone", b"1"]), END]
    again = [*BEGIN, packed([1, 3], [b"phone", b"2"]), END]
    for before in ([], BEGIN[:1], BEGIN, whole[:3], whole):
        lines = iter([*before, ANEW, *again])
        (sheet,) = lay_out(lines, "a.xlsx", Kind.XLSX, ReadOptions())
        assert sheet.table.header == ("phone",)
        assert sheet.table.rows.row_numbers.tolist() == [3]
