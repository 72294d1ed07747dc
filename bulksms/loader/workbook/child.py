"""The process that reads one workbook: a job on stdin, lines of JSON and batches on stdout.

The lines are: the hidden sheets that were left out; then for each sheet its title, its rows in
batches, and what is known at its end. An error is a line too. It must be quick to start: it loads
neither pandas nor pyarrow, and numpy only for large sheets.
"""

import gc
import json
import sys
from collections.abc import Iterator
from typing import Any

import orjson

from bulksms.errors import BulkSmsError
from bulksms.loader.archive import damaged_workbook
from bulksms.loader.detection import FileFormat
from bulksms.loader.display_locale import DEFAULT_LOCALE, find_locale
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.protocol import (
    MAX_ANSWER_BYTES,
    RESTART,
    RowBatch,
    too_much_memory,
)
from bulksms.loader.workbook.row_batches import TooManyCells

__all__ = ["main"]


def main(memory: int, seconds: int) -> None:
    """Read the job, then answer it within so many bytes and seconds of work."""
    _limit(memory, seconds)
    gc.disable()  # rows hold no cycles, and looking for them at every batch takes long
    job = json.loads(sys.stdin.buffer.readline())
    name = job["name"]
    try:
        if not _write_all(_answer(sys.stdin.buffer.read(), job)):
            _write_error(too_much_memory(name))
    except BulkSmsError as error:
        _write_error(error)
    except (MemoryError, TooManyCells):
        _write_error(too_much_memory(name))
    except OverflowError:  # a number or a date out of all bounds
        _write_error(damaged_workbook(name))


def _answer(data: bytes, job: dict[str, Any]) -> Iterator[Any]:
    name, options = job["name"], ReadOptions(**job["options"])
    locale = find_locale(options.locale or "") or DEFAULT_LOCALE
    if job["format"] == FileFormat.XLS:
        from bulksms.loader.workbook.xls_reader import read_xls

        return read_xls(data, name, options, locale)
    if job["format"] == FileFormat.ODS:
        from bulksms.loader.workbook.ods_reader import read_ods

        return read_ods(data, name, options, locale)
    from bulksms.loader.workbook.xlsx_reader import read_xlsx

    return read_xlsx(data, name, options, locale)


def _write_all(lines: Iterator[Any]) -> bool:
    """Write the lines, unless they are more than the parent can hold."""
    written = before_sheet = 0
    for line in lines:
        if line == RESTART:
            written = before_sheet
        elif isinstance(line, dict) and "sheet" in line:
            before_sheet = written
        written += _write(line)
        if written > MAX_ANSWER_BYTES:
            return False
    return True


def _write_error(error: BulkSmsError) -> None:
    _write(
        {
            "error": type(error).__name__,
            "sentence": str(error),
            "code": error.code,
            "values": error.values,
        }
    )


def _write(line: Any) -> int:  # noqa: ANN401 - whatever JSON can hold, or rows
    """Write a line, for rows with their columns behind it, and return how many bytes it has."""
    out = sys.stdout.buffer
    if isinstance(line, RowBatch):
        return out.write(orjson.dumps(line.head()) + b"\n") + out.write(line.body)
    return out.write(orjson.dumps(line) + b"\n")


def _limit(memory: int, seconds: int) -> None:
    """Limit the memory and the work of this process, where the system can; Windows cannot."""
    try:
        import resource
    except ImportError:
        return
    # The parent watches the clock; work is bounded too, should the parent be killed meanwhile.
    for limit, wanted in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(limit)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(limit, (bound, hard))
