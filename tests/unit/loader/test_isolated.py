"""An xls is read where it can do no harm."""

import io

import pytest
import xlwt  # type: ignore[import-untyped]

from bulksms.errors import LoadError, NoSuchSheet
from bulksms.loader import ReadOptions
from bulksms.loader.detection import Kind
from bulksms.loader.isolated import read_isolated


def an_xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet")
    for row, phone in enumerate(["phone", "0639980001"]):
        page.write(row, 0, phone)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_child_gives_the_sheets() -> None:
    (sheet,) = read_isolated(an_xls(), "a.xls", Kind.XLS, ReadOptions())
    assert sheet.table.header == ("phone",)
    assert sheet.table.rows[0].to_dict() == {2: "0639980001"}


def test_the_error_of_the_child_is_raised_here() -> None:
    with pytest.raises(NoSuchSheet, match='has no sheet "x"'):
        read_isolated(an_xls(), "a.xls", Kind.XLS, ReadOptions(sheet="x"))


def test_a_child_that_takes_too_long_is_one_sentence() -> None:
    with pytest.raises(LoadError, match="takes longer than"):
        read_isolated(an_xls(), "a.xls", Kind.XLS, ReadOptions(), seconds=0.01)


def test_a_workbook_that_kills_its_reader_is_one_sentence() -> None:
    data = an_xls()
    with pytest.raises(LoadError, match=r"^a\.xls is damaged or cut short"):
        read_isolated(data[: len(data) // 3], "a.xls", Kind.XLS, ReadOptions())
