"""Writes CSV files that open in Excel without damage, and that are complete or not there."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bulksms.output.formula_guard import guard
from bulksms.output.whole_file import whole_file
from bulksms.output.workbook_rows import Cell, is_workbook, write_workbook

__all__ = ["write_table"]


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], delimiter: str = ","
) -> None:
    """Write a CSV in UTF-8 with a BOM, so that Excel reads the accents; or a workbook by suffix.

    Times are in ISO 8601 in the CSV, and real ones in the workbook, as amounts are.

    Raises:
        InputError: the file cannot be written.
    """
    if is_workbook(path):
        write_workbook(path, header, rows)
        return
    with whole_file(path) as draft:
        writer = csv.writer(draft, delimiter=delimiter)
        writer.writerow([guard(name) for name in header])
        writer.writerows([guard(_text(cell)) for cell in row] for row in rows)


def _text(cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, datetime) else cell
