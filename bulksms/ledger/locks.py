"""Who may send: one process per campaign and one campaign per account, by file locks.

The system releases such a lock when its process dies; a lock file left behind means nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger.location import make_private_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["FileLocks"]

POLL_SECONDS = 0.5  # between two tries to take an account's lock
PROBE_SECONDS = 0.1  # for which a campaign's lock is tried
WITNESS_TIMEOUT = 60  # seconds; it is held while a line or a file is written
WITNESS_LOCK = "witness.lock"


class FileLocks:
    """The locks of one ledger, as files in one folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._threads = threading.Lock()  # threads of this process queue here for the witnesses
        self._witness_lock: BaseFileLock | None = None

    @contextmanager
    def campaign(self, name: str) -> Iterator[None]:
        """Hold the lock of a campaign.

        Raises:
            LedgerBusy: another process holds it.
            LedgerError: it cannot be taken at all.
        """
        with self._held(
            name,
            f"Another process is sending the campaign {name!r}: wait for it to end, then resume.",
        ):
            yield

    @contextmanager
    def series(self, name: str) -> Iterator[None]:
        """Hold the lock of a repeated campaign, so that one run goes on at a time.

        Raises:
            LedgerBusy: another process holds it.
            LedgerError: it cannot be taken at all.
        """
        with self._held(
            f"series/{name}",
            f"Another run of {name!r} is going on: wait for it to end. Nothing was sent.",
        ):
            yield

    @contextmanager
    def _held(self, name: str, busy: str) -> Iterator[None]:
        lock = self._lock(_file_name(name))
        # `is_held` of another process takes a free lock for an instant.
        if not _try_to_take(lock, PROBE_SECONDS):
            raise LedgerBusy(busy, code="campaign_busy")
        try:
            yield
        finally:
            lock.release()

    def is_held(self, name: str) -> bool:
        """Whether a process holds the lock of a campaign now; creates no file.

        Raises:
            LedgerError: its file cannot be opened.
        """
        if not (self._folder / _file_name(name)).exists():
            return False
        lock = self._lock(_file_name(name))
        free = _try_to_take(lock)
        lock.release()
        return not free

    @contextmanager
    def account(
        self,
        account: str,
        on_wait: Callable[[], None],
        stop: threading.Event,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[bool]:
        """Hold the lock of an account once it is free; false if stopped or cancelled before.

        `on_wait` is called once, before the first wait.

        Raises:
            LedgerError: it cannot be taken at all.
        """
        lock = self._lock(_file_name(f"account/{account}"))
        waited = False
        while not (taken := _try_to_take(lock)) and not stop.is_set() and not is_cancelled():
            if not waited:
                on_wait()
                waited = True
            self._clock.wait(POLL_SECONDS, stop)
        try:
            yield taken
        finally:
            lock.release()

    def refuse_if_lost(self) -> None:
        """Go on: the system takes no file lock from a process that lives."""

    @contextmanager
    def witnesses(self) -> Iterator[None]:
        """Hold the lock under which witness files are written.

        Raises:
            LedgerError: it cannot be taken.
        """
        from filelock import Timeout

        with self._threads:
            lock = self._witness_lock = self._witness_lock or self._lock(WITNESS_LOCK)
            try:
                lock.acquire(timeout=WITNESS_TIMEOUT, poll_interval=0.01)
            except (OSError, Timeout) as error:
                raise _cannot_take(lock, str(error)) from error
            try:
                yield
            finally:
                lock.release()

    def _lock(self, file_name: str) -> "BaseFileLock":
        from filelock import FileLock

        make_private_folder(self._folder)
        return FileLock(self._folder / file_name, mode=0o600, thread_local=False)


def _file_name(name: str) -> str:
    return f"{sha256(name.encode()).hexdigest()[:32]}.lock"


def _try_to_take(lock: "BaseFileLock", seconds: float = 0) -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=seconds, poll_interval=0.01)
    except Timeout:
        return False
    except OSError as error:
        raise _cannot_take(lock, error.strerror) from error
    return True


def _cannot_take(lock: "BaseFileLock", reason: str | None) -> LedgerError:
    return LedgerError(
        f"The lock {lock.lock_file} cannot be taken ({reason}): check its permissions.",
        code="lock_unusable",
        path=str(lock.lock_file),
    )
