"""`doctor` says what a server is and what is wrong with it, and never its password."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bulksms.clock import Clock, SystemClock
from bulksms.settings import Settings
from bulksms.use_cases.upkeep.check_machine import CheckStatus, SetupCheck
from bulksms.use_cases.upkeep.check_server import check_server
from tests.postgres import PostgresServer
from tests.tcp_proxy import TcpProxy

pytestmark = pytest.mark.postgres


class Late(SystemClock):
    """A machine whose clock is four minutes slow."""

    def now(self) -> datetime:
        return super().now() - timedelta(minutes=4)


def checked(url: str | None, clock: Clock | None = None) -> dict[str, SetupCheck]:
    settings = Settings(home=Path("/nowhere"), ledger=url)
    assert url is None or url not in repr(settings)
    return {check.name: check for check in check_server(settings, clock or SystemClock())}


@contextmanager
def setting(server: PostgresServer, name: str, value: str) -> Iterator[None]:
    """Run the server with another setting for a while."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        for order in (f"ALTER SYSTEM SET {name} = {value}", "SELECT pg_reload_conf()"):
            connection.execute(order.encode())
        wait_for(server, name, value)
        yield
        for order in (f"ALTER SYSTEM RESET {name}", "SELECT pg_reload_conf()"):
            connection.execute(order.encode())


def wait_for(server: PostgresServer, name: str, value: str) -> None:
    for _ in range(1000):
        with psycopg.connect(server.address) as connection:
            if connection.execute(f"SHOW {name}".encode()).fetchone() == (value,):
                return
    pytest.fail(f"{name} did not become {value}")


def test_a_server_is_described(postgres_server: PostgresServer) -> None:
    checks = checked(postgres_server.url("spring"))
    assert list(checks) == ["server", "durability", "limits", "server clock"]
    message = checks["server"].message
    assert message.startswith("PostgreSQL 1")
    assert f"on 127.0.0.1:{postgres_server.port}/postgres, schema spring; an answer" in message
    assert "after 30s, a wait for a lock after 25s" in checks["limits"].message
    assert checks["server clock"].status is CheckStatus.FINE


def test_a_server_that_may_forget_is_wrong(postgres_server: PostgresServer) -> None:
    if not postgres_server.can_restart:
        pytest.skip("BULKSMS_TEST_POSTGRES names a server that is not ours to configure")
    durability = checked(postgres_server.url())["durability"]
    assert durability.status is CheckStatus.WRONG
    assert "fsync=off, so a power cut can make it forget whom it texted" in durability.message
    with setting(postgres_server, "fsync", "on"):
        durability = checked(postgres_server.url())["durability"]
        assert "full_page_writes=off" in durability.message
        with setting(postgres_server, "full_page_writes", "on"):
            durability = checked(postgres_server.url())["durability"]
            assert durability.status is not CheckStatus.WRONG
            with setting(postgres_server, "synchronous_commit", "off"):
                durability = checked(postgres_server.url())["durability"]
                assert durability.status is CheckStatus.NOTE
                assert "bulksms switches it on for itself" in durability.message


def test_a_clock_that_is_off_is_wrong(postgres_server: PostgresServer) -> None:
    clock = checked(postgres_server.url(), Late())["server clock"]
    assert clock.status is CheckStatus.WRONG
    assert "differs from the server's by -240 s" in clock.message


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://desk:s3cret@127.0.0.1:1/x", "it cannot be reached"),
        ("postgresql://desk:s3cret@127.0.0.1", "names no database"),
    ],
)
def test_a_server_that_cannot_be_used_is_wrong(url: str, message: str) -> None:
    (server,) = checked(url).values()
    assert server.status is CheckStatus.WRONG
    assert message in server.message
    assert "s3cret" not in server.message


def test_a_pooler_is_refused(postgres_server: PostgresServer) -> None:
    """A pooler gives its clients keys of its own, and so does this one."""
    with TcpProxy(postgres_server.port, change_key=True) as pooler:
        url = postgres_server.url().replace(f":{postgres_server.port}/", f":{pooler.port}/")
        (server,) = checked(url).values()
    assert server.status is CheckStatus.WRONG
    assert "There is a connection pooler (such as pgbouncer) before the database" in server.message


def test_a_file_has_no_server() -> None:
    assert checked(None) == {}
    assert checked("/srv/ledger.sqlite3") == {}
