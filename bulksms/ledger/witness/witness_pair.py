"""The two witness files of a ledger: one beside it, one outside its folder.

The first reveals a ledger that was restored alone, the second one whose whole folder was.
Every post is appended to both after it is in the ledger and before it happens.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bulksms.errors import LedgerError
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_file import (
    Intent,
    WitnessContents,
    WitnessFile,
    write_private_file,
)

__all__ = ["WitnessPair", "key_outside", "mark_outside", "witness_beside", "witness_outside"]

SUFFIX = ".intents"


class WitnessPair:
    """The files that list every post besides the ledger itself."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.ledger_path = os.path.realpath(storage.file)
        self.beside = witness_beside(storage.file)
        self.outside: WitnessFile | None = None  # known once the ledger has a name

    def witness_outside(self, owner: str) -> WitnessFile:
        """Return the witness outside the folder of this ledger, named `owner`."""
        return witness_outside(self._storage.file, owner)

    def is_here(self, path: str | None) -> bool:
        """Whether a recorded path is that of this ledger, spelled as it may be."""
        if path is None or path == self.ledger_path:
            return path is not None
        try:
            return Path(path).samefile(self._storage.file)
        except (OSError, ValueError):
            return False

    def orphans(self) -> Iterator[WitnessContents]:
        """Read the witnesses that a deleted ledger left at this path.

        A ledger that only had rehearsals is not missed: deleting it means starting over.
        """
        for file in sorted(_folder_outside(self._storage.file).glob(f"*{SUFFIX}")):
            contents = WitnessFile(file).read()
            if self.is_here(contents.ledger_path) and not contents.is_rehearsal_only:
                yield contents

    def append(self, intents: Iterable[Intent]) -> None:
        """Record posts that are about to happen in both files; durable when this returns.

        Raises:
            LedgerError: one of them could not be written; nothing more is written to the ledger.
        """
        self._append((intent.line for intent in intents), (self.beside, self.outside))

    def create_missing(self, owner: str) -> None:
        """Create the files of a new ledger named `owner` that do not exist yet.

        Where none can be created, the next verification says so.
        """
        with self._storage.locks.witnesses():
            for witness in (self.beside, self.witness_outside(owner)):
                if not witness.file.exists():
                    with suppress(OSError, LedgerError):
                        witness.rewrite(owner, self.ledger_path, [])

    def append_for(self, owner: str, lines: Iterable[bytes]) -> None:
        """Append lines of other events, such as opt-outs, to the files of the ledger `owner`.

        A file that is missing or another ledger's is left alone: the next verification sees it.

        Raises:
            LedgerError: one of them could not be written; nothing more is written to the ledger.
        """
        files = (self.beside, self.witness_outside(owner))
        self._append(lines, tuple(file for file in files if file.owner() == owner))

    def keep_key(self, owner: str, key: bytes) -> None:
        """Keep the secret key of opt-out hashes outside too, for a ledger that is lost.

        Where nothing can be kept outside, the key is in the ledger alone.
        """
        file = key_outside(self._storage.file, owner)
        if file.exists():
            return
        with suppress(OSError, LedgerError):
            write_private_file(file, [key.hex().encode()])

    def _append(self, lines: Iterable[bytes], files: tuple[WitnessFile | None, ...]) -> None:
        content = b"".join(lines)
        if not content:
            return
        with self._storage.locks.witnesses(), ExitStack() as both:
            self._storage.refuse_after_failure()
            for witness in filter(None, files):
                both.enter_context(self._stopping_on_failure(witness))
                both.enter_context(witness.appending(content))

    @contextmanager
    def _stopping_on_failure(self, witness: WitnessFile) -> Iterator[None]:
        """End all writing to the ledger when a witness cannot be written."""
        try:
            yield
        except OSError as error:
            self._storage.stop_writing(
                f"{witness.file} cannot be written ({error.strerror}): make room or check "
                "the disk and its permissions, then resume; nothing more was posted."
            )


def witness_beside(ledger: Path) -> WitnessFile:
    """Return the witness in the folder of a ledger."""
    return WitnessFile(ledger.with_name(ledger.name + SUFFIX))


def witness_outside(ledger: Path, owner: str) -> WitnessFile:
    """Return the witness beside the folder of a ledger named `owner`."""
    return WitnessFile(_folder_outside(ledger) / f"{owner}{SUFFIX}")


def key_outside(ledger: Path, owner: str) -> Path:
    """Return the file in which the secret key of opt-out hashes is kept outside."""
    return _folder_outside(ledger) / f"{owner}.key"


def mark_outside(ledger: Path, owner: str) -> Path:
    """Return the file that says how far this machine saw a ledger on a server get."""
    return _folder_outside(ledger) / f"{owner}.mark"


def _folder_outside(ledger: Path) -> Path:
    folder = ledger.parent.absolute()
    return folder.with_name(f"{folder.name}-witness")
