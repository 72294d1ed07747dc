"""Where the ledger lives: its file, its rights, its one connection, and its troubles in words.

SQLite runs with the rollback journal and `synchronous=EXTRA`: a commit that returned has
reached the disk, and the write-ahead mode's corruption race cannot happen. The journal's file is
kept between commits and only its head wiped, which halves their cost (decision 10). Knows nothing
of campaigns and frames.
"""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bulksms.errors import LedgerError, MissingExtra
from bulksms.ledger.addresses import ledger_file

__all__ = ["Storage", "make_private_folder"]

BUSY_SECONDS = 30

TROUBLES = {
    sqlite3.SQLITE_FULL: "the disk is full: make room and resume",
    sqlite3.SQLITE_READONLY: "it may only be read: give yourself the right to write to it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the folder and its rights",
    sqlite3.SQLITE_PERM: "it may not be opened: check its rights",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restore a backup; nothing is sent from it",
    sqlite3.SQLITE_NOTADB: "it is no ledger, or it is damaged: restore a backup",
    sqlite3.SQLITE_BUSY: "another program keeps it busy: end that one and resume",
    sqlite3.SQLITE_IOERR: "the disk does not read or write reliably: check it before resuming",
}


class Storage:
    """One database and the one connection that writes to it, guarded for several threads."""

    def __init__(self, home: Path, url: str | None) -> None:
        self.file = ledger_file(home, url)
        self.folder = home if self.file is None else self.file.parent
        self._guard = threading.RLock()
        self._trouble: str | None = None
        self._kept: sa.Connection | None = None
        if self.file is None:
            make_private_folder(home)
            self._engine = _server_engine(url or "")
        else:
            _make_private_file(self.file)
            self._engine = _file_engine(self.file)
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error

    def check(self) -> None:
        """Look for damage in the whole file, as is done before anything is sent from it.

        It takes a second for some 500 MB.

        Raises:
            LedgerError: the file is damaged.
        """
        if self.file is None:
            return
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        if found != "ok":
            raise LedgerError(self._sentence(TROUBLES[sqlite3.SQLITE_CORRUPT]))

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read in one transaction."""
        with self._guard, self._told(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in one transaction that is on the disk when this returns.

        Raises:
            LedgerError: it could not be written, now or ever since an earlier failure.
        """
        with self._guard:
            self.refuse_after_trouble()
            try:
                # IMMEDIATE: wait for the right to write now, not half-way through.
                with self._told(), self._transaction("BEGIN IMMEDIATE") as connection:
                    yield connection
            except StorageError as trouble:
                self._trouble = str(trouble)
                raise

    def refuse_after_trouble(self) -> None:
        """Stop whoever wants to write after a failure.

        A failed write is never tried again: the system may call the second try a success.

        Raises:
            LedgerError: something could not be written before.
        """
        if self._trouble is not None:
            raise LedgerError(self._trouble)

    def condemn(self, sentence: str) -> NoReturn:
        """End all writing, because a file that belongs to the ledger failed.

        Raises:
            StorageError: always.
        """
        self._trouble = sentence
        raise StorageError(sentence)

    def close(self) -> None:
        """Let go of the connection."""
        with self._guard:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
            self._engine.dispose()

    @contextmanager
    def _transaction(self, words: str) -> Iterator[sa.Connection]:
        """Begin on the one connection, which is kept: to take it anew costs more than to write."""
        connection = self._kept = self._kept or self._engine.connect()
        try:
            with connection.begin():
                if self.file is not None:
                    driver = connection.connection.driver_connection
                    assert driver is not None
                    driver.execute(words)
                yield connection
        except BaseException:
            # What is left of a transaction that failed is undone by the pool.
            self._kept = None
            connection.close()
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the driver's errors into a sentence."""
        try:
            yield
        except DBAPIError as error:
            raise StorageError(self._sentence(_trouble(error.orig))) from error
        except self._driver_error as error:  # of what is spoken to the driver itself
            raise StorageError(self._sentence(_trouble(error))) from error
        except SQLAlchemyError as error:
            raise StorageError(self._sentence(f"the database said: {error}")) from error

    def _sentence(self, trouble: str) -> str:
        place = "on the server" if self.file is None else str(self.file)
        return f"The ledger {place} cannot be used: {trouble}."


class StorageError(LedgerError):
    """The database itself failed; nothing more is written through this connection."""


def make_private_folder(folder: Path) -> None:
    """Make a folder only its owner can enter; one that holds other things is left as it is.

    Raises:
        LedgerError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            folder.chmod(0o700)
    except OSError as error:
        raise LedgerError(
            f"The state folder {folder} cannot be used ({error.strerror}): "
            "choose another with BULKSMS_HOME, or mend its rights."
        ) from error


def _make_private_file(file: Path) -> None:
    """Create the file as 0600; the journal SQLite puts beside it copies that."""
    make_private_folder(file.parent)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            if stat.S_IMODE(os.fstat(handle).st_mode) & 0o077:
                os.chmod(file, 0o600)  # noqa: PTH101 - of the very file that was opened
        finally:
            os.close(handle)
    except OSError as error:
        raise LedgerError(
            f"The ledger {file} cannot be opened ({error.strerror}): check its folder and rights."
        ) from error


def _file_engine(file: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )
    sa.event.listen(engine, "connect", _prepare)
    return engine


def _server_engine(url: str) -> sa.Engine:
    try:
        address = sa.make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        return sa.create_engine(address, pool_size=1, max_overflow=0)
    except (ModuleNotFoundError, SQLAlchemyError) as error:
        raise MissingExtra(
            "The ledger's address names a database whose driver is not there: "
            "install psycopg for postgresql://, or name a file."
        ) from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=PERSIST",
        "synchronous=EXTRA",
        "journal_size_limit=1048576",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _trouble(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    known = None if code is None else TROUBLES.get(code & 0xFF)
    return known or f"the database said: {error}"
