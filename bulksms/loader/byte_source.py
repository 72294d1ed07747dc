"""The bytes of a file that can be read from its start again and again, a chunk at a time.

So a file of any size passes by without ever standing in memory. It must not know what it holds.
"""

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

__all__ = ["CHUNK_BYTES", "ByteSource", "bytes_source", "open_byte_source", "spool"]

CHUNK_BYTES = 1 << 20
LINE_BYTES = 16 << 20

Stamp = tuple[int, int]


class ByteSource:
    """Bytes that can be read again and again, by several at once.

    Attributes:
        name: what people call the file.
        size: how many bytes there are.
        chunk: how many of them are read at once.
    """

    def __init__(
        self, file: IO[bytes], name: str, *, chunk: int = CHUNK_BYTES, shared: bool = False
    ) -> None:
        """Read from a file, which is `shared` when others may write to it meanwhile."""
        self.name, self.chunk = name, chunk
        self._file = file
        self._reading = Lock()  # one place in the file for all who read
        self.size = file.seek(0, os.SEEK_END)
        self._stamp = _stamp(file) if shared else None

    def read(self, place: int, count: int) -> bytes:
        """Give up to so many bytes from a place on; none at the end."""
        try:
            with self._reading:
                self._file.seek(place)
                return self._file.read(count)
        except OSError as error:
            raise _unreadable(self.name, error) from error

    def head(self) -> bytes:
        """Give the first bytes, which tell what the file is."""
        return self.read(0, HEAD_BYTES)

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Give all bytes from a place on, one chunk after the other."""
        while chunk := self.read(start, self.chunk):
            yield chunk
            start += len(chunk)

    def stream(self, start: int = 0) -> io.BufferedReader:
        """Give the bytes from a place on as a stream of its own."""
        return io.BufferedReader(_View(self, start), min(self.chunk, io.DEFAULT_BUFFER_SIZE))

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Refuse the file when it was changed meanwhile."""
        try:
            yield
        except Exception:
            self._refuse_change()  # which may well be the cause
            raise
        self._refuse_change()

    def digest(self) -> Callable[[], str]:
        """Give what works the SHA-256 out; of a file only when it is asked for: that takes long."""
        if self._stamp is None:
            return partial(str, _sha256(self))
        return cache(partial(_sha256_of, Path(self.name), self._stamp))

    def _refuse_change(self) -> None:
        if self._stamp and _stamp(self._file) != self._stamp:
            raise _changed(self.name)


class _View(io.RawIOBase):
    """Reads a supply from a place on, and refuses a line that would fill the memory."""

    def __init__(self, source: ByteSource, place: int) -> None:
        self._supply, self._place = source, place
        self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._supply.read(self._place, len(buffer))
        buffer[: len(found)] = found
        self._place += len(found)
        end = max(found.rfind(b"\n"), found.rfind(b"\r"))
        self._line = len(found) - end + (self._line if end < 0 else 0)
        if self._line > LINE_BYTES:
            raise LoadError(
                f"{self._supply.name} has a line of over {LINE_BYTES >> 20} MB:"
                " save the contacts as csv, one on each line."
            )
        return len(found)


def bytes_source(data: bytes, name: str, *, chunk: int = CHUNK_BYTES) -> ByteSource:
    """Make a supply of bytes that are already here."""
    return ByteSource(io.BytesIO(data), name, chunk=chunk)


@contextmanager
def open_byte_source(path: Path, limit: int) -> Iterator[ByteSource]:
    """Open a file for as long as it is read; of a pipe, not much more than `limit` bytes.

    Raises:
        LoadError: there is no such file, or it cannot be read.
    """
    if path.is_dir():
        raise LoadError(f"{path} is a folder: name a file in it.")
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as error:
        raise LoadError(f"There is no file {path}: check the name.") from error
    except OSError as error:
        raise _unreadable(str(path), error) from error
    with file:
        if _is_plain_file(file):
            yield ByteSource(file, str(path), shared=True)
            return
        with spool(file, str(path), limit) as source:
            yield source


@contextmanager
def spool(stream: IO[bytes], name: str, limit: int) -> Iterator[ByteSource]:
    """Put what can be read once into a nameless file, but not much more than `limit` bytes."""
    with tempfile.TemporaryFile(prefix="bulksms-", buffering=0) as file:
        taken = 0
        try:
            while taken <= limit and (chunk := stream.read(CHUNK_BYTES)):
                file.write(chunk)
                taken += len(chunk)
        except OSError as error:
            raise _unreadable(name, error) from error
        yield ByteSource(file, name)


def _sha256(source: ByteSource) -> str:
    digest = hashlib.sha256()
    for chunk in source.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _sha256_of(path: Path, stamp: Stamp) -> str:
    """Read a file once more, which must still be the one that was read."""
    with path.open("rb", buffering=0) as file:
        if _stamp(file) != stamp:
            raise _changed(str(path))
        return _sha256(ByteSource(file, str(path)))


def _changed(name: str) -> LoadError:
    return LoadError(f"{name} was changed while it was read: try again when nothing writes to it.")


def _is_plain_file(file: IO[bytes]) -> bool:
    """Whether its size is known; a pipe has none, and some files of the system say 0."""
    known = os.fstat(file.fileno())
    return stat.S_ISREG(known.st_mode) and known.st_size > 0


def _stamp(file: IO[bytes]) -> Stamp:
    """What changes when somebody writes to the file."""
    known = os.fstat(file.fileno())
    return known.st_size, known.st_mtime_ns


def _unreadable(name: str, error: OSError) -> LoadError:
    why = error.strerror or "unknown"
    return LoadError(f"{name} cannot be read ({why}): check the file.")
