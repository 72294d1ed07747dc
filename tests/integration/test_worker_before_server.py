"""A worker may be started before the database that its ledger is in."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from bulksms.errors import LedgerError
from bulksms.settings import read_settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.workers.ledger_for_worker import ledger_for_worker
from tests.fakes import FakeClock, RecordingObserver
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@dataclass
class Late:
    """A database that is made later, and a worker of it."""

    server: PostgresServer
    name: str
    context: RunContext
    observer: RecordingObserver
    clock: FakeClock

    def make(self) -> None:
        with psycopg.connect(self.server.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name}".encode())


@pytest.fixture
def late(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Late]:
    name = f"late_{os.getpid()}"
    url = f"postgresql://bulksms@127.0.0.1:{postgres_server.port}/{name}"
    clock, observer = FakeClock(), RecordingObserver()
    settings = replace(read_settings({}), home=tmp_path / "home", ledger=url)
    context = RunContext(settings=settings, clock=clock, observer=observer, stop=threading.Event())
    yield Late(postgres_server, name, context, observer, clock)
    with psycopg.connect(postgres_server.address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def test_a_worker_waits_for_its_database_and_says_so_once(late: Late) -> None:
    class MadeInTheEnd(FakeClock):
        def wait(self, seconds: float, wake: threading.Event) -> bool:
            if len(self.waited) == 3:
                late.make()
            return super().wait(seconds, wake)

    clock = MadeInTheEnd()
    with ledger_for_worker(replace(late.context, clock=clock)) as ledger:
        assert ledger.campaigns.all() == []
    assert clock.seconds == 4
    (note,) = late.observer.notes
    assert note.endswith(
        "there is no such database: create it with createdb, or name another. "
        "This worker tries again for a minute."
    )


def test_a_worker_waits_for_its_database_no_longer_than_a_minute(late: Late) -> None:
    with pytest.raises(LedgerError, match="no such database"), ledger_for_worker(late.context):
        pass
    assert late.clock.seconds == 60


def test_a_worker_that_is_stopped_waits_no_longer(late: Late) -> None:
    late.context.stop.set()
    with pytest.raises(LedgerError, match="no such database"), ledger_for_worker(late.context):
        pass
    assert late.clock.waited == []
