"""Who may send: one process a campaign and one campaign an account, by locks of the system.

Such a lock dies with its process; the files stay behind and mean nothing by themselves.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger.storage import make_private_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

if sys.platform != "win32":
    import fcntl

__all__ = ["QuickLock", "account_lock", "campaign_lock"]

LOOK_AGAIN = 0.5  # seconds between two tries to take an account's lock


@contextmanager
def campaign_lock(folder: Path, campaign_name: str) -> Iterator[None]:
    """Hold the lock of a campaign.

    Raises:
        LedgerBusy: another process holds it.
        LedgerError: it cannot be taken at all.
    """
    held = _lock_in(folder, campaign_name)
    if not _taken(held):
        raise LedgerBusy(
            f"Another process is sending the campaign {campaign_name!r}: "
            "wait for it to end, then resume."
        )
    try:
        yield
    finally:
        held.release()


@contextmanager
def account_lock(
    folder: Path,
    account: str,
    clock: Clock,
    waiting: Callable[[], None],
    stop: threading.Event,
) -> Iterator[bool]:
    """Hold the lock of an account, as soon as nobody else does; false when told to stop before.

    `waiting` is called once, before the first wait.

    Raises:
        LedgerError: it cannot be taken at all.
    """
    held = _lock_in(folder, f"account/{account}")
    told = False
    while not (taken := _taken(held)) and not stop.is_set():
        if not told:
            waiting()
            told = True
        clock.wait(LOOK_AGAIN, stop)
    try:
        yield taken
    finally:
        held.release()


class QuickLock:
    """The lock that `FileLock` takes on a file, on a handle that stays open: a tenth of the time.

    It is had at once or not at all; whoever does not get it waits with `FileLock`.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def take(self) -> bool:
        """Take the lock if that can be done at once."""
        if sys.platform == "win32":
            return False
        try:
            if self._handle is None:
                self._handle = os.open(self._file, os.O_RDWR)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(self._handle), self._file.stat()):
                return True
        except BlockingIOError:
            return False
        except OSError:
            pass
        self.close()  # there is none yet, or another file in its place
        return False

    def release(self) -> None:
        """Let go of it."""
        if sys.platform != "win32" and self._handle is not None:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the handle as well."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None


def _lock_in(folder: Path, name: str) -> "BaseFileLock":
    from filelock import FileLock

    make_private_folder(folder)
    file = folder / f"{sha256(name.encode()).hexdigest()[:32]}.lock"
    return FileLock(file, mode=0o600, thread_local=False)


def _taken(lock: "BaseFileLock") -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise LedgerError(
            f"The lock {lock.lock_file} cannot be taken ({error.strerror}): check its rights."
        ) from error
    return True
