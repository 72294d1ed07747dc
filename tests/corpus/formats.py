"""Writes tables as the programs of the world save them. The cases say what they mean."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

import openpyxl
import xlwt  # type: ignore[import-untyped]
from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped]
from odf.table import Table, TableCell, TableRow  # type: ignore[import-untyped]
from odf.text import P  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet

Lines = Sequence[Sequence[object]]


def text(lines: Lines, *, separator: str = ",", end: str = "\n") -> str:
    """Write delimited text, quoted where it must be."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(lines)
    return out.getvalue()


def xlsx(lines: Lines, change: Callable[[Worksheet], object] | None = None) -> bytes:
    """Write an xlsx, changed before it is saved."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for line in lines:
        page.append(list(line))
    if change:
        change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsm(lines: Lines) -> bytes:
    """Write an xlsx with a part that is a macro project by its name."""
    return with_parts(xlsx(lines), {"xl/vbaProject.bin": lambda _: b"\xd0\xcf\x11\xe0 no macro"})


def xls(lines: Lines) -> bytes:
    """Write an Excel 97 workbook."""
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet")
    for row, values in enumerate(lines):
        for column, value in enumerate(values):
            page.write(row, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(lines: Lines) -> bytes:
    """Write an OpenDocument spreadsheet."""
    book = OpenDocumentSpreadsheet()
    page = Table(name="Sheet")
    for values in lines:
        line = TableRow()
        for value in values:
            kind = {"valuetype": "string"}
            if isinstance(value, int):
                kind = {"valuetype": "float", "value": str(value)}
            cell = TableCell(**kind)
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        page.addElement(line)
    book.spreadsheet.addElement(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Change or add parts of a zipped workbook."""
    old = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in _ordered(old.namelist(), changes):
            body = old.read(part) if part in old.NameToInfo else b""
            new.writestr(part, changes[part](body) if part in changes else body)
    return out.getvalue()


def _ordered(names: Iterable[str], more: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*names, *more]))
