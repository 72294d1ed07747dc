"""Workers on a PostgreSQL server of their own: started, killed, frozen, and made to forget.

Each is the program itself in a process with a state folder of its own, as on another machine.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psycopg

from bulksms.clock import SystemClock
from bulksms.ledger import FrozenFrame, NewCampaign, open_ledger
from bulksms.ledger.server_address import ServerAddress
from bulksms.octopush import Credentials
from bulksms.sender import Pacing, SilentObserver
from bulksms.sender.sign_frame import sign_frame
from bulksms.settings import Settings
from bulksms.tasks import announce_run
from bulksms.tasks.engine import engine_schema
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.workers.enqueue_campaign import enqueue_campaign
from tests.postgres import PostgresServer
from tests.torture import people
from tests.torture.orders import KEY, LOGIN
from tests.torture.stand import Stand

CAMPAIGN = "shared"
PER_FRAME = 2
ENDED = frozenset({"done", "paused", "stopped"})


@dataclass
class Machines:
    """A ledger on a server, a provider, and the workers that post to it."""

    server: PostgresServer
    provider: Stand
    folder: Path
    url: str = ""
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = self.url or self.server.url()
        self.folder.mkdir(parents=True, exist_ok=True)
        open_ledger(self.folder / "operator", self.url).close()

    @property
    def address(self) -> ServerAddress:
        return ServerAddress.parse(self.url)

    def context(self) -> RunContext:
        """Return what an operator's machine has."""

        settings = Settings(
            home=self.folder / "operator",
            ledger=self.url,
            base_url=self.provider.url,
            api_login=LOGIN,
            api_key=KEY,
        )
        return RunContext(
            settings=settings,
            clock=SystemClock(),
            observer=SilentObserver(),
            stop=threading.Event(),
        )

    def enqueue(self, frames: int, pacing: Pacing | None = None) -> None:
        """Write a campaign of small frames down, and ask the workers to post it."""
        self.enqueue_frames(map(_frozen, range(1, frames + 1)), frames, pacing)

    def enqueue_frames(
        self, frozen: Iterable[FrozenFrame], count: int, pacing: Pacing | None = None
    ) -> None:
        """Write a campaign of these frames down, and ask the workers to post it."""
        context = self.context()
        credentials = Credentials(login=LOGIN, key=KEY)
        with open_ledger(context.settings.home, self.url) as ledger:
            ledger.reconciler.verify()
            new = NewCampaign(
                name=CAMPAIGN,
                digest="d" * 64,
                text_digest="t" * 64,
                parameters={"purpose": "alert", "type": "sms_premium", "sender": "SHOP"},
                counts=dict.fromkeys(("rejected", "duplicates", "opted_out"), 0)
                | dict.fromkeys(("rows", "sendable"), count * PER_FRAME),
                rehearsal=True,
                account=credentials.account_at(self.provider.url),
            )
            ledger.campaigns.create(new, frozen)
        enqueue_campaign(CAMPAIGN, RunOptions(pacing=pacing or Pacing()), context)
        announce_run(context, credentials)

    def start_worker(
        self, concurrency: int = 4, port: int | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a worker; it leads a process group of its own, and may use another port."""
        number = len(self.processes)
        environment = {
            **os.environ,
            "BULKSMS_HOME": str(self.folder / f"machine-{number}"),
            "BULKSMS_LEDGER": self.url.replace(f":{self.server.port}/", f":{port}/")
            if port
            else self.url,
            "BULKSMS_BASE_URL": self.provider.url,
            "BULKSMS_API_LOGIN": LOGIN,
            "BULKSMS_API_KEY": KEY,
        }
        environment.pop("BULKSMS_TEST_POSTGRES", None)  # for tests alone: it is no setting
        with (self.folder / f"worker-{number}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "bulksms", "worker", "--concurrency", str(concurrency)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def states(self) -> Counter[str]:
        """Count the frames in each state, straight from the server."""
        rows = self._query(f"SELECT state, count(*) FROM {self.address.schema}.frame GROUP BY 1")
        return Counter(dict(rows))

    def campaign(self) -> tuple[str, str | None]:
        schema = self.address.schema
        state, reason = self._query(f"SELECT state, reason FROM {schema}.campaign")[0]
        return state, reason

    def live_workers(self) -> int:
        schema = self.address.schema
        query = f"SELECT count(*) FROM {schema}.holder WHERE ended_at IS NULL"
        return int(self._query(query)[0][0])

    def forget(self) -> None:
        """Empty the engine's tables and delete the rows of its workers."""
        schema = engine_schema(self.address)
        tables = ("jobs", "events", "periodic_defers", "workers")
        names = ", ".join(f"{schema}.procrastinate_{table}" for table in tables)
        self._execute(f"TRUNCATE {names}")

    def await_posts(self, count: int, seconds: float = 60) -> None:
        """Wait until the provider has accepted so many frames."""
        self._await(lambda: len(self.provider.accepted) >= count, seconds, f"{count} posts")

    def await_workers(self, count: int, seconds: float = 30) -> None:
        self._await(lambda: self.live_workers() >= count, seconds, f"{count} workers")

    def await_states(self, condition: Callable[[Counter[str]], bool]) -> None:
        self._await(lambda: condition(self.states()), 60, "states of the frames")

    def await_end(self, seconds: float = 120) -> None:
        self._await(lambda: self.campaign()[0] in ENDED, seconds, "the end")

    def end_all(self) -> None:
        """Kill what is left of the workers."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def logs(self) -> str:
        files = sorted(self.folder.glob("worker-*.log"))
        return "\n".join(f"{path.name}:\n{path.read_text(errors='replace')}" for path in files)

    def texted(self) -> Counter[str]:
        """Count the texts that each number got, by the provider's own log."""
        return Counter(number for post in self.provider.accepted for number in _numbers(post))

    def _await(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {seconds} s for {what}: {self.states()}\n{self.logs()}")
            time.sleep(0.1)

    def _query(self, query: str) -> Sequence[Any]:
        with psycopg.connect(self.address.conninfo, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.address.conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def machines(server: PostgresServer, provider: Stand, folder: Path) -> Iterator[Machines]:
    """Return a ledger of its own on a server, and end every worker afterwards."""
    made = Machines(server, provider, folder)
    try:
        yield made
    finally:
        made.end_all()


def _numbers(post: dict[str, Any]) -> list[str]:
    return [str(number) for number in post["recipients"]]


def _frozen(number: int) -> FrozenFrame:
    first = (number - 1) * PER_FRAME
    numbers = [people.number(first + offset) for offset in range(PER_FRAME)]
    body = orjson.dumps(
        {
            "recipients": [{"phone_number": each} for each in numbers],
            "text": "Bonjour",
            "type": "sms_premium",
            "purpose": "alert",
            "sender": "SHOP",
            "simulation_mode": False,
        }
    )
    packed = b"".join(int(each).to_bytes(8, "little") for each in numbers)
    return sign_frame(
        body,
        packed,
        campaign=CAMPAIGN,
        number=number,
        rows=(first + 2, first + 1 + PER_FRAME),
        rehearsal=True,
    )
