"""Reads a workbook in a process of its own, as a hostile one may kill or choke its reader.

The child starts in 0.1 seconds, so every workbook goes through it, however small: there is one
way to read. It may take 120 seconds; on Linux it may take 1.5 GB, elsewhere only the parts that
it unpacks are bounded. Its answer is JSON and texts, so nothing in it can run here, and its
environment holds no credentials.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event, Timer
from typing import IO, Any

import orjson

from bulksms import errors
from bulksms.errors import BulkSmsError, LoadError
from bulksms.loader.detection import FileFormat
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.protocol import (
    MAX_ANSWER_BYTES,
    RESTART,
    RowBatch,
    too_much_memory,
)

__all__ = ["MEMORY_LIMIT", "TIME_LIMIT", "read_isolated"]

TIME_LIMIT = 120.0
MEMORY_LIMIT = 1_500_000_000
PIPE_BYTES = 1 << 20  # so that the two wait less for each other
# Free memory is used again at once: glibc would give it back and ask for it again each time.
_ALLOCATION = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 24),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 26),
    "MALLOC_TOP_PAD_": str(1 << 24),
}
# The variables that a Python needs to start; all others may hold what a workbook must not learn.
_INHERITED = frozenset(
    ("DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "SYSTEMDRIVE")
) | frozenset(("SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "WINDIR"))
_INHERITED_PREFIXES = ("COVERAGE_", "PYTHON")
# The path is appended, not put first: a package beside ours must not hide the standard library.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from bulksms.loader.workbook.child import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


def read_isolated(
    data: bytes,
    name: str,
    file_format: FileFormat,
    options: ReadOptions,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> Iterator[Any]:
    """Yield the lines of `child` while it reads.

    Raises:
        BulkSmsError: the child's own error, or that it took too long or died.
    """
    job = {"name": name, "format": file_format, "options": asdict(options)}
    is_late = Event()

    def stop() -> None:
        is_late.set()
        child.kill()

    with tempfile.TemporaryFile() as stderr_file:
        child = _start(name, seconds, memory, stderr_file)
        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            _write_job(child, data, job)
            yield from _read_lines(child, name)
            exit_code = child.wait()
        finally:
            timer.cancel()
            child.kill()
            child.wait()
        if exit_code:
            stderr_file.seek(0)
            late_after = seconds if is_late.is_set() else None
            raise _explain_exit(name, exit_code, stderr_file.read(), late_after)


def _start(
    name: str, seconds: float, memory: int, stderr_file: IO[bytes]
) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).parents[3])
    limits = [str(memory), str(int(seconds) + 1)]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own program, nothing of the user's in it
            [sys.executable, "-P", "-c", _PROGRAM, root, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr_file,
            env=_environment() | _ALLOCATION,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise LoadError(
            f"{name} cannot be read, as the system starts no more processes: close some programs.",
            code="computer_too_busy",
        ) from error
    _widen_pipe(child)
    return child


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _INHERITED or name.upper().startswith(_INHERITED_PREFIXES)
    }


def _widen_pipe(child: "subprocess.Popen[bytes]") -> None:
    """Let more wait in the pipe, where the system has room for it."""
    assert child.stdout is not None
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _write_job(child: "subprocess.Popen[bytes]", data: bytes, job: dict[str, Any]) -> None:
    assert child.stdin is not None
    try:
        with child.stdin as stdin:
            stdin.write(json.dumps(job).encode() + b"\n")
            stdin.write(data)
    except OSError:
        # It died before it had read all; its exit code says why.
        return


def _read_lines(child: "subprocess.Popen[bytes]", name: str) -> Iterator[Any]:
    """Yield the lines of the child, up to a bound."""
    assert child.stdout is not None
    left = before_sheet = MAX_ANSWER_BYTES
    with child.stdout as stdout:
        while line := stdout.readline(left):
            if not line.endswith(b"\n"):
                break
            message = orjson.loads(line)
            if "error" in message:
                raise _error(message)
            if "sheet" in message:
                before_sheet = left
            if message == RESTART:
                left = before_sheet
            left -= len(line)
            if "bytes" in message:
                message = RowBatch(body=stdout.read(min(message.pop("bytes"), left)), **message)
                left -= len(message.body)
            if left <= 0:
                raise too_much_memory(name)
            yield message


def _error(message: dict[str, Any]) -> BulkSmsError:
    kind: type[BulkSmsError] = getattr(errors, message["error"])
    if not issubclass(kind, BulkSmsError):
        raise TypeError(f"the reader reported {kind.__name__}, which is not one of our errors")
    return kind(message["sentence"], code=message["code"], **message["values"])


def _explain_exit(name: str, exit_code: int, stderr: bytes, late_after: float | None) -> Exception:
    """Explain why the child died; 1 is the code of a Python that met a bug of ours."""
    if late_after is not None:
        return LoadError(
            f"{name} takes longer than {late_after:.0f} seconds to read:"
            " save only what is needed as csv.",
            code="workbook_too_slow",
        )
    if exit_code == 1:
        return RuntimeError(stderr.decode(errors="replace"))
    return LoadError(
        f"{name} is damaged or too large to read: open it in Excel, and save what is needed as "
        "csv.",
        code="workbook_damaged_or_too_large",
    )
