"""Writes CSV files that open in Excel without damage, and that are complete or not there.

A cell that starts like a formula gets a leading apostrophe, except a plain `+336…`,
which is harmless and must survive a round trip (OWASP on formula injection).
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bulksms.output.whole_file import whole_file
from bulksms.output.workbook_rows import is_workbook, write_workbook

__all__ = ["guard", "write_table"]

# The fullwidth forms are folded to ASCII by some spreadsheet programs.
_FORMULA = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_NUMBER = r"\+[0-9]+"
_DANGEROUS = re.compile(rf"(?!{_NUMBER}$)\s*(?:{_FORMULA}|[\t\r\n])")
# Excel cuts a line at the separator of its own country, also inside the quotes of another one.
_DANGEROUS_INSIDE = re.compile(rf"([;\t|]\s*)(?!{_NUMBER}(?:[;\t|]|$))(?={_FORMULA})")


def guard(cell: object) -> str:
    """Make a cell of a value that no spreadsheet runs as a formula."""
    text = "" if cell is None else str(cell)
    safe = _DANGEROUS_INSIDE.sub(r"\1'", text)
    return f"'{safe}" if _DANGEROUS.match(text) else safe


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ","
) -> None:
    """Write a CSV in UTF-8 with a BOM, so that Excel reads the accents; or a workbook by suffix.

    Raises:
        InputError: the file cannot be written.
    """
    if is_workbook(path):
        write_workbook(path, header, rows)
        return
    with whole_file(path) as draft:
        writer = csv.writer(draft, delimiter=delimiter)
        writer.writerow([guard(name) for name in header])
        writer.writerows([guard(cell) for cell in row] for row in rows)
