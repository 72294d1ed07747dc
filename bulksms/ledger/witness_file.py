"""One witness of the ledger: a file of lines, one for each time a frame was about to be posted.

Lines are added and never changed; each carries a checksum, so that a torn or altered one is
known for what it is. Knows nothing of the database. Every `OSError` is the caller's to tell.
"""

import errno
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bulksms.ledger.storage import make_private_folder

__all__ = ["REHEARSED", "Intent", "Key", "Testimony", "Witness", "key_of"]

Key = bytes  # campaign, frame and attempt, as they stand in a line

REHEARSED = "r"  # how the name of a text begins that nobody read; no digit of the others
HEADER = "ledger"  # no campaign's name looks like this: names are in quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One frame about to be posted: the `attempt`-th time, counted from 1.

    `parent` is the frame it is a part of, or 0; `text` names what people read, in 16 digits.
    """

    campaign: str
    number: int
    attempt: int
    parent: int
    request_id: str
    digest: str
    text: str
    at: datetime

    @property
    def line(self) -> bytes:
        """The line of a witness, with its end."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        told = [self.parent, self.request_id, self.digest, self.text, at]
        key = key_of(self.campaign, self.number, self.attempt)
        return _sealed(b"\t".join([key, *(str(one).encode() for one in told)]))

    @classmethod
    def read(cls, line: bytes) -> "Intent":
        """Read a line that was found intact."""
        _, name, number, attempt, parent, request_id, digest, text, at = line.decode().split("\t")
        return cls(
            campaign=json.loads(name),
            number=int(number),
            attempt=int(attempt),
            parent=int(parent),
            request_id=request_id,
            digest=digest,
            text=text,
            at=datetime.fromisoformat(at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What a witness says: whose it is, where that ledger was, and every intact line by its key.

    `damaged` tells that there are lines which are not as they were written.
    """

    there: bool = False
    owner: str | None = None
    place: str | None = None
    lines: dict[Key, bytes] = field(default_factory=dict)
    damaged: bool = False

    @property
    def reached_nobody(self) -> bool:
        """Whether all that was posted were rehearsals."""
        texts = (line.split(b"\t")[7] for line in self.lines.values())
        return not self.damaged and all(text.startswith(REHEARSED.encode()) for text in texts)


def key_of(campaign: str, number: int, attempt: int) -> Key:
    """Name an attempt as the lines do; JSON leaves neither tabs nor line ends in a name."""
    return f"{json.dumps(campaign)}\t{number}\t{attempt}".encode()


class Witness:
    """One file of intents."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> Testimony:
        """Hear the witness; one that is not there says nothing."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return Testimony()
        owner = place = None
        lines: dict[Key, bytes] = {}
        raw = content.split(b"\n")
        for line in filter(_is_intact, raw):
            _, name, number, attempt, _ = line.split(b"\t", 4)
            if name == HEADER.encode():
                owner, place = number.decode(), json.loads(attempt)
            else:
                lines[b"\t".join((name, number, attempt))] = line
        # A crash may tear the last line, which then was never vouched for.
        damaged = owner is None or not all(map(_is_intact, raw[:-2]))
        return Testimony(there=True, owner=owner, place=place, lines=lines, damaged=damaged)

    def write(self, owner: str, place: str, lines: Iterable[bytes]) -> None:
        """Write the whole file anew; it is the old one or the new one, never half."""
        make_private_folder(self.file.parent)
        header = _sealed("\t".join([HEADER, owner, json.dumps(place), ""]).encode())
        handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".witness-")
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(header)
                new.writelines(lines)
                new.flush()
                os.fsync(new.fileno())
            Path(name).replace(self.file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(self.file.parent)

    @contextmanager
    def adding(self, lines: bytes) -> Iterator[None]:
        """Add lines, which are on the disk when this is left; meanwhile another may add them too.

        Two files that wait for the disk one after the other would wait twice.
        """
        with self.file.open("r+b", buffering=0) as file:
            _mend_tail(file.fileno())
            if os.write(file.fileno(), lines) != len(lines):
                raise OSError(errno.ENOSPC, "only a part of the lines could be written")
            yield
            os.fsync(file.fileno())


def _sealed(content: bytes) -> bytes:
    return b"%08x\t%b\n" % (zlib.crc32(content), content)


def _is_intact(line: bytes) -> bool:
    # As bytes, not as a number: a flipped bit makes an A of an a, which is the same digit.
    return line[:9] == b"%08x\t" % zlib.crc32(line[9:]) and line.count(b"\t") >= 4  # noqa: PLR2004


def _mend_tail(handle: int) -> None:
    """Go to the end, past a last line without its end, or over one that a crash tore."""
    size = os.lseek(handle, 0, os.SEEK_END)
    start = max(0, size - 4096)
    os.lseek(handle, start, os.SEEK_SET)
    tail = os.read(handle, 4096)
    last = tail.rpartition(b"\n")[2]
    if not last:
        return
    if _is_intact(last):
        os.write(handle, b"\n")
    else:
        os.ftruncate(handle, size - len(last))
        os.lseek(handle, 0, os.SEEK_END)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable; Windows does so by itself and cannot open folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
