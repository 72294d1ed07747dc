"""The bytes of a file, read a chunk at a time as often as needed, never all in memory."""

import hashlib
import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import IO

from bulksms.errors import LoadError
from bulksms.loader.detection import HEAD_BYTES
from bulksms.progress_steps import Reached

__all__ = ["CHUNK_BYTES", "ByteSource", "bytes_source", "open_byte_source", "spool"]

CHUNK_BYTES = 1 << 20
LINE_BYTES = 16 << 20
_END_MARKS = b"\0\x1a"

Stamp = tuple[int, int]


class ByteSource:
    """Bytes that several readers can read as often as needed.

    Attributes:
        name: the file in messages.
        size: how many bytes there are.
        chunk: how many are read at once.
    """

    def __init__(
        self, file: IO[bytes], name: str, *, chunk: int = CHUNK_BYTES, shared: bool = False
    ) -> None:
        """Read from a file; `shared` when other programs may write to it meanwhile."""
        self.name, self.chunk = name, chunk
        self._file = file
        self._reading = Lock()  # all readers share one position in the file
        self.size = file.seek(0, os.SEEK_END)
        self._stamp = _stamp(file) if shared else None
        self._reached: Reached | None = None

    def read(self, start: int, count: int) -> bytes:
        """Give up to `count` bytes from `start`; none at the end."""
        try:
            with self._reading:
                self._file.seek(start)
                content = self._file.read(max(min(count, self.size - start), 0))
        except OSError as error:
            raise _unreadable(self.name, error) from error
        if self._reached is not None:
            self._reached(start + len(content))
        return content

    @contextmanager
    def followed(self, reached: Reached) -> Iterator[None]:
        """Report after each read where in the file it ended."""
        self._reached = reached
        try:
            yield
        finally:
            self._reached = None

    def leave_out_end_marks(self) -> None:
        """Leave out the end mark of DOS and the zero bytes at the end of a text."""
        start, kept = self.size, b""
        while start and not kept:
            start = max(start - self.chunk, 0)
            chunk = self.read(start, self.chunk)
            kept = chunk.rstrip(_END_MARKS + b" \t\r\n")
            marks = [chunk.find(mark, len(kept)) for mark in (b"\0", b"\x1a")]
            self.size = min([self.size, *(start + mark for mark in marks if mark >= 0)])

    def head(self) -> bytes:
        """Return the first bytes, which identify the format."""
        return self.read(0, HEAD_BYTES)

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield all bytes from `start`, chunk by chunk."""
        while chunk := self.read(start, self.chunk):
            yield chunk
            start += len(chunk)

    def stream(self, start: int = 0) -> io.BufferedReader:
        """Return the bytes from `start` as a separate stream."""
        return io.BufferedReader(_View(self, start), min(self.chunk, io.DEFAULT_BUFFER_SIZE))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Refuse the file if it changes meanwhile."""
        try:
            yield
        except Exception:
            self._refuse_change()  # it may be the cause
            raise
        self._refuse_change()

    def digest(self) -> Callable[[], str]:
        """Return a function that computes the SHA-256; it reads a file again when called."""
        if self._stamp is None:
            digest = _sha256(self)
            return lambda: digest
        return cache(partial(_sha256_of, Path(self.name), self._stamp))

    def _refuse_change(self) -> None:
        if self._stamp and _stamp(self._file) != self._stamp:
            raise _changed(self.name)


class _View(io.RawIOBase):
    """Reads from an offset, and refuses a line that would fill the memory."""

    def __init__(self, source: ByteSource, offset: int) -> None:
        self._source, self._offset = source, offset
        self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._source.read(self._offset, len(buffer))
        buffer[: len(chunk)] = chunk
        self._offset += len(chunk)
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._line = len(chunk) - end + (self._line if end < 0 else 0)
        if self._line > LINE_BYTES:
            raise LoadError(
                f"{self._source.name} has a line of more than {LINE_BYTES >> 20} MB:"
                " save the contacts as csv, one per line.",
                code="line_too_long",
            )
        return len(chunk)


def bytes_source(data: bytes, name: str, *, chunk: int = CHUNK_BYTES) -> ByteSource:
    """Make a source of bytes in memory."""
    return ByteSource(io.BytesIO(data), name, chunk=chunk)


@contextmanager
def open_byte_source(name: str, limit: int) -> Iterator[ByteSource]:
    """Open a file, or take little more than `limit` bytes of a pipe.

    Raises:
        LoadError: the file does not exist or cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        raise LoadError(f"{path} is a folder: give the name of a file.", code="list_unreadable")
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise LoadError(
            f"The file {path} does not exist: check the name.", code="list_gone"
        ) from error
    except OSError as error:
        raise _unreadable(str(path), error) from error
    with file:
        if _is_plain_file(file):
            yield ByteSource(file, name, shared=True)
            return
        with spool(file, name, limit) as source:
            yield source


@contextmanager
def spool(stream: IO[bytes], name: str, limit: int) -> Iterator[ByteSource]:
    """Copy little more than `limit` bytes of a stream into a nameless file."""
    with tempfile.TemporaryFile(prefix="bulksms-", buffering=0) as file:
        copied = 0
        try:
            while copied <= limit and (chunk := stream.read(CHUNK_BYTES)):
                file.write(chunk)
                copied += len(chunk)
        except OSError as error:
            raise _unreadable(name, error) from error
        yield ByteSource(file, name)


def _sha256(source: ByteSource) -> str:
    digest = hashlib.sha256()
    for chunk in source.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _sha256_of(path: Path, stamp: Stamp) -> str:
    """Read the file again, which must not have changed."""
    with path.open("rb", buffering=0) as file:
        if _stamp(file) != stamp:
            raise _changed(str(path))
        return _sha256(ByteSource(file, str(path)))


def _changed(name: str) -> LoadError:
    return LoadError(
        f"{name} was changed while it was being read: try again when no program writes to it.",
        code="list_changed_while_read",
    )


def _is_plain_file(file: IO[bytes]) -> bool:
    """Whether the size is reliable; pipes have none, and some system files report 0."""
    status = os.fstat(file.fileno())
    return stat.S_ISREG(status.st_mode) and status.st_size > 0


def _stamp(file: IO[bytes]) -> Stamp:
    """The size and time of change, which a write alters."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _unreadable(name: str, error: OSError) -> LoadError:
    reason = error.strerror or "unreadable"
    return LoadError(
        f"{name} cannot be read ({reason}): check its name and permissions.", code="list_unreadable"
    )
