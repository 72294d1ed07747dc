"""A connection to a PostgreSQL server, on which no wait is endless, and facts about the server.

A server that is frozen, or behind a network that swallows packets, ends nothing itself: every
wait for an answer ends on this side too.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

from bulksms.errors import LedgerError
from bulksms.ledger.server_address import ServerAddress

__all__ = ["STATEMENT_SECONDS", "ServerConnection", "ServerFacts", "open_connection", "read_facts"]

Result = TypeVar("Result")

OLDEST_SERVER = 150000
STATEMENT_SECONDS = 30  # after which the server itself gives a statement up
LOCK_SECONDS = 25
IDLE_SECONDS = 60  # for which a transaction may stay open without a statement
MARGIN_SECONDS = 3  # by which this side waits longer than the server

# Of libpq; what the address itself says goes before.
PARAMETERS = {
    "application_name": "bulksms",
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "target_session_attrs": "read-write",
    "client_encoding": "UTF8",
}
SETTINGS = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    # So that the server, too, notices soon that this machine is gone.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # As the driver reads them, whatever the database is set to.
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
}

FACTS = """
SELECT pg_backend_pid() AS process,
       pg_is_in_recovery() AS is_standby,
       current_setting('synchronous_commit') AS synchronous_commit,
       (SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout')
           AS statement_milliseconds,
       (SELECT system_identifier::text FROM pg_control_system()) AS system,
       CASE WHEN pg_is_in_recovery() THEN NULL
            ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS timeline,
       CASE WHEN pg_is_in_recovery() THEN NULL
            ELSE pg_current_wal_lsn() - '0/0'::pg_lsn END::bigint AS wal_position,
       to_regclass('entry')::oid::bigint AS entry_table
"""


class ServerConnection(psycopg.Connection[Any]):
    """A connection on which every wait for the server ends.

    `patience` is how many seconds one answer may take; None waits for ever.
    """

    patience: float | None = STATEMENT_SECONDS

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Wait for the server, at most as long as one answer may take."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """The facts that a server reports on a new connection.

    Attributes:
        process: the process that serves it; a pooler in between shows another to the client.
        system: the number its data folder got when it was made.
        timeline: grows when a standby is promoted.
        wal_position: bytes of log written so far.
        entry_table: the number of the table of entries; a restored dump has another.
    """

    process: int
    is_standby: bool
    synchronous_commit: str
    statement_milliseconds: int
    system: str
    timeline: str | None
    wal_position: int | None
    entry_table: int | None


def open_connection(address: ServerAddress) -> tuple[ServerConnection, ServerFacts]:
    """Connect to a server, and see that it is one that can hold a ledger; say which it is.

    Raises:
        psycopg.Error: it cannot be reached, or refuses the login.
        LedgerError: it is too old, not in UTF-8, or there is a pooler in between.
    """
    parameters: dict[str, Any] = {**PARAMETERS, **conninfo_to_dict(address.conninfo)}
    settings = {**SETTINGS, "search_path": address.schema}
    options = [*(f"-c {k}={v}" for k, v in settings.items()), parameters.get("options", "")]
    parameters["options"] = " ".join(options)  # the address has the last word
    # A row for each statement: prepared once it was executed five times.
    connection = ServerConnection.connect(autocommit=True, **parameters)
    try:
        facts = _check(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection, facts


def read_facts(connection: ServerConnection) -> ServerFacts:
    """Ask a server what it is."""
    cursor = connection.execute(FACTS)
    row = cursor.fetchone()
    names = [column.name for column in cursor.description or ()]
    return ServerFacts(**dict(zip(names, row or (), strict=True)))


def _check(connection: ServerConnection, address: ServerAddress) -> ServerFacts:
    """Refuse a server that cannot keep the ledger's promises."""
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise LedgerError(
            f"The server {address.name} runs PostgreSQL {version // 10000}: a ledger needs 15 or "
            "newer.",
            code="ledger_setting_invalid",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise LedgerError(
            f"The database {address.name} stores {encoding}, which lacks characters of names and "
            "texts: make one with createdb --encoding UTF8 --template template0, and name it in "
            "BULKSMS_LEDGER.",
            code="ledger_setting_invalid",
        )
    facts = read_facts(connection)
    if facts.process != connection.info.backend_pid:
        raise LedgerError(
            f"There is a connection pooler (such as pgbouncer) before the database {address.name}, "
            "which may mix the transactions of several programs: name the server itself in "
            "BULKSMS_LEDGER.",
            code="ledger_setting_invalid",
        )
    if facts.statement_milliseconds:
        connection.patience = facts.statement_milliseconds / 1000 + MARGIN_SECONDS
    if facts.synchronous_commit == "off":  # on for this program, whatever others do
        connection.execute("SET synchronous_commit = on")
    return facts
