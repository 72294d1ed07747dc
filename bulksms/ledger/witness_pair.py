"""The two witnesses of a ledger: one beside it, one outside its folder.

The first notices a ledger that was restored alone, the second one whose whole folder was.
They hear of every post after the ledger does and before it happens. Knows no statements.
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.errors import LedgerError
from bulksms.ledger.locking import QuickLock
from bulksms.ledger.storage import Storage, make_private_folder
from bulksms.ledger.witness_file import Intent, Testimony, Witness

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["Witnesses", "outside_of"]

SUFFIX = ".intents"
LOCK = "witness.lock"
PATIENCE = 60  # seconds; whoever holds the lock writes a line or a file


def outside_of(folder: Path) -> Path:
    """Name the folder of the witnesses outside a ledger's folder."""
    folder = folder.absolute()
    return folder.with_name(f"{folder.name}-witness")


class Witnesses:
    """What is known of a ledger besides the ledger itself."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        file = storage.file or storage.folder / "server"
        self.place = os.path.realpath(file)
        self.beside = Witness(file.with_name(file.name + SUFFIX))
        self.outside: Witness | None = None
        self._guard = threading.Lock()  # threads of this process wait without asking again
        self._lock: BaseFileLock | None = None
        self._quick = QuickLock(storage.folder / "locks" / LOCK)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process from writing to the witnesses.

        Raises:
            LedgerError: the lock cannot be taken.
        """
        with self._guard:
            let_go = self._quick.release if self._quick.take() else self._waited()
            try:
                yield
            finally:
                let_go()

    def close(self) -> None:
        """Let go of what is open."""
        self._quick.close()

    def _waited(self) -> Callable[..., None]:
        """Take the lock when it is free, and give what lets go of it."""
        from filelock import Timeout

        lock = self._lock = self._lock or self._made_lock()
        try:
            lock.acquire(timeout=PATIENCE, poll_interval=0.01)
        except (OSError, Timeout) as error:
            raise LedgerError(
                f"The lock {lock.lock_file} cannot be taken ({error}): check its rights."
            ) from error
        return lock.release

    def _made_lock(self) -> "BaseFileLock":
        from filelock import FileLock

        folder = self._storage.folder / "locks"
        make_private_folder(folder)
        return FileLock(folder / LOCK, mode=0o600, thread_local=False)

    def outside_for(self, owner: str) -> Witness:
        """Name the witness outside the folder of the ledger called `owner`."""
        return Witness(outside_of(self._storage.folder) / f"{owner}{SUFFIX}")

    def strays(self) -> Iterator[Testimony]:
        """Give what is told outside of a ledger at this place, for one that has no name yet.

        One that only rehearsed is not missed: whoever deletes it means to start over.
        """
        for file in sorted(outside_of(self._storage.folder).glob(f"*{SUFFIX}")):
            told = hear(Witness(file))
            if told.place == self.place and not told.reached_nobody:
                yield told

    def tell(self, intents: Iterable[Intent]) -> None:
        """Let both know of posts that are about to happen; on the disk when this returns.

        Raises:
            LedgerError: one of them could not be told; nothing more is written to the ledger.
        """
        lines = b"".join(intent.line for intent in intents)
        if not lines:
            return
        with self.alone(), ExitStack() as both:
            self._storage.refuse_after_trouble()
            for witness in filter(None, (self.beside, self.outside)):
                both.enter_context(self._condemning(witness))
                both.enter_context(witness.adding(lines))

    @contextmanager
    def _condemning(self, witness: Witness) -> Iterator[None]:
        """End all writing to the ledger when a witness cannot be written."""
        try:
            yield
        except OSError as error:
            self._storage.condemn(
                f"{witness.file} cannot be written ({error.strerror}): make room or mend "
                "the disk and its rights, then resume; nothing more was posted."
            )


def hear(witness: Witness) -> Testimony:
    """Hear a witness; one that cannot be read counts as damaged."""
    try:
        return witness.read()
    except OSError:
        return Testimony(there=True, damaged=True)
