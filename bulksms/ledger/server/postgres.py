"""The PostgreSQL backend: connections of several threads, transactions, errors explained.

A write is a transaction under an advisory lock, one at a time for the whole ledger; a claim or
an answer, which a compare-and-set decides, shares that lock with others of its kind. A failed
write is not damage: the server undoes it, and the ledger continues once the server is back.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger.schema.tables import metadata
from bulksms.ledger.server.lease_locks import LeaseLocks
from bulksms.ledger.server.server_connection import ServerFacts, read_facts
from bulksms.ledger.server.server_errors import explain, is_passing
from bulksms.ledger.server.server_identity import (
    WHAT_TO_DO,
    check_mark,
    describe_replacement,
    read_mark,
    record_identity,
)
from bulksms.ledger.server.server_pool import (
    RECONNECT_SECONDS,
    RETRY_SECONDS,
    ServerPool,
    driver_connection,
    undo,
)
from bulksms.ledger.server_address import ServerAddress
from bulksms.ledger.storage import EDITED, Result, Storage, StorageError, StorageUnavailableError
from bulksms.ledger.witness.witness_pair import mark_outside

__all__ = ["PostgresStorage"]


READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# A statement after the lock sees what was written before it was taken.
PLAIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
LOCK = "SELECT pg_advisory_xact_lock({number})"
SHARED_LOCK = "SELECT pg_advisory_xact_lock_shared({number})"

BUSY = "another program keeps it busy: end that program and resume"


class PostgresStorage(Storage):
    """One schema on a server, used by any number of machines."""

    is_shared = True

    def __init__(
        self,
        address: ServerAddress,
        file: Path,
        clock: Clock,
        *,
        reconnect_seconds: float = RECONNECT_SECONDS,
    ) -> None:
        self._leases = LeaseLocks(self, file.parent / "locks", clock)
        super().__init__(file, self._leases, clock)
        self.address = address
        self._reconnect_seconds = reconnect_seconds
        self._verified_facts: ServerFacts | None = None
        self._pool = ServerPool(address, reconnect_seconds, self._look_at)

    @property
    def label(self) -> str:
        """Host, port and database."""
        return f"on {self.address.name}"

    def check_integrity(self) -> None:
        """Look for rows that others refer to and that are gone.

        The pages themselves are the server's to check, by checksums and amcheck.
        """
        with self.reading() as connection:
            for table in metadata.sorted_tables:
                for key in table.foreign_key_constraints:
                    if connection.execute(_orphans(key)).first() is not None:
                        raise LedgerError(
                            self._sentence(EDITED.format(table=key.referred_table.name)),
                            code="ledger_damaged",
                        )

    def database_time(self, connection: sa.Connection) -> datetime:
        """Read the time of the server."""
        moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read in one transaction that sees one state of the ledger."""
        with self._transaction(READ) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in one transaction, as the only one; durable when this returns."""
        self.refuse_after_failure()
        with self._transaction(PLAIN_WRITE, LOCK) as connection:
            yield connection

    @contextmanager
    def changing_frames(self, *, alone: bool = False) -> Iterator[sa.Connection]:
        """Write at the same time as others that change frames by compare-and-set, or alone."""
        with self._transaction(PLAIN_WRITE, LOCK if alone else SHARED_LOCK) as connection:
            yield connection

    @contextmanager
    def changing_at_once(self) -> Iterator[sa.Connection]:
        """Write at the same time as others; all is sent, and then answered, at the end."""
        with self._explained(), self._pool.connect() as connection:
            driver = driver_connection(connection)
            try:
                with driver.pipeline():
                    driver.execute(PLAIN_WRITE)
                    driver.execute(SHARED_LOCK.format(number=self.address.lock_number))
                    yield connection
                    driver.execute("COMMIT")
            except BaseException:
                undo(connection)
                raise

    @contextmanager
    def writing_beside(self) -> Iterator[sa.Connection]:
        """Write rows that no other write depends on, such as a lease."""
        with self._transaction(PLAIN_WRITE) as connection:
            yield connection

    @contextmanager
    def upgrading(self) -> Iterator[sa.Connection]:
        """Write tables, in the ledger's own schema, for as long as it takes."""
        with self.writing() as connection, _unhurried(connection):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            schema = self.address.schema
            if connection.scalar(sa.select(sa.func.to_regnamespace(schema))) is None:
                connection.execute(sa.schema.CreateSchema(schema))
            yield connection

    def refuse_replaced(self, owner: str) -> None:
        """Refuse a database that took the place of the one known for the ledger `owner`."""
        with self.reading() as connection:
            mark = read_mark(connection, read_facts(driver_connection(connection)))
            check_mark(connection, mark, mark_outside(self.file, owner), self.label)

    def remember(self, owner: str) -> None:
        """Note which database the ledger is in; a connection to another one ends all sending."""
        with self.writing_beside() as connection:
            facts = read_facts(driver_connection(connection))
            mark = read_mark(connection, facts)
            record_identity(connection, mark, mark_outside(self.file, owner))
        self._verified_facts = facts

    def scrub(self) -> None:
        """Rewrite the tables without what deleted rows left behind.

        The server's log and its backups are out of reach.
        """
        self.refuse_after_failure()
        with self._explained(), self._pool.connect() as connection, _unhurried(connection):
            driver = driver_connection(connection)
            driver.execute("SET statement_timeout = 0")
            for table in metadata.sorted_tables:
                driver.execute(f'VACUUM (FULL) "{table.name}"')
            driver.execute("RESET statement_timeout")

    def repeat(self, act: Callable[[], Result]) -> Result:
        """Do what may be done twice, again while the server is away."""
        deadline = time.monotonic() + self._reconnect_seconds
        while True:
            try:
                return act()
            except StorageUnavailableError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(RETRY_SECONDS)

    def close(self) -> None:
        """Release all locks and close all connections."""
        self._leases.close()
        self._pool.close()

    def _look_at(self, facts: ServerFacts) -> None:
        """See that a new connection leads to the database that was verified."""
        problem = self._verified_facts and describe_replacement(self._verified_facts, facts)
        if problem:
            sentence = f"The ledger {self.label} {problem}. {WHAT_TO_DO}"
            self._failure = self._failure or sentence

    @contextmanager
    def _transaction(self, *begin: str) -> Iterator[sa.Connection]:
        with self._explained():
            number = self.address.lock_number
            connection = self._pool.begin("; ".join(begin).format(number=number))
            try:
                yield connection
                connection.commit()
            except BaseException:
                undo(connection)
                raise
            finally:
                connection.close()

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
        return f"The ledger {self.label} cannot be used: {explanation}."


@contextmanager
def _unhurried(connection: sa.Connection) -> Iterator[None]:
    """Wait for the server as long as it takes."""
    driver = driver_connection(connection)
    patience, driver.patience = driver.patience, None
    try:
        yield
    finally:
        driver.patience = patience


def _orphans(key: sa.ForeignKeyConstraint) -> sa.Select[int]:
    """Select rows whose foreign key leads nowhere."""
    there = key.referred_table.alias()
    pairs = [(element.parent, there.c[element.column.name]) for element in key.elements]
    same = sa.and_(*(own == other for own, other in pairs))
    gone = sa.and_(pairs[0][1].is_(None), *(own.is_not(None) for own, _ in pairs))
    select = sa.select(sa.literal(1)).select_from(key.table.outerjoin(there, same))
    return select.where(gone).limit(1)
