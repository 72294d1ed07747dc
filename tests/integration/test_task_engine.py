"""The task engine hands out work of the ledger as soon as the ledger has it."""

import asyncio
import threading
import time
from collections.abc import Callable

import procrastinate
import psycopg
import pytest

from bulksms.ledger.server_address import ServerAddress
from bulksms.tasks.engine import (
    LOOK_SECONDS,
    TICK_SECONDS,
    EngineTasks,
    TaskEngine,
    create_schema,
    defer_lanes,
    engine_schema,
    make_connector,
)
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres

GROUP = "0123456789abcdef"  # as long as an account's


class Campaigns:
    """Campaigns that want one lane each, one after the other, and when they were posted."""

    def __init__(self, *names: str) -> None:
        self._left = list(names)
        self.posted: list[tuple[str, float]] = []
        self.over = threading.Event()

    def look_after(self) -> dict[str, int]:
        return {self._left[0]: 1} if self._left else {}

    def post(self, campaign: str) -> bool:
        if campaign in self._left:  # a lane may be handed out twice
            self.posted.append((campaign, time.monotonic()))
            self._left.remove(campaign)
        if not self._left:
            self.over.set()
        return True


def run_engine(url: str, tasks: EngineTasks, until: Callable[[threading.Event], object]) -> None:
    stop = threading.Event()
    engine = TaskEngine(ServerAddress.parse(url), GROUP, tasks)
    thread = threading.Thread(target=engine.run, args=[stop])
    thread.start()
    until(stop)
    stop.set()
    thread.join(30)


def test_the_campaign_after_one_that_ended_waits_for_no_tick(
    postgres_server: PostgresServer,
) -> None:
    campaigns = Campaigns("a", "b", "c", "d")
    tasks = EngineTasks(look_after=campaigns.look_after, post=campaigns.post)

    run_engine(postgres_server.url(), tasks, lambda _stop: campaigns.over.wait(5 * TICK_SECONDS))

    assert [name for name, _ in campaigns.posted] == ["a", "b", "c", "d"]
    (_, first), *_, (_, last) = campaigns.posted
    assert last - first < TICK_SECONDS  # by ticks alone it would be three of them


def test_a_lane_that_ends_too_early_does_not_ask_for_itself(
    postgres_server: PostgresServer,
) -> None:
    posts: list[float] = []

    def post(_campaign: str) -> bool:
        posts.append(time.monotonic())
        return True

    tasks = EngineTasks(look_after=lambda: {"a": 1}, post=post)

    run_engine(postgres_server.url(), tasks, lambda stop: stop.wait(TICK_SECONDS / 2))

    assert 1 <= len(posts) < 10  # a lane that asked for itself would come a hundred times


def test_lanes_are_asked_for_all_at_once_and_those_that_wait_only_once(
    postgres_server: PostgresServer,
) -> None:
    address = ServerAddress.parse(postgres_server.url())
    create_schema(address, engine_schema(address))
    rows = f"SELECT queueing_lock, xmin::text FROM {engine_schema(address)}.procrastinate_jobs"

    async def ask(lanes: int) -> list[tuple[str, str]]:
        app = procrastinate.App(connector=make_connector(address, engine_schema(address)))
        lane = app.task(name="lane", queue="lanes")(lambda campaign: None)  # noqa: ARG005
        async with app.open_async():
            await defer_lanes(app.job_manager, lane, "spring", lanes)
        with psycopg.connect(address.conninfo) as connection:
            return sorted(connection.execute(rows.encode()).fetchall())

    assert asyncio.run(ask(0)) == []
    three = asyncio.run(ask(3))
    assert len({lock for lock, _ in three}) == 3
    assert len({transaction for _, transaction in three}) == 1
    four = asyncio.run(ask(4))
    assert len(four) == 4
    assert set(three) < set(four)


def test_a_schedule_is_looked_at_by_one_of_the_workers_that_have_it(
    postgres_server: PostgresServer,
) -> None:
    looks: list[tuple[str, str]] = []
    enough = threading.Event()

    def worker(name: str, *schedules: str) -> EngineTasks:
        def look(schedule: str) -> None:
            looks.append((name, schedule))
            if looks.count(("east", "newsletter")) == 3:
                enough.set()

        nothing: dict[str, int] = {}
        return EngineTasks(
            look_after=lambda: nothing,
            post=lambda _campaign: True,
            schedules=schedules,
            run_if_due=look,
        )

    url = postgres_server.url()
    begun_at = time.monotonic()
    threads = [
        threading.Thread(
            target=run_engine, args=[url, tasks, lambda _stop: enough.wait(8 * LOOK_SECONDS)]
        )
        for tasks in (worker("east", "welcome", "newsletter"), worker("west", "welcome"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert enough.is_set()
    assert ("west", "newsletter") not in looks  # it has no such file
    ticks = (time.monotonic() - begun_at) / LOOK_SECONDS + 2  # and those at both ends
    assert 1 <= sum(schedule == "welcome" for _, schedule in looks) <= ticks


def test_workers_that_meet_at_a_job_do_not_fail_under_a_stricter_isolation(
    postgres_server: PostgresServer,
) -> None:
    strict = "&options=-c%20default_transaction_isolation%3Dserializable"
    address = ServerAddress.parse(postgres_server.url() + strict)
    connector = make_connector(address, "engine").get_sync_connector()
    connector.open()
    try:
        row = connector.execute_query_one("SHOW transaction_isolation")
    finally:
        connector.close()
    assert row == {"transaction_isolation": "read committed"}
