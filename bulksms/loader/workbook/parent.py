"""Reads a workbook in a process of its own, as a hostile one may kill or choke whoever reads it.

The child starts in 0.1 seconds, so every workbook goes through it, however small: there is one
way to read. It may take 120 seconds; on Linux it may take 1.5 GB, elsewhere only the parts that
it inflates are bounded. What it says is JSON, so nothing in it can run here.

It must not know what a workbook holds: bytes go in, lines or one sentence come out.
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
from bulksms.loader.detection import Kind
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.protocol import ANEW, MAX_ANSWER_BYTES, Packed, too_much

TIME_LIMIT = 120.0
MEMORY_LIMIT = 1_500_000_000
PIPE_BYTES = 1 << 20  # so that the two wait less for each other
# Memory that is free is used again at once: glibc would give it back and ask anew each time.
_ALLOCATION = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 24),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 26),
    "MALLOC_TOP_PAD_": str(1 << 24),
}
# The path is appended, not put first: a package beside ours must not hide the standard library.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from bulksms.loader.workbook.child import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


def read_isolated(
    data: bytes,
    name: str,
    kind: Kind,
    options: ReadOptions,
    seconds: float = TIME_LIMIT,
    memory: int = MEMORY_LIMIT,
) -> Iterator[Any]:
    """Give the lines of `child` while it reads.

    Raises:
        BulkSmsError: what the child said, or that it took too long or died.
    """
    late = Event()

    def stop() -> None:
        late.set()
        child.kill()

    with tempfile.TemporaryFile() as complaints:
        child = _start(name, seconds, memory, complaints)
        clock = Timer(seconds, stop)
        clock.daemon = True
        clock.start()
        try:
            _hand_over(child, data, {"name": name, "kind": kind, "options": asdict(options)})
            yield from _lines(child, name)
            code = child.wait()
        finally:
            clock.cancel()
            child.kill()
            child.wait()
        if code:
            complaints.seek(0)
            raise _death(name, code, complaints.read(), seconds if late.is_set() else None)


def _start(
    name: str, seconds: float, memory: int, complaints: IO[bytes]
) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).parents[2])
    limits = [str(memory), str(int(seconds) + 1)]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own program, nothing of the user's in it
            [sys.executable, "-P", "-c", _PROGRAM, root, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, **_ALLOCATION},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise LoadError(
            f"{name} cannot be read, as the system starts no more processes: close some programs."
        ) from error
    _widen(child)
    return child


def _widen(child: "subprocess.Popen[bytes]") -> None:
    """Let more wait in the pipe, where the system has room for it."""
    assert child.stdout is not None
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _hand_over(child: "subprocess.Popen[bytes]", data: bytes, job: dict[str, Any]) -> None:
    assert child.stdin is not None
    try:
        with child.stdin as stdin:
            stdin.write(json.dumps(job).encode() + b"\n")
            stdin.write(data)
    except OSError:
        # It died before it had read all; its end says why.
        return


def _lines(child: "subprocess.Popen[bytes]", name: str) -> Iterator[Any]:
    """Give what the child says, until it says more than anybody needs."""
    assert child.stdout is not None
    left = MAX_ANSWER_BYTES
    with child.stdout as stdout:
        while line := stdout.readline(left):
            if not line.endswith(b"\n"):
                break
            told = orjson.loads(line)
            left -= len(line)
            if "error" in told:
                raise _error(told)
            if "bytes" in told:
                told = Packed(body=stdout.read(min(told.pop("bytes"), left)), **told)
                left -= len(told.body)
            if told == ANEW:
                left = MAX_ANSWER_BYTES
            if left <= 0:
                raise too_much(name)
            yield told


def _error(told: dict[str, str]) -> BulkSmsError:
    kind: type[BulkSmsError] = getattr(errors, told["error"])
    assert issubclass(kind, BulkSmsError)
    return kind(told["sentence"])


def _death(name: str, code: int, complaints: bytes, seconds: float | None) -> Exception:
    """Say why the child died; 1 is the code of a Python that met a bug of ours."""
    if seconds is not None:
        return LoadError(
            f"{name} takes longer than {seconds:.0f} seconds to read:"
            " save only what is needed as csv."
        )
    if code == 1:
        return RuntimeError(complaints.decode(errors="replace"))
    return LoadError(
        f"{name} is damaged or too large to read: open it in Excel, and save what is needed as csv."
    )
