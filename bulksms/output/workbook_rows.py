"""Writes workbooks that open as a colleague would have made them.

A text is a text cell, so that no cell is a formula or a link or loses a digit. Whole numbers,
amounts and times are real ones. Each sheet has a frozen header, a filter and fitting widths.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bulksms.errors import InputError
from bulksms.output.whole_file import whole_file

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["MAX_ROWS", "Cell", "SheetContent", "is_workbook", "write_sheets", "write_workbook"]

MAX_ROWS = 1_048_576  # of one sheet, by the file format
MAX_CHARACTERS = 32_767  # of one cell, by the file format
EXACT_DIGITS = 15  # of a number cell, which is a binary float

NARROWEST, WIDEST = 6, 60  # characters of a column
ROWS_MEASURED = 500  # the widths are those of the first rows

# Not allowed in XML; a lone surrogate cannot be written at all.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MONEY = "#,##0.00##"
_TIME = 'yyyy-mm-dd hh:mm:ss" UTC"'

Cell = str | int | Decimal | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetContent:
    """One sheet of a workbook: its title, its header and its rows, which are read once."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def is_workbook(path: Path) -> bool:
    """Whether the name of an output asks for a workbook."""
    return path.suffix.lower() == ".xlsx"


def write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a workbook of one sheet.

    Raises:
        InputError: the file cannot be written, or there are too many rows for a sheet.
    """
    write_sheets(path, [SheetContent(title="bulksms", header=header, rows=rows)])


def write_sheets(path: Path, sheets: Iterable[SheetContent]) -> None:
    """Write a workbook of several sheets.

    Raises:
        InputError: the file cannot be written, or there are too many rows for a sheet.
    """
    with whole_file(path) as draft, tempfile.TemporaryDirectory(prefix="bulksms-") as folder:
        _write(path, draft.buffer, sheets, folder)


def _write(path: Path, file: BinaryIO, sheets: Iterable[SheetContent], folder: str) -> None:
    from xlsxwriter import Workbook

    # Rows go to files in the folder at once, so that long lists need no memory.
    book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
    try:
        for content in sheets:
            _SheetWriter(path, book, content).write()
    except BaseException:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()
        raise
    book.close()


class _SheetWriter:
    """Writes one sheet row by row, and measures its columns meanwhile."""

    def __init__(self, path: Path, book: "Workbook", content: SheetContent) -> None:
        self._path, self._content = path, content
        self._sheet: Worksheet = book.add_worksheet(content.title)
        self._formats: dict[type, Format] = {
            str: book.add_format({"bold": True, "bottom": 1}),
            Decimal: book.add_format({"num_format": _MONEY}),
            datetime: book.add_format({"num_format": _TIME, "align": "left"}),
        }
        self._widths = [NARROWEST] * len(content.header)

    def write(self) -> None:
        """Write the header and all rows, then what holds for the whole sheet."""
        sheet, header = self._sheet, self._content.header
        last = 0
        for number, cells in enumerate(chain([header], self._content.rows)):
            if number >= MAX_ROWS:
                raise InputError(
                    f"{self._path} would have more than {MAX_ROWS:,} rows, which no workbook can "
                    "hold: give it a name that ends in .csv.",
                    code="too_many_rows_for_excel",
                    limit=MAX_ROWS,
                )
            if number <= ROWS_MEASURED:
                self._measure(cells)
            for column, value in enumerate(cells):
                self._write_cell(number, column, value)
            last = number
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        if header:
            sheet.autofilter(0, 0, last, len(header) - 1)
            # Phone numbers are texts on purpose, so no cell is marked as a mistake.
            area = f"A1:XFD{MAX_ROWS}"
            sheet.ignore_errors({"number_stored_as_text": area})

    def _measure(self, cells: Sequence[Cell]) -> None:
        for column, value in enumerate(cells):
            width = 24 if isinstance(value, datetime) else len(str(value or "")) + 2
            self._widths[column] = max(self._widths[column], min(width, WIDEST))

    def _write_cell(self, row: int, column: int, value: Cell) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            moment = value.astimezone(UTC).replace(tzinfo=None)
            self._sheet.write_datetime(row, column, moment, self._formats[datetime])
        elif isinstance(value, Decimal):
            self._sheet.write_number(row, column, float(value), self._formats[Decimal])
        elif isinstance(value, int) and len(str(value)) <= EXACT_DIGITS:
            self._sheet.write_number(row, column, value)
        else:
            text = _NOT_IN_XML.sub("", str(value))[:MAX_CHARACTERS]
            self._sheet.write_string(row, column, text, None if row else self._formats[str])
