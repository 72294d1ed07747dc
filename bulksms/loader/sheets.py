"""Opens a file and reads its sheets as tables of text."""

import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from bulksms.errors import EmptySheet, LoadError
from bulksms.loader.byte_source import ByteSource, bytes_source, open_byte_source, spool
from bulksms.loader.delimited.read_delimited import read_delimited
from bulksms.loader.detection import FileFormat, detect, is_utf16, may_be_workbook, mislabelled
from bulksms.loader.interface import ReadOptions, Sheet, Source
from bulksms.progress_steps import Progress, SilentProgress

MAX_TEXT_BYTES = 10_000_000_000
MAX_WORKBOOK_BYTES = 200_000_000
_DEFAULT = ReadOptions()
_SILENT = SilentProgress()


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
    return _read(bytes_source(data, _shown(name)), name, options, _SILENT)


def _open(name: str) -> AbstractContextManager[ByteSource]:
    if name == "-":
        return spool(sys.stdin.buffer, _shown(name), MAX_TEXT_BYTES)
    return open_byte_source(name, MAX_TEXT_BYTES)


def _read(
    byte_source: ByteSource, path: str, options: ReadOptions, progress: Progress
) -> tuple[Sheet, ...]:
    name, head = byte_source.name, byte_source.head()
    is_workbook = may_be_workbook(head)
    _check_size(byte_source.size, MAX_WORKBOOK_BYTES if is_workbook else MAX_TEXT_BYTES, name)
    if not head:
        raise EmptySheet(
            f"{name} is empty: it has no contacts below the header.", code="list_empty"
        )
    data = b"".join(byte_source.chunks()) if is_workbook else head
    file_format = detect(data, name)
    source = Source(path=name, format=file_format.value, compute_digest=byte_source.digest())
    label = f"reading {Path(name).name}"
    if file_format is not FileFormat.TEXT:
        from bulksms.loader.workbook.worksheets import read_workbook  # a text needs none of it

        with progress.step(label) as reached:
            sheets = read_workbook(data, source, options, reached)
    else:
        with (
            progress.step(label, byte_source.size, "B") as reached,
            byte_source.unchanged(),
            byte_source.followed(reached),
        ):
            if not is_utf16(head):
                byte_source.leave_out_end_marks()
            sheets = (read_delimited(byte_source, source, options),)
    findings = mislabelled(name, file_format)
    return tuple(
        replace(
            sheet,
            source=replace(sheet.source, path=path),
            findings=(*findings, *sheet.findings),
        )
        for sheet in sheets
    )


def _shown(name: str) -> str:
    """Name a file at the beginning of a sentence."""
    return "Standard input" if name == "-" else name


def _check_size(size: int, limit: int, name: str) -> None:
    if size > limit:
        raise LoadError(
            f"{name} is larger than {limit // 1_000_000} MB: split it.",
            code="list_too_large",
            limit=limit // 1000000,
        )
