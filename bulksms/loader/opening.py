"""The door of the loader: a path becomes sheets of text. It knows no phone and no message."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from bulksms.errors import EmptySheet, LoadError, NoSuchSheet
from bulksms.loader.delimited import Delimited, read_delimited
from bulksms.loader.detection import HEAD_BYTES, Kind, detect, mislabelled
from bulksms.loader.doubts import find_doubts
from bulksms.loader.interface import Note, ReadOptions, Sheet, Source
from bulksms.loader.table import Table
from bulksms.loader.worksheet import Worksheet, read_workbook

MAX_TEXT_BYTES = 2_000_000_000
MAX_WORKBOOK_BYTES = 200_000_000
_WORKBOOK_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DEFAULT = ReadOptions()


def open_sheets(path: str | Path, options: ReadOptions = _DEFAULT) -> tuple[Sheet, ...]:
    """Read every visible sheet with rows of the file at `path`, or of standard input for `-`.

    Raises:
        LoadError: the file cannot be used; the sentence says why and what to do.
    """
    name = str(path)
    data = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1) if name == "-" else _read(Path(path))
    return read_sheets(data, name, options)


def read_sheets(data: bytes, name: str, options: ReadOptions = _DEFAULT) -> tuple[Sheet, ...]:
    """Read sheets from bytes that are already here."""
    _check_size(len(data), data[:HEAD_BYTES], name)
    if not data:
        raise EmptySheet(f"{name} is empty: there are no contacts below the header.")
    kind = detect(data, name)
    notes = mislabelled(name, kind)
    digest = hashlib.sha256(data).hexdigest()
    if kind is not Kind.TEXT:
        worksheets = read_workbook(data, name, kind, options)
        notes += _blind_spots(name, kind)
        return tuple(
            _from_worksheet(worksheet, _source(name, kind, digest, worksheet), notes)
            for worksheet in worksheets
        )
    if options.sheet is not None:
        raise NoSuchSheet(f'{name} is text and has no sheet "{options.sheet}": leave --sheet out.')
    return (_from_text(read_delimited(data, name, options), name, digest, notes),)


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise LoadError(f"{path} is a folder: name a file in it.")
    try:
        with path.open("rb") as file:
            _check_size(path.stat().st_size, file.read(HEAD_BYTES), str(path))
            file.seek(0)
            return file.read()
    except FileNotFoundError as error:
        raise LoadError(f"There is no file {path}: check the name.") from error
    except OSError as error:
        why = error.strerror or "unknown"
        raise LoadError(f"{path} cannot be read ({why}): check the file.") from error


def _check_size(size: int, head: bytes, name: str) -> None:
    limit = MAX_WORKBOOK_BYTES if head.startswith(_WORKBOOK_HEADS) else MAX_TEXT_BYTES
    if size > limit:
        raise LoadError(f"{name} is over {limit // 1_000_000} MB: split it.")


def _doubts(table: Table) -> Iterator[Note]:
    return find_doubts(table.header, table.rows)


def _source(name: str, kind: Kind, digest: str, worksheet: Worksheet) -> Source:
    return Source(
        path=name,
        format=kind.value,
        encoding=None,
        delimiter=None,
        sheet=worksheet.name,
        digest=digest,
    )


def _blind_spots(name: str, kind: Kind) -> tuple[Note, ...]:
    if kind is not Kind.XLS:
        return ()
    message = f"{name} is an xls: hidden rows and errors cannot be told in it; save it as xlsx."
    return (Note(code="xls_blind_spots", message=message),)


def _from_worksheet(worksheet: Worksheet, source: Source, notes: tuple[Note, ...]) -> Sheet:
    return Sheet(
        source=source,
        header=worksheet.table.header,
        rows=worksheet.table.rows,
        ragged=worksheet.table.ragged,
        damaged=worksheet.damaged,
        hidden_rows=worksheet.hidden_rows,
        hidden_columns=worksheet.hidden_columns,
        notes=(*notes, *worksheet.notes, *_doubts(worksheet.table)),
    )


def _from_text(text: Delimited, name: str, digest: str, notes: tuple[Note, ...]) -> Sheet:
    if not len(text.table.rows):
        raise EmptySheet(f"{name} has no contacts below the header.")
    suffix = Path(name).suffix.lower().lstrip(".")
    plain = "tsv" if text.delimiter == "\t" else "csv"
    source = Source(
        path=name,
        format=suffix if suffix in {"csv", "tsv", "txt"} else plain,
        encoding=text.encoding,
        delimiter=text.delimiter,
        sheet=None,
        digest=digest,
    )
    return Sheet(
        source=source,
        header=text.table.header,
        rows=text.table.rows,
        ragged=text.table.ragged,
        notes=(*notes, *text.notes, *text.table.notes, *_doubts(text.table)),
    )
