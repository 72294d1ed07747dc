"""The interface of the ledger's database: transactions, locks, checks.

`sqlite.py` keeps it in a file of this machine, `postgres.py` on a server for several.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, NoReturn, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger.locks import NamedLocks

__all__ = ["EDITED", "Storage", "StorageError", "StorageUnavailableError", "repeatable"]

EDITED = (
    "rows of the table {table} were deleted by hand, so it does not know whom it texted: restore "
    "a backup; nothing is sent from it"
)

P = ParamSpec("P")
Result = TypeVar("Result")


class StorageError(LedgerError):
    """The database itself failed; a file is not written to again by this process."""


class StorageUnavailableError(StorageError):
    """The database is away for a while, and whether the last write was done is unknown."""


class Storage(ABC):
    """One database, as the ledger sees it; where nothing else is said, a file.

    A file has one writer at a time, so that all its writes are of one kind.

    Attributes:
        file: the database file, or the local name that represents a server's ledger; witnesses
            are kept beside it and beside its folder.
        locks: the locks that hold for everyone who uses this database.
        is_shared: whether it is on a server, for several machines. There a write that failed is
            undone for certain, so that it may be tried again.
    """

    is_shared = False

    def __init__(self, file: Path, locks: NamedLocks, clock: Clock) -> None:
        self.file, self.locks = file, locks
        self._clock = clock
        self._failure: str | None = None

    @property
    @abstractmethod
    def label(self) -> str:
        """Where it is, as sentences say it after "the ledger"."""

    def database_time(self, connection: sa.Connection) -> datetime:  # noqa: ARG002 - of a server
        """Read the time that all who share it go by, in UTC: for a file, that of this machine."""
        return self._clock.now()

    @abstractmethod
    def reading(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction to read in, which sees one state of the ledger."""

    @abstractmethod
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
        return self.writing()

    def changing_frames(
        self,
        *,
        alone: bool = False,  # noqa: ARG002 - always
    ) -> AbstractContextManager[sa.Connection]:
        """Open a transaction for changes of frames that a compare-and-set decides.

        What a claim depends on stays as it is. Others may change frames at the same time, but
        not with `alone`.

        Raises:
            LedgerError: it could not be written.
        """
        return self.writing()

    def changing_at_once(self) -> AbstractContextManager[sa.Connection]:
        """Open such a transaction for statements that are sent without waiting for the answer.

        One trip to a server makes all of it; what the statements say is read after its end.

        Raises:
            LedgerError: it could not be written, or whether it was is unknown.
        """
        return self.writing()

    def upgrading(self) -> AbstractContextManager[sa.Connection]:
        """Open a transaction to create or change tables in.

        Raises:
            LedgerError: they cannot be written.
        """
        return self.writing()

    @abstractmethod
    def check_integrity(self) -> None:
        """Search the whole database for damage.

        Raises:
            LedgerError: it is damaged.
        """

    @abstractmethod
    def refuse_replaced(self, owner: str) -> None:
        """Refuse a database that took the place of the one known for the ledger `owner`.

        Raises:
            LedgerRolledBack: it did.
        """

    @abstractmethod
    def remember(self, owner: str) -> None:
        """Note which database the ledger `owner` is in, and how far it has got."""

    @abstractmethod
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
        return act()

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

    def ledger_name_in(self, file: Path) -> str | None:  # noqa: ARG002 - a server's is in none
        """Read the name of the ledger in another database file, changing nothing."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Release the locks of a server, and close all connections."""


class _Part(Protocol):
    """A part of a ledger."""

    _storage: Storage


Part = TypeVar("Part", bound=_Part)


def repeatable(
    method: Callable[Concatenate[Part, P], Result],
) -> Callable[Concatenate[Part, P], Result]:
    """Repeat a method after a restart of the server; it only reads, or sets the same values.

    None of its arguments may be used up by the first try, and it returns nothing lazy.
    """

    @wraps(method)
    def call(part: Part, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        storage = part._storage  # noqa: SLF001 - every part has one
        return storage.repeat(lambda: method(part, *args, **kwargs))

    return call
