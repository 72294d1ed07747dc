"""The PostgreSQL backend: connections of several threads, transactions, errors explained.

A write is a transaction under an advisory lock, one at a time for the whole ledger; a claim or
an answer, which a compare-and-set decides, shares that lock with others of its kind. A failed
write is no damage: the server undoes it, and the ledger goes on once the server is there.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger.lease_locks import LeaseLocks
from bulksms.ledger.server_address import ServerAddress
from bulksms.ledger.server_connection import ServerConnection, open_connection
from bulksms.ledger.server_errors import explain, is_lost_connection, is_passing
from bulksms.ledger.storage import StorageError, StorageUnavailableError
from bulksms.ledger.tables import metadata

__all__ = ["PostgresStorage"]

LOGGING_NAME = "ledger"
RECONNECT_SECONDS = 60  # for which a server that was there may be away
RETRY_SECONDS = 0.25
IDLE_CONNECTIONS = 8
MOST_CONNECTIONS = 72  # 64 posts at a time, their locks, and a follower

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({number})"
SHARED_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock_shared({number})"
PLAIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"

BUSY = "another program keeps it busy: end that program and resume"
EDITED = (
    "rows of the table {table} were deleted by hand, so it does not know whom it texted: restore "
    "a backup; nothing is sent from it"
)


class PostgresStorage:
    """One schema on a server, used by any number of machines."""

    survives_failures = True

    def __init__(
        self,
        address: ServerAddress,
        file: Path,
        clock: Clock,
        *,
        reconnect_seconds: float = RECONNECT_SECONDS,
    ) -> None:
        self._reconnect_seconds = reconnect_seconds
        self.address, self.file = address, file
        self.locks = LeaseLocks(self, file.parent / "locks", clock)
        self._failure: str | None = None
        self._was_connected = threading.Event()
        # At its debug level SQLAlchemy would log every row, and with them people's numbers.
        logging.getLogger(f"sqlalchemy.engine.Engine.{LOGGING_NAME}").setLevel(logging.WARNING)
        self._engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=IDLE_CONNECTIONS,
            max_overflow=MOST_CONNECTIONS - IDLE_CONNECTIONS,
            hide_parameters=True,
            logging_name=LOGGING_NAME,
            use_native_hstore=False,
        )

    def check_integrity(self) -> None:
        """Look for rows that others refer to and that are gone.

        The pages themselves are the server's to check, by checksums and amcheck.

        Raises:
            LedgerError: some are.
        """
        with self.reading() as connection:
            for table in metadata.sorted_tables:
                for key in table.foreign_key_constraints:
                    if connection.execute(_orphans(key)).first() is not None:
                        raise LedgerError(
                            self._sentence(EDITED.format(table=key.referred_table.name)),
                            code="ledger_damaged",
                        )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read in one transaction that sees one state of the ledger."""
        with self._transaction(READ) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in one transaction, as the only one; durable when this returns.

        Raises:
            LedgerError: it could not be written, or whether it was is unknown.
        """
        self.refuse_after_failure()
        with self._transaction(WRITE.format(number=self.address.lock_number)) as connection:
            yield connection

    @contextmanager
    def changing_frames(self, *, alone: bool = False) -> Iterator[sa.Connection]:
        """Write at the same time as others that change frames by compare-and-set, or alone.

        Raises:
            LedgerError: it could not be written, or whether it was is unknown.
        """
        begin = (WRITE if alone else SHARED_WRITE).format(number=self.address.lock_number)
        with self._transaction(begin) as connection:
            yield connection

    @contextmanager
    def writing_beside(self) -> Iterator[sa.Connection]:
        """Write rows that no other write depends on, such as a lease."""
        with self._transaction(PLAIN_WRITE) as connection:
            yield connection

    @contextmanager
    def upgrading(self) -> Iterator[sa.Connection]:
        """Write tables, in the ledger's own schema, for as long as it takes.

        Raises:
            LedgerError: they cannot be written.
        """
        with self.writing() as connection, _unhurried(connection):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            schema = self.address.schema
            if connection.scalar(sa.select(sa.func.to_regnamespace(schema))) is None:
                connection.execute(sa.schema.CreateSchema(schema))
            yield connection

    def scrub(self) -> None:
        """Rewrite the tables without what deleted rows left behind.

        The server's log and its backups are out of reach.

        Raises:
            LedgerError: another program keeps it busy, or the disk is full.
        """
        self.refuse_after_failure()
        with self._explained(), self._engine.connect() as connection, _unhurried(connection):
            driver = _driver_connection(connection)
            driver.execute("SET statement_timeout = 0")
            for table in metadata.sorted_tables:
                driver.execute(f'VACUUM (FULL) "{table.name}"')
            driver.execute("RESET statement_timeout")

    def refuse_after_failure(self) -> None:
        """Refuse to write after a witness could not be written, or a lock was lost.

        Raises:
            LedgerError: one of the two.
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

    @staticmethod
    def ledger_name_in(file: Path) -> str | None:  # noqa: ARG004 - the storage's face
        """Return nothing: a server's ledger is in no other file."""
        return None

    def close(self) -> None:
        """Give all locks back and close all connections."""
        self.locks.close()
        self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sa.Connection]:
        with self._explained():
            connection = self._begin(begin)
            try:
                yield connection
                connection.commit()
            except BaseException:
                _undo(connection)
                raise
            finally:
                connection.close()

    def _begin(self, begin: str) -> sa.Connection:
        """Begin on a connection that lives; wait for a server that is away for a while."""
        deadline = time.monotonic() + self._reconnect_seconds
        while True:
            try:
                connection = self._engine.connect()
            except (DBAPIError, psycopg.Error) as error:
                self._wait_or_raise(error, deadline)
                continue
            try:
                connection.begin()
                # Two statements at once, which the driver takes only without parameters.
                _driver_connection(connection).execute(begin)
            except BaseException as error:
                connection.invalidate()
                connection.close()
                if not isinstance(error, psycopg.Error):
                    raise
                self._wait_or_raise(error, deadline)
            else:
                return connection

    def _wait_or_raise(self, error: DBAPIError | psycopg.Error, deadline: float) -> None:
        """Wait before another try, if there may be one."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        is_hopeless = not self._was_connected.is_set() or not is_lost_connection(cause)
        if is_hopeless or time.monotonic() > deadline:
            raise error
        time.sleep(RETRY_SECONDS)

    def _connect(self) -> ServerConnection:
        connection = open_connection(self.address)
        self._was_connected.set()
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the driver's errors into a sentence, which holds no row's values."""
        try:
            yield
        except PoolTimeoutError:
            raise self._away(BUSY) from None
        except DBAPIError as error:
            raise self._error(error.orig) from None
        except psycopg.Error as error:  # from a compiled statement
            raise self._error(error) from None
        except SQLAlchemyError as error:
            message = self._sentence(f"database error ({type(error).__name__})")
            raise StorageError(message, code="ledger_unusable") from error

    def _error(self, error: BaseException | None) -> StorageError:
        if is_passing(error):
            return self._away(explain(error))
        return StorageError(self._sentence(explain(error)), code="ledger_unusable")

    def _away(self, explanation: str) -> StorageError:
        return StorageUnavailableError(self._sentence(explanation), code="ledger_unusable")

    def _sentence(self, explanation: str) -> str:
        return f"The ledger on {self.address.name} cannot be used: {explanation}."


def _driver_connection(connection: sa.Connection) -> ServerConnection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, ServerConnection):
        raise TypeError(driver)
    return driver


@contextmanager
def _unhurried(connection: sa.Connection) -> Iterator[None]:
    """Wait for the server as long as it takes."""
    driver = _driver_connection(connection)
    patience, driver.patience = driver.patience, None
    try:
        yield
    finally:
        driver.patience = patience


def _undo(connection: sa.Connection) -> None:
    """Undo a transaction, and let go of a connection on which that is not possible."""
    with suppress(SQLAlchemyError, psycopg.Error):
        if _driver_connection(connection).info.transaction_status in {
            psycopg.pq.TransactionStatus.INTRANS,
            psycopg.pq.TransactionStatus.INERROR,
        }:
            connection.rollback()
            return
    with suppress(SQLAlchemyError, psycopg.Error):
        connection.invalidate()


def _orphans(key: sa.ForeignKeyConstraint) -> sa.Select[int]:
    """Select rows whose foreign key leads nowhere."""
    there = key.referred_table.alias()
    pairs = [(element.parent, there.c[element.column.name]) for element in key.elements]
    same = sa.and_(*(here == other for here, other in pairs))
    gone = sa.and_(pairs[0][1].is_(None), *(here.is_not(None) for here, _ in pairs))
    select = sa.select(sa.literal(1)).select_from(key.table.outerjoin(there, same))
    return select.where(gone).limit(1)
