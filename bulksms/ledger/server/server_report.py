"""The report of `doctor` on a database server: its version, speed and durability."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import psycopg

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger.server.server_connection import ServerConnection, open_connection
from bulksms.ledger.server.server_errors import explain
from bulksms.ledger.server_address import ServerAddress

__all__ = ["ServerReport", "read_server_report"]

SETTINGS = (
    "data_checksums",
    "fsync",
    "full_page_writes",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "max_connections",
    "statement_timeout",
    "synchronous_commit",
)
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReport:
    """A server as this program meets it.

    Attributes:
        ahead: how far the server's clock is before that of this machine.
        round_trip: seconds for one question and its answer, the median of a few.
        synchronous_commit: what the server is set to, whatever this program sets for itself.
        settings: those of this program's own connections.
    """

    name: str
    schema: str
    version: str
    ahead: timedelta
    round_trip: float
    synchronous_commit: str
    settings: Mapping[str, str]


def read_server_report(url: str, clock: Clock) -> ServerReport:
    """Connect to the server of a ledger and ask what it is; changes nothing.

    Raises:
        LedgerError: it cannot be reached, refuses the login, or cannot hold a ledger.
    """
    address = ServerAddress.parse(url)
    try:
        connection, facts = open_connection(address)
        with connection:
            names = list(SETTINGS)
            query = "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)"
            rows = connection.execute(query, (names,)).fetchall()
            pairs = [_ask_time(connection, clock) for _ in range(TRIES)]
            version = str(connection.info.parameter_status("server_version"))
    except psycopg.Error as error:
        raise LedgerError(
            f"The server {address.name} cannot be used: {explain(error)}.", code="ledger_unusable"
        ) from None
    return ServerReport(
        name=address.name,
        schema=address.schema,
        version=version,
        ahead=pairs[-1][0],
        round_trip=median(seconds for _, seconds in pairs),
        synchronous_commit=facts.synchronous_commit,
        settings=dict(rows),
    )


def _ask_time(connection: ServerConnection, clock: Clock) -> tuple[timedelta, float]:
    """Return how far the server's clock is ahead, and the seconds that the question took."""
    before, started = clock.now(), time.perf_counter()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    seconds = time.perf_counter() - started
    # Its clock was read half-way between the question and the answer.
    moment = row[0] if row else before
    return moment - before - timedelta(seconds=seconds / 2), seconds
