"""Offers the ways to read a list, each with its effect: its sheets, letters, separators, titles.

Of a text file only its beginning and its first letters beyond ASCII are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from bulksms.errors import BulkSmsError, LoadError
from bulksms.loader import ReadOptions, Sheet, open_sheets, read_sheets
from bulksms.loader.detection import may_be_workbook
from bulksms.plan.make_request import read_options
from bulksms.plan.options import ReadingOptions

__all__ = ["ReadingChoice", "ReadingChoices", "find_reading_choices"]

HEAD = 256 * 1024  # bytes
CHUNK = 1 << 20
ENCODINGS = ("utf-8", "cp1252", "mac-roman", "cp850", "cp1250", "utf-16")
DELIMITERS = (";", ",", "tab", "|")
TITLE_ROWS = 8
CELLS = 6  # shown of a row
SAMPLES = 4  # cells with accents


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoice:
    """A way to read the list, and its effect.

    Attributes:
        value: of the setting; `""` as the list is read without it.
        cells: what one would see first; None where the list cannot be read so.
        count: the rows of a sheet, the columns that a separator makes.
    """

    value: str
    cells: tuple[str, ...] | None
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoices:
    """The ways to read a list.

    Attributes:
        encoding: as it is found in a text file.
        hidden_rows: of the sheet.
        error: why the list cannot be read at all.
    """

    sheets: tuple[ReadingChoice, ...] = ()
    encodings: tuple[ReadingChoice, ...] = ()
    delimiters: tuple[ReadingChoice, ...] = ()
    titles: tuple[ReadingChoice, ...] = ()
    encoding: str | None = None
    hidden_rows: int = 0
    error: BulkSmsError | None = None


def find_reading_choices(path: Path, reading: ReadingOptions) -> ReadingChoices:
    """Read the beginning of a list in every way that is offered."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        if may_be_workbook(head):
            return _of_workbook(path, reading)
        return _of_text(_shortened(path, head), path.name, reading)
    except BulkSmsError as error:
        return ReadingChoices(error=error)
    except OSError:
        return ReadingChoices(
            error=LoadError("The list is not there any more: choose it again.", code="list_gone")
        )


def _of_workbook(path: Path, reading: ReadingOptions) -> ReadingChoices:
    sheets = open_sheets(path, read_options(ReadingOptions(no_header=True)))
    chosen = next((sheet for sheet in sheets if sheet.source.sheet == reading.sheet), sheets[0])
    as_detected = (ReadingChoice(value="", cells=()),)
    return ReadingChoices(
        sheets=(*as_detected, *map(_sheet, sheets)),
        titles=(*as_detected, *_title_rows(chosen)),
        hidden_rows=chosen.hidden_rows,
    )


def _of_text(data: bytes, name: str, reading: ReadingOptions) -> ReadingChoices:
    try:
        options = read_options(replace(reading, sheet=None))
    except BulkSmsError:  # one of the settings is wrong: the choices correct it
        options = ReadOptions()
    has_accents = not data.isascii()
    detected = _read(data, name, replace(options, encoding=None))
    return ReadingChoices(
        encoding=None if detected is None else detected.source.encoding,
        encodings=tuple(_encodings(data, name, options)) if has_accents else (),
        delimiters=tuple(_delimiters(data, name, options)),
        titles=tuple(_titles(data, name, options)),
    )


def _encodings(data: bytes, name: str, options: ReadOptions) -> Iterator[ReadingChoice]:
    for encoding in ("", *ENCODINGS):
        sheet = _read(data, name, replace(options, encoding=encoding or None))
        cells = None if sheet is None else tuple(islice(_accented(sheet), SAMPLES))
        yield ReadingChoice(value=encoding, cells=cells)


def _delimiters(data: bytes, name: str, options: ReadOptions) -> Iterator[ReadingChoice]:
    for delimiter in ("", *DELIMITERS):
        sheet = _read(data, name, replace(options, delimiter=delimiter or None))
        header = None if sheet is None else sheet.header
        yield ReadingChoice(
            value=delimiter, cells=header and header[:CELLS], count=len(header or ())
        )


def _titles(data: bytes, name: str, options: ReadOptions) -> Iterator[ReadingChoice]:
    detected = _read(data, name, replace(options, header_row=None, no_header=False))
    if detected is not None:
        yield ReadingChoice(value="", cells=tuple(filter(None, detected.header))[:CELLS])
    sheet = _read(data, name, replace(options, header_row=None, no_header=True))
    yield from () if sheet is None else _title_rows(sheet)


def _title_rows(sheet: Sheet) -> Iterator[ReadingChoice]:
    """Yield the first rows of a sheet that was read without a header: each may be the titles."""
    for number, cells in _rows(sheet, TITLE_ROWS):
        yield ReadingChoice(value=str(number), cells=tuple(filter(None, cells))[:CELLS])


def _sheet(sheet: Sheet) -> ReadingChoice:
    _number, cells = next(_rows(sheet, 1))
    shown = tuple(filter(None, cells))[:CELLS]
    return ReadingChoice(value=sheet.source.sheet or "", cells=shown, count=len(sheet.rows))


def _rows(sheet: Sheet, most: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the first rows of a sheet, each with its number."""
    for block in islice(sheet.rows.blocks(), 1):
        columns = [block.column(at).slice(0, most).to_pylist() for at in range(sheet.rows.width)]
        yield from zip(block.row_numbers.tolist(), zip(*columns, strict=True), strict=False)


def _accented(sheet: Sheet) -> Iterator[str]:
    """Yield different cells with a letter beyond ASCII, those of the titles first."""
    shown = set()
    for cell in (*sheet.header, *_all_cells(sheet)):
        if not cell.isascii() and cell not in shown:
            shown.add(cell)
            yield cell


def _all_cells(sheet: Sheet) -> Iterator[str]:
    for block in sheet.rows.blocks():
        for at in range(sheet.rows.width):
            yield from block.column(at).to_pylist()


def _read(data: bytes, name: str, options: ReadOptions) -> Sheet | None:
    try:
        return read_sheets(data, name, options)[0]
    except BulkSmsError:
        return None


def _shortened(path: Path, head: bytes) -> bytes:
    """Cut the beginning of a file at the end of a line, and add its first line beyond ASCII."""
    if len(head) < HEAD:
        return head
    beginning = head[: head.rfind(b"\n") + 1] or head
    if not beginning.isascii():
        return beginning
    with path.open("rb") as file:
        file.seek(len(beginning))
        while chunk := file.read(CHUNK) + file.readline(CHUNK):
            if not chunk.isascii():
                lines = (line for line in chunk.splitlines(keepends=True) if not line.isascii())
                return beginning + b"".join(islice(lines, SAMPLES))
    return beginning
