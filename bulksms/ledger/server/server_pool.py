"""The connections of one process to a server: opened when needed, replaced when they broke."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bulksms.ledger.server.server_connection import ServerConnection, ServerFacts, open_connection
from bulksms.ledger.server.server_errors import is_lost_connection
from bulksms.ledger.server_address import ServerAddress

__all__ = ["RECONNECT_SECONDS", "RETRY_SECONDS", "ServerPool", "driver_connection", "undo"]

LOGGING_NAME = "ledger"
RECONNECT_SECONDS = 60  # for which a server that was there may be away
RETRY_SECONDS = 0.25
IDLE_CONNECTIONS = 8
MOST_CONNECTIONS = 72  # 64 posts at a time, their locks, and a follower


class ServerPool:
    """The connections to one ledger; a thread has one for as long as its transaction lasts."""

    def __init__(
        self,
        address: ServerAddress,
        reconnect_seconds: float,
        on_connect: Callable[[ServerFacts], None],
    ) -> None:
        self._address, self._reconnect_seconds = address, reconnect_seconds
        self._on_connect = on_connect
        self._was_connected = threading.Event()
        # At its debug level SQLAlchemy would log every row, and with them people's numbers.
        logging.getLogger(f"sqlalchemy.engine.Engine.{LOGGING_NAME}").setLevel(logging.WARNING)
        # A connection that broke is explained by a sentence, or replaced in silence.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
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

    def connect(self) -> sa.Connection:
        """Take a connection without a transaction."""
        return self._engine.connect()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def begin(self, begin: str) -> sa.Connection:
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
                driver_connection(connection).execute(begin)
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
        connection, facts = open_connection(self._address)
        self._on_connect(facts)
        self._was_connected.set()
        return connection


def driver_connection(connection: sa.Connection) -> ServerConnection:
    """Return the driver's own connection."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, ServerConnection):
        raise TypeError(driver)
    return driver


def undo(connection: sa.Connection) -> None:
    """Undo a transaction, and let go of a connection on which that is not possible."""
    with suppress(SQLAlchemyError, psycopg.Error):
        if driver_connection(connection).info.transaction_status in {
            psycopg.pq.TransactionStatus.INTRANS,
            psycopg.pq.TransactionStatus.INERROR,
        }:
            connection.rollback()
            return
    with suppress(SQLAlchemyError, psycopg.Error):
        connection.invalidate()
