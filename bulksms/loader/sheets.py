"""The door of the loader: a path becomes sheets of text. It knows no phone and no message."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from bulksms.errors import EmptySheet, LoadError, NoSuchSheet
from bulksms.finding import Finding
from bulksms.loader.byte_source import ByteSource, bytes_source, open_byte_source, spool
from bulksms.loader.cell_damage import find_damage
from bulksms.loader.delimited.reader import DelimitedTable, read_delimited
from bulksms.loader.detection import Kind, detect, mislabelled
from bulksms.loader.interface import ReadOptions, Sheet, Source
from bulksms.loader.table import Table
from bulksms.loader.workbook.worksheets import Worksheet, read_workbook

MAX_TEXT_BYTES = 10_000_000_000
MAX_WORKBOOK_BYTES = 200_000_000
_WORKBOOK_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_DEFAULT = ReadOptions()

Digest = Callable[[], str]


def open_sheets(path: str | Path, options: ReadOptions = _DEFAULT) -> tuple[Sheet, ...]:
    """Read every visible sheet with rows of the file at `path`, or of standard input for `-`.

    Raises:
        LoadError: the file cannot be used; the sentence says why and what to do.
    """
    name = str(path)
    with _supplied(name) as supply:
        return _read(supply, name, options)


def read_sheets(data: bytes, name: str, options: ReadOptions = _DEFAULT) -> tuple[Sheet, ...]:
    """Read sheets from bytes that are already here."""
    return _read(bytes_source(data, name), name, options)


def _supplied(name: str) -> AbstractContextManager[ByteSource]:
    if name == "-":
        return spool(sys.stdin.buffer, name, MAX_TEXT_BYTES)
    return open_byte_source(Path(name), MAX_TEXT_BYTES)


def _read(supply: ByteSource, name: str, options: ReadOptions) -> tuple[Sheet, ...]:
    head = supply.head()
    is_workbook = head.startswith(_WORKBOOK_HEADS)
    _check_size(supply.size, MAX_WORKBOOK_BYTES if is_workbook else MAX_TEXT_BYTES, name)
    if not head:
        raise EmptySheet(f"{name} is empty: there are no contacts below the header.")
    data = b"".join(supply.chunks()) if is_workbook else head
    kind = detect(data, name)
    findings = mislabelled(name, kind)
    if kind is not Kind.TEXT:
        return _read_workbook(data, name, kind, options, findings, supply.digest())
    if options.sheet is not None:
        raise NoSuchSheet(f'{name} is text and has no sheet "{options.sheet}": leave --sheet out.')
    with supply.unchanged():
        text = read_delimited(supply, name, options)
        return (_from_text(text, name, supply.digest(), findings),)


def _read_workbook(
    data: bytes,
    name: str,
    kind: Kind,
    options: ReadOptions,
    findings: tuple[Finding, ...],
    digest: Digest,
) -> tuple[Sheet, ...]:
    worksheets = read_workbook(data, name, kind, options)
    findings += _blind_spots(name, kind)
    return tuple(
        _from_worksheet(worksheet, _source(name, kind, digest, worksheet), findings)
        for worksheet in worksheets
    )


def _check_size(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise LoadError(f"{name} is over {limit // 1_000_000} MB: split it.")


def _doubts(table: Table) -> Iterator[Finding]:
    return find_damage(table.header, table.rows, table.damage)


def _source(name: str, kind: Kind, digest: Digest, worksheet: Worksheet) -> Source:
    return Source(
        path=name,
        format=kind.value,
        encoding=None,
        delimiter=None,
        sheet=worksheet.name,
        hashed=digest,
    )


def _blind_spots(name: str, kind: Kind) -> tuple[Finding, ...]:
    if kind is not Kind.XLS:
        return ()
    message = f"{name} is an xls: hidden rows and errors cannot be told in it; save it as xlsx."
    return (Finding(code="xls_blind_spots", message=message),)


def _from_worksheet(worksheet: Worksheet, source: Source, findings: tuple[Finding, ...]) -> Sheet:
    return Sheet(
        source=source,
        header=worksheet.table.header,
        rows=worksheet.table.rows,
        ragged=worksheet.table.ragged,
        damaged=worksheet.damaged,
        hidden_rows=worksheet.hidden_rows,
        hidden_columns=worksheet.hidden_columns,
        findings=(*findings, *worksheet.findings, *_doubts(worksheet.table)),
    )


def _from_text(
    text: DelimitedTable, name: str, digest: Digest, findings: tuple[Finding, ...]
) -> Sheet:
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
        hashed=digest,
    )
    return Sheet(
        source=source,
        header=text.table.header,
        rows=text.table.rows,
        ragged=text.table.ragged,
        findings=(*findings, *text.findings, *text.table.findings, *_doubts(text.table)),
    )
