"""Statements that go to a server in one trip are one transaction, which sees what others wrote."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from bulksms.clock import SystemClock
from bulksms.ledger.server.postgres import PostgresStorage
from bulksms.ledger.server.server_connection import ServerConnection
from bulksms.ledger.server.server_pool import driver_connection
from bulksms.ledger.server_address import ServerAddress
from bulksms.ledger.storage import StorageError
from tests.postgres import PostgresServer, create_tables

pytestmark = pytest.mark.postgres


@pytest.fixture
def storage(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[PostgresStorage]:
    """A ledger whose server would by default show a transaction nothing that others write."""
    url = postgres_server.url()
    create_tables(url)
    url += "&options=" + quote(r"-c default_transaction_isolation=repeatable\ read")
    opened = PostgresStorage(ServerAddress.parse(url), tmp_path / "ledger", SystemClock())
    with closing(opened):
        yield opened


def read(storage: PostgresStorage, query: bytes) -> object:
    with storage.reading() as connection:
        row = driver_connection(connection).execute(query).fetchone()
    assert row is not None
    return row[0]


def insert(storage: PostgresStorage, then: Callable[[ServerConnection], None]) -> None:
    with storage.changing_at_once() as connection:
        driver = driver_connection(connection)
        driver.execute("INSERT INTO alembic_version VALUES ('x')")
        then(driver)


def divide_by_zero(connection: ServerConnection) -> None:
    connection.execute("SELECT 1 / 0")


def interrupt(_: ServerConnection) -> None:
    raise KeyboardInterrupt


def test_each_statement_sees_what_others_committed_before_it(storage: PostgresStorage) -> None:
    with storage.changing_at_once() as connection:
        asked = driver_connection(connection).execute("SHOW transaction_isolation")
    assert asked.fetchone() == ("read committed",)


@pytest.mark.parametrize("fail", [divide_by_zero, interrupt])
def test_what_fails_changes_nothing_and_holds_no_lock(
    storage: PostgresStorage, fail: Callable[[ServerConnection], None]
) -> None:
    with pytest.raises((StorageError, KeyboardInterrupt)):
        insert(storage, fail)
    assert read(storage, b"SELECT count(*) FROM alembic_version") == 1
    assert read(storage, b"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
    insert(storage, lambda _: None)
    assert read(storage, b"SELECT count(*) FROM alembic_version") == 2
