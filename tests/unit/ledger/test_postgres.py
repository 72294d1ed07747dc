"""A ledger on a server: its tables, its first opening, its sentences."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger, open_ledger
from bulksms.ledger.server_address import ServerAddress
from tests.builders import ledger_in
from tests.postgres import PostgresServer, create_tables
from tests.unit.ledger.samples import NOON, make

pytestmark = pytest.mark.postgres

COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.character_maximum_length, c.collation_name,
       c.is_nullable, replace(c.column_default, %(schema)s, '')
FROM information_schema.columns c WHERE c.table_schema = %(schema)s ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, replace(indexdef, %(schema)s, '') FROM pg_indexes
WHERE schemaname = %(schema)s AND indexname NOT LIKE '%%_pkey' ORDER BY 1, 2
"""
KEYS = """
SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace ORDER BY 1, 2, 3
"""


@pytest.fixture
def connection(postgres_server: PostgresServer) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_server.address, autocommit=True) as opened:
        yield opened


def describe(connection: psycopg.Connection, url: str) -> list[list[tuple[object, ...]]]:
    schema = ServerAddress.parse(url).schema
    connection.execute(f"SET search_path = {schema}".encode())
    queries = (COLUMNS, INDEXES, KEYS)
    return [connection.execute(q.encode(), {"schema": schema}).fetchall() for q in queries]


def test_the_migrations_make_the_tables_that_tests_use(
    tmp_path: Path, postgres_server: PostgresServer, connection: psycopg.Connection
) -> None:
    migrated, made = postgres_server.url(), postgres_server.url()
    open_ledger(tmp_path, migrated).close()
    create_tables(made)
    for one, other in zip(describe(connection, migrated), describe(connection, made), strict=True):
        assert len(one) > 5
        assert one == other


def test_first_openings_at_once_make_one_ledger(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url, together = postgres_server.url(), threading.Barrier(3)

    def first(number: int) -> int:
        together.wait(30)
        with open_ledger(tmp_path / str(number), url) as ledger:
            return len(ledger.campaigns.all())

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(first, range(3))) == [0, 0, 0]


def test_an_answer_is_recorded_whatever_it_holds(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.url()
    create_tables(url)
    with ledger_in(tmp_path, url) as ledger:
        made = make(ledger)
        assert ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(
            made.id,
            1,
            FrameState.ACCEPTED,
            NOON,
            ticket="t" * 5000,
            number_of_contacts=2**62,
            number_of_sms_needed=2**63,
            code=-(2**40),
            message="nul \0 and a half \ud83d",
        )
        frame = ledger.frames.get(made.id, 1)
    assert frame.ticket == "t" * 5000
    assert (frame.number_of_contacts, frame.number_of_sms_needed) == (2**62, None)
    assert (frame.code, frame.message) == (-(2**40), "nul \ufffd and a half ?")


def test_names_sort_as_in_a_file(ledger: Ledger, ledger_url: str | None) -> None:
    names = ["autumn", "Winter", "été", "_x", "a-b", "aB"]
    for name in names:
        make(ledger, name, frames=0)
    with ledger._storage.reading() as connection:  # noqa: SLF001 - the database's own order
        order = connection.exec_driver_sql("SELECT name FROM campaign ORDER BY name")
        assert [row.name for row in order] == sorted(names)
    assert ledger_url is None or ledger_url.startswith("postgresql")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "127.0.0.1", "port": "1"}, "cannot be reached"),
        ({"dbname": "nowhere"}, "no such database"),
        ({"user": "stranger"}, "refuses the login"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_without_the_password(
    tmp_path: Path,
    postgres_server: PostgresServer,
    change: dict[str, str],
    message: str,
) -> None:
    parts = {"user": "bulksms", "host": "127.0.0.1", "port": str(postgres_server.port)}
    parts |= {"dbname": "postgres"} | change
    url = "postgresql://{user}:s3cret@{host}:{port}/{dbname}".format(**parts)
    with pytest.raises(LedgerError, match=message) as refusal:
        open_ledger(tmp_path, url)
    error: BaseException | None = refusal.value
    assert str(error).startswith("The ledger on 127.0.0.1:")
    assert str(error).endswith(".")
    while error is not None:
        assert "s3cret" not in str(error)
        error = error.__cause__
