"""The interface of the ledger's database: transactions, locks, checks.

`sqlite.py` keeps it in a file of this machine, `postgres.py` on a server for several.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

import sqlalchemy as sa

from bulksms.errors import LedgerError

Result = TypeVar("Result")

__all__ = ["Locks", "Storage", "StorageError", "StorageUnavailableError", "WriteGuard"]


class StorageError(LedgerError):
    """The database itself failed; a file is not written to again by this process."""


class StorageUnavailableError(StorageError):
    """The database is away for a while, and whether the last write was done is unknown."""


class Locks(Protocol):
    """The locks for sending: one process per campaign, and one campaign per account."""

    def campaign(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a campaign.

        Raises:
            LedgerBusy: another process holds it.
        """

    def series(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a repeated campaign, so that only one run is active at a time.

        Raises:
            LedgerBusy: another process holds it.
        """

    def is_held(self, name: str) -> bool:
        """Whether a process holds the lock of a campaign now."""

    def account(
        self,
        account: str,
        on_wait: Callable[[], None],
        stop: threading.Event,
        is_cancelled: Callable[[], bool] = ...,
    ) -> AbstractContextManager[bool]:
        """Hold the lock of an account once it is free; false if stopped or cancelled before.

        `on_wait` is called once, before the first wait.
        """

    def refuse_if_lost(self) -> None:
        """Refuse to post after another process took a lock over.

        Raises:
            LedgerBusy: it did, because this one was away for too long.
            LedgerError: that cannot be asked.
        """

    def witnesses(self) -> AbstractContextManager[None]:
        """Hold the lock under which witness files are written."""


class Storage(Protocol):
    """One database, as the ledger sees it."""

    @property
    def file(self) -> Path:
        """The database file, or the local name that represents a server's ledger.

        Witnesses are kept beside it and beside its folder.
        """

    @property
    def label(self) -> str:
        """Where it is, as sentences say it after "the ledger"."""

    @property
    def is_shared(self) -> bool:
        """Whether it is on a server, for several machines.

        There a write that failed is undone for certain, so that it may be tried again.
        """

    @property
    def locks(self) -> Locks:
        """The locks that hold for everyone who uses this database."""

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction to read in."""

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction that is durable when it is left.

        Raises:
            LedgerError: it could not be written, now or ever since an earlier failure.
        """

    def writing_beside(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction for rows that no other write depends on, such as a lease.

        Raises:
            LedgerError: it could not be written, or whether it was is unknown.
        """

    def changing_frames(self, *, alone: bool = False) -> AbstractContextManager[sa.Connection]:
        """Open a transaction for changes of frames that a compare-and-set decides.

        What a claim depends on stays as it is. Others may change frames at the same time, but
        not with `alone`.

        Raises:
            LedgerError: it could not be written.
        """

    def changing_at_once(self) -> AbstractContextManager[sa.Connection]:
        """Open such a transaction for statements that are sent without waiting for the answer.

        One trip to a server makes all of it; what the statements say is read after its end.

        Raises:
            LedgerError: it could not be written, or whether it was is unknown.
        """

    def upgrading(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction to create or change tables in.

        Raises:
            LedgerError: they cannot be written.
        """

    def check_integrity(self) -> None:
        """Search the whole database for damage.

        Raises:
            LedgerError: it is damaged.
        """

    def refuse_replaced(self, owner: str) -> None:
        """Refuse a database that took the place of the one known for the ledger `owner`.

        Raises:
            LedgerRolledBack: it did.
        """

    def remember(self, owner: str) -> None:
        """Note which database the ledger `owner` is in, and how far it has got."""

    def scrub(self) -> None:
        """Overwrite what deleted rows left behind in the database's files.

        Raises:
            LedgerError: it is in use, or cannot be written.
        """

    def repeat(self, act: Callable[[], Result]) -> Result:
        """Do what may be done twice; again if a server went away meanwhile, for a while.

        Raises:
            LedgerError: it is still away, or the act was refused.
        """

    def refuse_after_failure(self) -> None:
        """Refuse to write after a failed write.

        Raises:
            LedgerError: an earlier write failed.
        """

    def stop_writing(self, reason: str) -> NoReturn:
        """End all writing, because a file that belongs to the ledger failed.

        Raises:
            StorageError: always.
        """

    def ledger_name_in(self, file: Path) -> str | None:
        """Read the name of the ledger in another database file, changing nothing."""

    def close(self) -> None:
        """Close the connection."""


class WriteGuard:
    """The base of both kinds of databases: after a permanent failure nothing more is written."""

    def __init__(self) -> None:
        self._failure: str | None = None

    def refuse_after_failure(self) -> None:
        """Refuse to write after a failure: of a witness, of a lock, or of a write to a file.

        A failed write to a file is never tried again: the system may call the second try a
        success.

        Raises:
            LedgerError: there was one.
        """
        if self._failure is not None:
            raise LedgerError(self._failure, code="ledger_unusable")

    def stop_writing(self, reason: str) -> NoReturn:
        """End all writing, because a file that belongs to the ledger failed.

        Raises:
            StorageError: always.
        """
        self._failure = reason
        raise StorageError(reason, code="ledger_unusable")
