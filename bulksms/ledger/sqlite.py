"""The SQLite backend: the file, its one connection, its locks, its errors explained.

SQLite runs with the rollback journal and `synchronous=EXTRA`: a commit that returned has
reached the disk, and the write-ahead mode's corruption race cannot happen. The journal file is
kept between commits and only its header wiped, which halves their cost (decision 10).
"""

import logging
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger.location import make_private_folder
from bulksms.ledger.locks import FileLocks
from bulksms.ledger.storage import EDITED, Storage, StorageError

__all__ = ["SqliteStorage"]

BUSY_SECONDS = 30
LOGGING_NAME = "ledger"

# Shared by all ledgers of the process, as compiling a statement takes longer than executing it.
COMPILED_STATEMENTS: sa.util.LRUCache[object, object] = sa.util.LRUCache(500)

EXPLANATIONS = {
    sqlite3.SQLITE_FULL: "the disk is full: make room and resume",
    sqlite3.SQLITE_READONLY: "it is read-only: give yourself the right to write to it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check the folder and its permissions",
    sqlite3.SQLITE_PERM: "access was denied: check its permissions",
    sqlite3.SQLITE_CORRUPT: "it is damaged: restore a backup; nothing is sent from it",
    sqlite3.SQLITE_NOTADB: "it is not a ledger, or it is damaged: restore a backup",
    sqlite3.SQLITE_BUSY: "another program keeps it busy: end that program and resume",
    sqlite3.SQLITE_IOERR: "disk I/O error: check the disk before resuming",
}


class SqliteStorage(Storage):
    """One SQLite file and the one connection to it, shared safely by several threads."""

    def __init__(self, file: Path, clock: Clock) -> None:
        super().__init__(file, FileLocks(file.parent / "locks", clock), clock)
        self._guard = threading.RLock()
        self._connection: sa.Connection | None = None
        _make_private_file(file)
        self._engine = _engine(file)
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error

    @property
    def label(self) -> str:
        """The resolved path."""
        return os.path.realpath(self.file)

    def check_integrity(self) -> None:
        """Search the whole file for damage; it takes about a second for 500 MB."""
        with self.reading() as connection:
            cursor = connection.connection.cursor()
            result = cursor.execute("PRAGMA integrity_check(1)").fetchone()
            orphan = cursor.execute("PRAGMA foreign_key_check").fetchone()
        if result != ("ok",):
            raise LedgerError(
                self._sentence(EXPLANATIONS[sqlite3.SQLITE_CORRUPT]), code="ledger_damaged"
            )
        if orphan is not None:
            raise LedgerError(self._sentence(EDITED.format(table=orphan[2])), code="ledger_damaged")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read in one transaction."""
        with self._guard, self._explained(), self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in one transaction that is on the disk when this returns."""
        with self._guard:
            self.refuse_after_failure()
            try:
                # IMMEDIATE: wait for the right to write now, not half-way through.
                with self._explained(), self._transaction("BEGIN IMMEDIATE") as connection:
                    yield connection
            except StorageError as error:
                self._failure = str(error)
                raise

    def refuse_replaced(self, owner: str) -> None:
        """Leave that to the witnesses, which know the path of a file."""

    def remember(self, owner: str) -> None:
        """Note nothing besides the witnesses."""

    def scrub(self) -> None:
        """Rewrite the file without its free pages, and delete the journal of old ones."""
        with self._guard, self._explained():
            self.refuse_after_failure()
            connection = self._connection = self._connection or self._engine.connect()
            try:
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
                connection.exec_driver_sql("VACUUM")
            finally:
                connection.exec_driver_sql("PRAGMA journal_mode=PERSIST")
                connection.rollback()  # ends what SQLAlchemy takes for a transaction

    def ledger_name_in(self, file: Path) -> str | None:
        """Read the name of the ledger in another file; none if it cannot be read."""
        try:
            with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
                row = connection.execute("SELECT name FROM ledger_identity").fetchone()
        except (sqlite3.Error, ValueError):  # a path that is not absolute, say
            return None
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Close the connection."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        """Begin on the one connection, which stays open: opening costs more than writing."""
        connection = self._connection = self._connection or self._engine.connect()
        try:
            with connection.begin():
                # By the driver, as SQLAlchemy would make a result of it.
                connection.connection.cursor().execute(begin)
                yield connection
        except BaseException:
            # The pool rolls back what is left of a failed transaction.
            self._connection = None
            connection.close()
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the driver's errors into a sentence."""
        try:
            yield
        except DBAPIError as error:
            raise StorageError(
                self._sentence(_explain(error.orig)), code="ledger_unusable"
            ) from error
        except self._driver_error as error:  # from a compiled statement
            raise StorageError(self._sentence(_explain(error)), code="ledger_unusable") from error
        except SQLAlchemyError as error:
            raise StorageError(
                self._sentence(f"database error: {error}"), code="ledger_unusable"
            ) from error

    def _sentence(self, explanation: str) -> str:
        return f"The ledger {self.file} cannot be used: {explanation}."


def _make_private_file(file: Path) -> None:
    """Create the file as 0600; the journal SQLite puts beside it copies that."""
    make_private_folder(file.parent)
    try:
        handle = os.open(file, os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            status = os.fstat(handle)
            if stat.S_IMODE(status.st_mode) & 0o077:
                os.chmod(file, 0o600)  # noqa: PTH101 - the very file that was opened
        finally:
            os.close(handle)
    except OSError as error:
        raise LedgerError(
            f"The ledger {file} cannot be opened ({error.strerror}): "
            "check its folder and permissions.",
            code="ledger_unusable",
        ) from error
    if status.st_nlink > 1:
        # Each name would have locks and witnesses of its own.
        raise LedgerError(
            f"The ledger {file} has {status.st_nlink} names (hard links): remove the others, "
            "or make them copies.",
            code="ledger_linked",
        )


def _engine(file: Path) -> sa.Engine:
    # At its debug level SQLAlchemy would log every row, and with them people's numbers.
    logging.getLogger(f"sqlalchemy.engine.Engine.{LOGGING_NAME}").setLevel(logging.WARNING)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        poolclass=StaticPool,
        hide_parameters=True,
        logging_name=LOGGING_NAME,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        execution_options={"compiled_cache": COMPILED_STATEMENTS},
    )
    engine.dialect = _shared_dialect()
    sa.event.listen(engine, "connect", _configure)
    return engine


@cache
def _shared_dialect() -> sa.Dialect:
    """Make the dialect of every ledger: compiled statements belong to one dialect."""
    engine = sa.create_engine("sqlite://")
    with engine.connect():  # which asks SQLite what it can do
        dialect = engine.dialect
    engine.dispose()
    return dialect


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin explicitly
    for pragma in (
        "journal_mode=PERSIST",
        "synchronous=EXTRA",
        "journal_size_limit=1048576",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _explain(error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    explanation = None if code is None else EXPLANATIONS.get(code & 0xFF)
    return explanation or f"database error: {error}"
