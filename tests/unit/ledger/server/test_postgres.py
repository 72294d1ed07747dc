"""A ledger on a server: its tables, its first opening, its sentences."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError, SourceChanged
from bulksms.ledger import (
    FrameState,
    FrozenFrame,
    Ledger,
    OrderKind,
    OrderRecord,
    migrations,
    open_ledger,
)
from bulksms.ledger.server.postgres import PostgresStorage
from bulksms.ledger.server_address import ServerAddress
from tests.builders import ledger_in, new_campaign
from tests.postgres import PostgresServer, create_tables
from tests.unit.ledger.samples import NOON, frozen, make

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


def test_a_new_ledger_one_of_the_steps_and_one_of_tests_have_the_same_tables(
    tmp_path: Path, postgres_server: PostgresServer, connection: psycopg.Connection
) -> None:
    new, stepped, made = postgres_server.url(), postgres_server.url(), postgres_server.url()
    open_ledger(tmp_path, new).close()
    storage = PostgresStorage(ServerAddress.parse(stepped), tmp_path / "ledger", SystemClock())
    with closing(storage), storage.upgrading() as writing:
        migrations.take_steps(writing)
    create_tables(made)
    for tables in zip(*(describe(connection, url) for url in (new, stepped, made)), strict=True):
        assert len(tables[0]) > 5
        assert tables[0] == tables[1] == tables[2]


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


@pytest.fixture
def database(
    connection: psycopg.Connection, postgres_server: PostgresServer
) -> Iterator[Callable[[str], str]]:
    """Make a database, set up by statements, and return its address."""
    name, stranger = f"other_{os.getpid()}", f"stranger_{os.getpid()}"

    def make_database(statements: str) -> str:
        connection.execute(f"CREATE ROLE {stranger} LOGIN".encode())
        if not statements.startswith("CREATE"):
            connection.execute(f"CREATE DATABASE {name}".encode())
        for statement in statements.split("; "):
            connection.execute(statement.format(database=name, stranger=stranger).encode())
        user = stranger if "{stranger}" in statements else "bulksms"
        return f"postgresql://{user}@127.0.0.1:{postgres_server.port}/{name}"

    yield make_database
    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    connection.execute(f"DROP ROLE IF EXISTS {stranger}".encode())


ENCODED = "CREATE DATABASE {{database}} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' {}"


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (ENCODED.format("ENCODING 'LATIN1'"), "stores LATIN1, .* --encoding UTF8"),
        (ENCODED.format("ENCODING 'SQL_ASCII'"), "stores SQL_ASCII, "),
        ("ALTER DATABASE {database} SET default_transaction_read_only = on", "it is read-only"),
        ("ALTER DATABASE {database} ALLOW_CONNECTIONS false", "refuses the connection .*not curr"),
        ("REVOKE CONNECT ON DATABASE {database} FROM {stranger}, public", "right: GRANT CONNECT, "),
        ("GRANT CONNECT ON DATABASE {database} TO {stranger}", "GRANT CONNECT, CREATE ON DATABASE"),
        ("ALTER ROLE {stranger} CONNECTION LIMIT 0", "it has no connection left"),
    ],
)
def test_a_database_that_cannot_hold_a_ledger_is_refused_in_a_sentence(
    tmp_path: Path, database: Callable[[str], str], statements: str, message: str
) -> None:
    url = database(statements)
    with pytest.raises(LedgerError, match=message) as refusal:
        open_ledger(tmp_path, url)
    assert str(refusal.value).count(". ") == 0


def test_settings_of_a_database_do_not_change_what_is_read(
    tmp_path: Path, database: Callable[[str], str]
) -> None:
    settings = {
        "DateStyle": "'SQL, DMY'",
        "IntervalStyle": "sql_standard",
        "TimeZone": "'America/St_Johns'",
        "default_transaction_isolation": "serializable",
        "search_path": "pg_catalog",
        "standard_conforming_strings": "off",
        "statement_timeout": "1",
    }
    changes = (f"ALTER DATABASE {{database}} SET {k} = {v}" for k, v in settings.items())
    url = database("; ".join(changes))
    with ledger_in(tmp_path, url) as ledger:
        record = make(ledger, "autumn", frames=1)
        assert ledger.claims.claim(record.id, 1, NOON)
        assert ledger.frames.get(record.id, 1).started_at == NOON


def together(*acts: Callable[[], object]) -> list[object]:
    """Do several things at once, each on a machine of its own; return results and errors."""
    start = threading.Barrier(len(acts))

    def do(act: Callable[[], object]) -> object:
        start.wait(30)
        try:
            return act()
        except LedgerError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


@pytest.fixture
def machines(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[list[Ledger]]:
    url = postgres_server.url()
    create_tables(url)
    with ExitStack() as opened:
        yield [opened.enter_context(ledger_in(tmp_path / str(n), url)) for n in range(3)]


def test_a_name_is_given_to_one_of_several_campaigns(machines: list[Ledger]) -> None:
    for number in range(5):
        name = f"spring {number}"
        results = together(*(partial(make, each, name) for each in machines))
        assert sorted(isinstance(result, SourceChanged) for result in results) == [
            False,
            True,
            True,
        ]
    assert len(machines[0].campaigns.all()) == 5


def test_a_frame_is_claimed_by_one_machine(machines: list[Ledger]) -> None:
    made = make(machines[0], frames=20)
    for number in range(1, 21):
        claims = [partial(each.claims.claim, made.id, number, NOON) for each in machines]
        assert sorted(map(bool, together(*claims))) == [False, False, True]
        assert machines[0].frames.get(made.id, number).attempts == 1


def test_a_person_who_opts_out_while_frames_are_claimed_is_in_none_claimed_later(
    machines: list[Ledger],
) -> None:
    west, east, _ = machines
    made = make(west, frames=30)
    for number in range(1, 31):
        person = int(west.frames.phone_numbers(made.id, number)[0])
        claimed, _ = together(
            partial(west.claims.claim, made.id, number, NOON),
            partial(east.opt_outs.add, [person], "typed", NOON),
        )
        # Whichever was first: people who opted out are in no frame that is claimed from now on.
        state = east.frames.get(made.id, number).state
        assert state is (FrameState.INTENT if claimed is True else FrameState.PLANNED)
        assert not east.claims.claim(made.id, number, NOON)


def test_a_pause_holds_for_every_claim_after_it(machines: list[Ledger]) -> None:
    west, east, north = machines
    made = make(west, frames=20)
    for number in range(1, 21):
        pause = OrderRecord(kind=OrderKind.PAUSE, who="anna", at=NOON)
        together(
            partial(west.claims.claim, made.id, number, NOON),
            partial(east.orders.give, made.id, pause),
        )
        assert not north.claims.claim(made.id, number, NOON)
        east.orders.give(made.id, OrderRecord(kind=OrderKind.RESUME, who="anna", at=NOON))


def test_a_long_list_is_written_while_others_send(machines: list[Ledger]) -> None:
    west, east, _ = machines
    made = make(west, frames=3)
    inside, go_on = threading.Event(), threading.Event()

    def slow_frames() -> Iterator[FrozenFrame]:
        yield from map(frozen, range(1, 401))
        inside.set()
        assert go_on.wait(30)
        yield frozen(401)

    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(east.campaigns.create, new_campaign("autumn"), slow_frames())
        assert inside.wait(30)
        assert west.claims.claim(made.id, 1, NOON)
        west.orders.give(made.id, OrderRecord(kind=OrderKind.PAUSE, who="anna", at=NOON))
        assert [each.name for each in west.campaigns.all()] == ["spring"]
        go_on.set()
        assert creating.result(30).name == "autumn"
    assert len(list(west.frame_queries.each(creating.result().id))) == 401
