"""What a file is, recognised by its content; what is not a spreadsheet is named."""

import hashlib
import io
import sys
from pathlib import Path

import openpyxl
import pytest

from bulksms.errors import EmptySheet, LoadError, RuleError, UnknownFormat
from bulksms.loader import ReadOptions, open_sheets, read_sheets
from tests.sheets import cells_of


@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods"])
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "a PDF document"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<html><table><tr><td>1", "a web page"),
        (b"<html><head></head></html>", "a web page"),
        (b"<?xml version='1.0'?>\n<rows/>", "an XML file"),
        (b'[{"phone": "1"}]', "a JSON file"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (bytes(range(1, 32)) * 20, "a binary file"),
    ],
)
def test_what_is_no_spreadsheet_is_named(
    tmp_path: Path, suffix: str, data: bytes, what: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(data)
    with pytest.raises(UnknownFormat, match=what):
        open_sheets(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"The file .*nope\.csv does not exist: check the name\."):
        open_sheets(tmp_path / "nope.csv")


def test_a_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="is a folder"):
        open_sheets(tmp_path)


def test_text_named_xlsx_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"phone;name\n1;A\n")
    (sheet,) = open_sheets(path)
    assert sheet.source.format == "csv"
    assert [note.code for note in sheet.findings] == ["mislabelled"]


def test_a_workbook_named_csv_is_read_with_a_note(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["phone"])
    book.active.append(["1"])
    book.save(tmp_path / "a.csv")
    (sheet,) = open_sheets(tmp_path / "a.csv")
    assert sheet.source.format == "xlsx"
    assert [note.code for note in sheet.findings] == ["mislabelled"]


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfphone;name\r\n1;A\r\n"
    (tmp_path / "a.csv").write_bytes(data)
    (sheet,) = open_sheets(tmp_path / "a.csv")
    assert sheet.source.digest == hashlib.sha256(data).hexdigest()


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"phone,name\n1,A\n")))
    (sheet,) = open_sheets("-")
    assert (sheet.source.path, sheet.source.format) == ("-", "csv")
    assert cells_of(sheet.rows) == [["1", "A"]]


@pytest.mark.parametrize("content", [b"", b"phone\n"])
def test_standard_input_is_named_in_words(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    with pytest.raises(EmptySheet, match=r"^Standard input "):
        open_sheets("-")


@pytest.mark.parametrize("last", ["", '"un"clos"ed,"\n'], ids=["simple", "read strictly"])
def test_reading_ends_soon_after_the_most_rows(last: str) -> None:
    rows = "0639980101,Zoé\n" * 140_000
    data = f"Mobile,Nom\n{last}{rows}".encode()

    with pytest.raises(RuleError, match=r"over 6\d,\d{3} rows, more than the 1,000 of max_rows"):
        read_sheets(data, "list.csv", ReadOptions(max_rows=1000))


def test_as_many_rows_as_there_may_be_are_read() -> None:
    data = b"Mobile,Nom\n" + b"0639980101,Zoe\n" * 70_000

    (sheet,) = read_sheets(data, "list.csv", ReadOptions(max_rows=70_000))

    assert len(sheet.rows) == 70_000
