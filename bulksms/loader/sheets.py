"""Opens a file and reads its sheets as tables of text."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from bulksms.errors import EmptySheet, LoadError, NoSuchSheet
from bulksms.finding import Finding
from bulksms.loader.byte_source import ByteSource, bytes_source, open_byte_source, spool
from bulksms.loader.cell_damage import find_damage
from bulksms.loader.delimited.read_delimited import DelimitedTable, read_delimited
from bulksms.loader.detection import Kind, detect, is_utf16, may_be_workbook, mislabelled
from bulksms.loader.interface import ReadOptions, Sheet, Source
from bulksms.loader.sheet_table import Table
from bulksms.loader.workbook.worksheets import Worksheet, read_workbook
from bulksms.progress_steps import Progress, SilentProgress

MAX_TEXT_BYTES = 10_000_000_000
MAX_WORKBOOK_BYTES = 200_000_000
_DEFAULT = ReadOptions()
_SILENT = SilentProgress()

Digest = Callable[[], str]


def open_sheets(
    path: str | Path,
    options: ReadOptions = _DEFAULT,
    progress: Progress = _SILENT,
) -> tuple[Sheet, ...]:
    """Read every visible sheet with rows of the file at `path`, or of standard input for `-`.

    Raises:
        LoadError: the file cannot be used, for the reason the sentence gives.
    """
    name = str(path)
    with _open(name) as byte_source:
        return _read(byte_source, name, options, progress)


def read_sheets(data: bytes, name: str, options: ReadOptions = _DEFAULT) -> tuple[Sheet, ...]:
    """Read the sheets of a file in memory."""
    return _read(bytes_source(data, name), name, options, _SILENT)


def _open(name: str) -> AbstractContextManager[ByteSource]:
    if name == "-":
        return spool(sys.stdin.buffer, name, MAX_TEXT_BYTES)
    return open_byte_source(Path(name), MAX_TEXT_BYTES)


def _read(
    byte_source: ByteSource, name: str, options: ReadOptions, progress: Progress
) -> tuple[Sheet, ...]:
    head = byte_source.head()
    is_workbook = may_be_workbook(head)
    _check_size(byte_source.size, MAX_WORKBOOK_BYTES if is_workbook else MAX_TEXT_BYTES, name)
    if not head:
        raise EmptySheet(
            f"{name} is empty: it has no contacts below the header.", code="list_empty"
        )
    data = b"".join(byte_source.chunks()) if is_workbook else head
    kind = detect(data, name)
    findings = mislabelled(name, kind)
    if kind is not Kind.TEXT:
        with progress.step(f"reading {Path(name).name}") as reached:
            worksheets = read_workbook(data, name, kind, options, reached)
        digest = byte_source.digest()
        return tuple(
            _from_worksheet(each, _source(name, kind, digest, each), findings)
            for each in worksheets
        )
    if options.sheet is not None:
        raise NoSuchSheet(
            f'{name} is a text file and has no sheet "{options.sheet}": leave out --sheet.',
            code="text_file_without_sheets",
        )
    digest = byte_source.digest()
    with (
        progress.step(f"reading {Path(name).name}", byte_source.size, "B") as reached,
        byte_source.unchanged(),
        byte_source.followed(reached),
    ):
        if not is_utf16(head):
            byte_source.leave_out_end_marks()
        text = read_delimited(byte_source, name, options)
        return (_from_text(text, name, digest, findings),)


def _check_size(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise LoadError(
            f"{name} is larger than {limit // 1_000_000} MB: split it.",
            code="list_too_large",
            limit=limit // 1000000,
        )


def _damage_findings(table: Table) -> Iterator[Finding]:
    return find_damage(table.header, table.rows, table.damage)


def _source(name: str, kind: Kind, digest: Digest, worksheet: Worksheet) -> Source:
    return Source(
        path=name,
        format=kind.value,
        encoding=None,
        delimiter=None,
        sheet=worksheet.name,
        compute_digest=digest,
    )


def _from_worksheet(worksheet: Worksheet, source: Source, findings: tuple[Finding, ...]) -> Sheet:
    return Sheet(
        source=source,
        header=worksheet.table.header,
        rows=worksheet.table.rows,
        ragged=worksheet.table.ragged,
        damaged=worksheet.damaged,
        digits=worksheet.digits,
        hidden_rows=worksheet.hidden_rows,
        hidden_columns=worksheet.hidden_columns,
        findings=(*findings, *worksheet.findings, *_damage_findings(worksheet.table)),
    )


def _from_text(
    text: DelimitedTable, name: str, digest: Digest, findings: tuple[Finding, ...]
) -> Sheet:
    if not len(text.table.rows):
        raise EmptySheet(f"{name} has no contacts below the header.", code="list_empty")
    suffix = Path(name).suffix.lower().lstrip(".")
    default = "tsv" if text.delimiter == "\t" else "csv"
    source = Source(
        path=name,
        format=suffix if suffix in {"csv", "tsv", "txt"} else default,
        encoding=text.encoding,
        delimiter=text.delimiter,
        sheet=None,
        compute_digest=digest,
    )
    return Sheet(
        source=source,
        header=text.table.header,
        rows=text.table.rows,
        ragged=text.table.ragged,
        broken=text.table.broken,
        findings=(*findings, *text.findings, *text.table.findings, *_damage_findings(text.table)),
    )
