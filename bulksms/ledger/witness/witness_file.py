"""One witness of the ledger: a file of all posts and opt-out changes.

Lines are only ever appended; each carries a checksum, so that a torn or altered one is
recognised.
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
from itertools import chain
from pathlib import Path

from bulksms.ledger.location import make_private_folder
from bulksms.private_files import sync_folder

__all__ = [
    "AUDIT",
    "HASH_SIZE",
    "REHEARSAL_PREFIX",
    "Intent",
    "Key",
    "OptOutEvent",
    "WitnessContents",
    "WitnessFile",
    "attempt_key",
    "with_checksum",
    "write_private_file",
    "written",
]

Key = bytes  # campaign, frame and attempt, or a whole change of opt-outs, as they are in a line

REHEARSAL_PREFIX = "r"  # of a text fingerprint in a rehearsal; others are hexadecimal
HEADER = "ledger"  # no campaign's name looks like this: names are in quotes
OPT_OUTS = "optouts"
AUDIT = "audit"
HASH_SIZE = 16  # bytes of the keyed hash of one phone number
FEWEST_TABS = 4
TAIL_SIZE = 8192  # bytes, more than a line with 100 hashes and the longest name of a campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One frame about to be posted, for the `attempt`-th time, counted from 1.

    `parent` is the frame it is a part of, or 0; `text` is the fingerprint of what people read;
    `server_time` is the API's own time, as far as it was known.
    """

    campaign: str
    number: int
    attempt: int
    parent: int
    request_id: str
    digest: str
    text: str
    at: datetime
    account: str | None = None
    server_time: datetime | None = None

    @property
    def line(self) -> bytes:
        """The line of a witness file, with its end."""
        fields = [self.parent, self.request_id, self.digest, self.text, written(self.at)]
        fields += [self.account or "", written(self.server_time)]
        key = attempt_key(self.campaign, self.number, self.attempt)
        return with_checksum(b"\t".join([key, *(str(value).encode() for value in fields)]))

    @classmethod
    def parse(cls, line: bytes) -> "Intent":
        """Read an intact line."""
        _, name, number, attempt, parent, request_id, digest, text, at, *later = (
            line.decode().split("\t")
        )
        # Lines of older versions end here.
        account, server_time = later or ("", "")
        return cls(
            campaign=json.loads(name),
            number=int(number),
            attempt=int(attempt),
            parent=int(parent),
            request_id=request_id,
            digest=digest,
            text=text,
            at=datetime.fromisoformat(at),
            account=account or None,
            server_time=datetime.fromisoformat(server_time) if server_time else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutEvent:
    """One change of the opt-outs, small enough for one line.

    `change` is "+" for numbers that opted out and "-" for numbers taken back; `key_id` names
    the secret key of the hashes. With a `campaign` they said no to that one alone.
    """

    seq: int
    change: str
    key_id: str
    hashes: bytes
    at: datetime
    campaign: str | None = None

    @property
    def key(self) -> Key:
        """The line's key, which holds the whole change."""
        numbers = f"{self.change}{self.key_id}:{self.hashes.hex()}"
        if self.campaign is not None:
            numbers += f":{json.dumps(self.campaign)}"
        return f"{OPT_OUTS}\t{self.seq}\t{numbers}".encode()

    @property
    def line(self) -> bytes:
        """The line of a witness file, with its end."""
        return with_checksum(b"\t".join([self.key, written(self.at).encode()]))

    @classmethod
    def parse(cls, line: bytes) -> "OptOutEvent":
        """Read an intact line."""
        _, _, seq, numbers, at = line.decode().split("\t")
        key_id, _, hashes = numbers[1:].partition(":")
        hashes, _, campaign = hashes.partition(":")
        return cls(
            seq=int(seq),
            change=numbers[0],
            key_id=key_id,
            hashes=bytes.fromhex(hashes),
            at=datetime.fromisoformat(at),
            campaign=json.loads(campaign) if campaign else None,
        )

    def split_hashes(self) -> list[bytes]:
        """List the hash of each phone number."""
        starts = range(0, len(self.hashes), HASH_SIZE)
        return [self.hashes[start : start + HASH_SIZE] for start in starts]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessContents:
    """The contents of a witness file: its ledger's name and path, and its intact lines.

    `lines` are those of posts, `opt_out_lines` those of changes of the opt-outs, `audit_lines`
    those of the audit trail.

    `moved_to` is where the ledger was found later, after its folder was moved. `damaged` tells
    that some lines are not as they were written.
    """

    exists: bool = False
    owner: str | None = None
    ledger_path: str | None = None
    moved_to: str | None = None
    lines: dict[Key, bytes] = field(default_factory=dict)
    opt_out_lines: dict[Key, bytes] = field(default_factory=dict)
    audit_lines: dict[Key, bytes] = field(default_factory=dict)
    damaged: bool = False

    @property
    def is_intact(self) -> bool:
        """Whether it is there, and as it was written."""
        return self.exists and not self.damaged

    @property
    def is_rehearsal_only(self) -> bool:
        """Whether every post was a rehearsal, and no opt-out is known."""
        if self.opt_out_lines:
            return False
        texts = (line.split(b"\t")[7] for line in self.lines.values())
        return not self.damaged and all(t.startswith(REHEARSAL_PREFIX.encode()) for t in texts)


def attempt_key(campaign: str, number: int, attempt: int) -> Key:
    """Build an attempt's key; JSON leaves neither tabs nor line ends in a name."""
    return f"{json.dumps(campaign)}\t{number}\t{attempt}".encode()


class WitnessFile:
    """One file of intents."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> WitnessContents:
        """Read the file; one that cannot be read counts as damaged."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return WitnessContents()
        except OSError:
            return WitnessContents(exists=True, damaged=True)
        owner = ledger_path = moved_to = None
        lines, opt_out_lines, audit_lines = (dict[Key, bytes]() for _ in range(3))
        special = {OPT_OUTS.encode(): opt_out_lines, AUDIT.encode(): audit_lines}
        raw = content.split(b"\n")
        for line in filter(_is_intact, raw):
            _, name, number, attempt, rest = line.split(b"\t", FEWEST_TABS)
            if name == HEADER.encode():
                owner, ledger_path = number.decode(), json.loads(attempt)
                moved_to = json.loads(rest) if rest else None
            else:
                by_key = special.get(name, lines)
                by_key[b"\t".join((name, number, attempt))] = line
        # A crash may tear the last line, whose post then never happened.
        damaged = owner is None or not all(map(_is_intact, raw[:-2]))
        return WitnessContents(
            exists=True,
            owner=owner,
            ledger_path=ledger_path,
            moved_to=moved_to,
            lines=lines,
            opt_out_lines=opt_out_lines,
            audit_lines=audit_lines,
            damaged=damaged,
        )

    def owner(self) -> str | None:
        """Read the name of the ledger it belongs to, from its first line alone."""
        try:
            with self.file.open("rb") as file:
                first = file.readline().removesuffix(b"\n")
        except OSError:
            return None
        fields = first.split(b"\t") if _is_intact(first) else []
        return fields[2].decode() if fields and fields[1] == HEADER.encode() else None

    def rewrite(
        self, owner: str, ledger_path: str, lines: Iterable[bytes], moved_to: str | None = None
    ) -> None:
        """Replace the whole file; it is the old one or the new one, never half."""
        later = "" if moved_to is None else json.dumps(moved_to)
        header = "\t".join([HEADER, owner, json.dumps(ledger_path), later]).encode()
        write_private_file(self.file, chain([with_checksum(header)], lines))

    @contextmanager
    def appending(self, lines: bytes) -> Iterator[None]:
        """Append lines, durable when this is left; meanwhile another file may take them too.

        Two files synced one after the other would wait for the disk twice.
        """
        with self.file.open("r+b", buffering=0) as file:
            _seek_to_intact_end(file.fileno())
            if os.write(file.fileno(), lines) != len(lines):
                raise OSError(errno.ENOSPC, "only a part of the lines could be written")
            yield
            os.fsync(file.fileno())


def write_private_file(file: Path, parts: Iterable[bytes]) -> None:
    """Replace a private file as a whole, durably."""
    make_private_folder(file.parent)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".witness-")
    try:
        with os.fdopen(handle, "wb") as new:
            new.writelines(parts)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def written(at: datetime | None) -> str:
    """Write a time as lines have it; empty if there is none."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def with_checksum(content: bytes) -> bytes:
    """Write a line: its checksum, its content and its end."""
    return b"%08x\t%b\n" % (zlib.crc32(content), content)


def _is_intact(line: bytes) -> bool:
    # As bytes, not as a number: a flipped bit makes an A of an a, which is the same digit.
    return line[:9] == b"%08x\t" % zlib.crc32(line[9:]) and line.count(b"\t") >= FEWEST_TABS


def _seek_to_intact_end(handle: int) -> None:
    """Go to the end, completing an unterminated last line and removing a torn one."""
    size = os.lseek(handle, 0, os.SEEK_END)
    os.lseek(handle, max(0, size - TAIL_SIZE), os.SEEK_SET)
    tail = os.read(handle, TAIL_SIZE)
    last = tail.rpartition(b"\n")[2]
    if not last:
        return
    if _is_intact(last):
        os.write(handle, b"\n")
    else:
        os.ftruncate(handle, size - len(last))
        os.lseek(handle, 0, os.SEEK_END)
