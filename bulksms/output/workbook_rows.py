"""Writes workbooks whose cells are all text, so that no cell is a formula or loses a digit."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.errors import InputError
from bulksms.output.whole_file import whole_file

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

__all__ = ["MAX_ROWS", "is_workbook", "write_workbook"]

MAX_ROWS = 1_048_576  # of one sheet, by the file format
MAX_CHARACTERS = 32_767  # of one cell, by the file format


def is_workbook(path: Path) -> bool:
    """Whether the name of an output asks for a workbook."""
    return path.suffix.lower() == ".xlsx"


def write_workbook(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a workbook of one sheet.

    Raises:
        InputError: the file cannot be written, or there are too many rows for a sheet.
    """
    from openpyxl import Workbook

    # The draft comes first: a workbook that cannot be saved would be left half open.
    with whole_file(path) as draft:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("bulksms")
        try:
            for number, row in enumerate(chain([header], rows), start=1):
                if number > MAX_ROWS:
                    raise InputError(
                        f"{path} would have more than {MAX_ROWS:,} rows, which no workbook can "
                        "hold: give it a name that ends in .csv."
                    )
                sheet.append([_text_cell(sheet, value) for value in row])
        finally:
            sheet.close()
        book.save(draft.buffer)


def _text_cell(sheet: "WriteOnlyWorksheet", value: object) -> "Cell":
    """Make a text cell: openpyxl would take `=1+1` for a formula, and XML has no controls."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = "" if value is None else str(value)
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:MAX_CHARACTERS])
    cell.data_type = "s"
    return cell
