"""Writes CSV files that open in Excel without damage, and that are complete or not there.

A cell that starts like a formula gets a leading apostrophe, except a plain `+336…`,
which is harmless and must survive a round trip (OWASP on formula injection).
"""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TextIO, cast

from bulksms.errors import InputError

__all__ = ["FORMULA_START", "PLAIN_NUMBER", "guard", "whole_file", "write_table"]

# The fullwidth forms are folded to ASCII by some spreadsheet programs.
FORMULA_START = r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
PLAIN_NUMBER = r"\+[0-9]+"
_DANGEROUS = re.compile(f"(?!{PLAIN_NUMBER}$){FORMULA_START}")


def guard(cell: object) -> str:
    """Make a cell of a value that no spreadsheet runs as a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if _DANGEROUS.match(text) else text


@contextmanager
def whole_file(path: Path, encoding: str = "utf-8-sig") -> Iterator[TextIO]:
    """Open a text file that replaces `path` only when it is complete and on disk.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            "w", encoding=encoding, newline="", dir=path.parent, prefix=".", delete=False
        ) as draft:
            try:
                yield cast(TextIO, draft)
                draft.flush()
                os.fsync(draft.fileno())
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
        Path(draft.name).replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): close it in other programs, "
            "or give another name."
        ) from None


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV in UTF-8 with a BOM, so that Excel reads the accents."""
    with whole_file(path) as draft:
        writer = csv.writer(draft)
        writer.writerow([guard(name) for name in header])
        writer.writerows([guard(cell) for cell in row] for row in rows)
