"""File locks for sending: one process per campaign and one campaign per account.

The system releases such a lock when its process dies; a lock file left behind means nothing.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger.location import make_private_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["FileLocks", "NamedLocks"]

POLL_SECONDS = 0.5  # between two tries to take an account's lock
PROBE_SECONDS = 0.1  # for which a campaign's lock is tried
WITNESS_TIMEOUT = 60  # seconds; it is held while a line or a file is written
WITNESS_LOCK = "witness.lock"


class NamedLocks(ABC):
    """The locks of one ledger, by the names of campaigns, series and accounts."""

    campaign_prefix = "campaign/"  # before the name of a campaign

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def campaign(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a campaign.

        Raises:
            LedgerBusy: another process holds it.
            LedgerError: it cannot be taken at all.
        """
        return self._held(
            f"{self.campaign_prefix}{name}",
            lambda location: (
                f"Another process{location} is sending the campaign {name!r}: "
                "wait for it to end, then resume."
            ),
        )

    def series(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a repeated campaign, so that only one run is active at a time.

        A file system may not tell `Welcome.toml` from `welcome.toml`, so names do not either.

        Raises:
            LedgerBusy: another process holds it.
            LedgerError: it cannot be taken at all.
        """
        return self._held(
            f"series/{name.casefold()}",
            lambda location: (
                f"Another run of {name!r} is active{location}: wait for it to end. "
                "Nothing was sent."
            ),
        )

    @abstractmethod
    def is_held(self, name: str) -> bool:
        """Whether a process holds the lock of a campaign now.

        Raises:
            LedgerError: that cannot be asked.
        """

    @contextmanager
    def account(
        self,
        account: str,
        on_wait: Callable[[], None],
        stop: threading.Event,
        is_cancelled: Callable[[], bool],
        is_free: Callable[[], bool] = lambda: True,
    ) -> Iterator[bool]:
        """Hold the lock of an account once it is free; false if stopped or cancelled before.

        `on_wait` is called once, before the first wait. With the lock it is free where `is_free`
        says so; else the lock is given back until the next look.

        Raises:
            LedgerError: it cannot be taken at all.
        """
        name, waited = f"account/{account}", False
        while not (taken := self._try_to_take_free(name, is_free)):
            if stop.is_set() or is_cancelled():
                break
            if not waited:
                on_wait()
                waited = True
            self._clock.wait(POLL_SECONDS, stop)
        try:
            yield taken
        finally:
            if taken:
                self._give_back(name)

    @abstractmethod
    def refuse_if_lost(self) -> None:
        """Refuse to post after another process took a lock over.

        Raises:
            LedgerBusy: it did, because this one was away for too long.
            LedgerError: that cannot be asked.
        """

    @abstractmethod
    def witnesses(self) -> AbstractContextManager[None]:
        """Hold the lock under which this machine's witness files are written.

        Raises:
            LedgerError: it cannot be taken.
        """

    def _try_to_take_free(self, name: str, is_free: Callable[[], bool]) -> bool:
        if not self._try_to_take(name):
            return False
        taken = False
        try:
            taken = is_free()
        finally:
            if not taken:
                self._give_back(name)
        return taken

    @contextmanager
    def _held(self, name: str, busy: Callable[[str], str]) -> Iterator[None]:
        if not self._try_to_take(name, PROBE_SECONDS):
            raise LedgerBusy(busy(self._where_held(name)), code="campaign_busy")
        try:
            yield
        finally:
            self._give_back(name)

    @abstractmethod
    def _try_to_take(self, name: str, seconds: float = 0) -> bool:
        """Take a lock for this process, within so many seconds; false if another one has it."""

    @abstractmethod
    def _give_back(self, name: str) -> None:
        """Let others take a lock that this process has taken."""

    @abstractmethod
    def _where_held(self, name: str) -> str:
        """Describe where a lock is held, as ` on MACHINE`; empty if that is here."""


class FileLocks(NamedLocks):
    """The locks of one ledger, as files in one folder."""

    campaign_prefix = ""  # as every version has named these files

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._folder = folder
        self._taken: dict[str, BaseFileLock] = {}
        self._threads = threading.Lock()  # threads of this process queue here for the witnesses
        self._witness_lock: BaseFileLock | None = None

    def is_held(self, name: str) -> bool:
        """Whether a process holds the lock of a campaign now; creates no file."""
        if not (self._folder / _file_name(name)).exists():
            return False
        lock = self._lock(_file_name(name))
        free = _try_to_take(lock)
        lock.release()
        return not free

    def refuse_if_lost(self) -> None:
        """Do nothing: the system takes no file lock from a running process."""

    @contextmanager
    def witnesses(self) -> Iterator[None]:
        """Hold the lock under which witness files are written."""
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

    def _try_to_take(self, name: str, seconds: float = 0) -> bool:
        # For some seconds, since `is_held` of another process takes a free lock for an instant.
        lock = self._lock(_file_name(name))
        taken = _try_to_take(lock, seconds)
        if taken:
            self._taken[name] = lock
        return taken

    def _give_back(self, name: str) -> None:
        self._taken.pop(name).release()

    def _where_held(self, name: str) -> str:  # noqa: ARG002 - files are locked on this machine
        return ""

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
