"""The task engine: procrastinate, in a schema of its own in the ledger's database.

It may forget, stall or be emptied at any time. Its jobs only say "look after the runs", "this
campaign wants a lane" and "see whether this schedule is due"; each is safe to run twice, late or
never.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions, jobs
from psycopg import sql

from bulksms.ledger.server_address import ServerAddress

__all__ = ["LOOK_SECONDS", "TICK_SECONDS", "EngineTasks", "TaskEngine", "announce"]

RESTART_SECONDS = 2.0  # after the engine's connection was lost
TICK_SECONDS = 10
TICK = f"* * * * * */{TICK_SECONDS}"  # the sixth field is seconds
LOOK_SECONDS = 5
LOOK = f"* * * * * */{LOOK_SECONDS}"  # whether a schedule is due
TICK_PRIORITY = 100  # lanes would starve it
BUSY_SECONDS = 1.0  # for which a job that another worker should have had holds its place
STALLED_SECONDS = 30.0
CANCEL_AGAIN_SECONDS = 5.0  # that a running job has to end by itself

# The engine's statements fail under a stricter default of the database when workers meet.
ISOLATION = r"-c default_transaction_isolation=read\ committed"

ENGINE_ERRORS = (exceptions.ProcrastinateException, psycopg.Error, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTasks:
    """The tasks of a worker when the engine hands out work.

    Attributes:
        look_after: looks after the runs, and returns the campaigns that want lanes and how many.
        post: posts frames of a campaign until there is nothing more to do; false when this
            worker was busy.
        schedules: the names of the saved campaigns that this worker has.
        run_if_due: runs one of them if it is due.
    """

    look_after: Callable[[], dict[str, int]]
    post: Callable[[str], bool]
    schedules: Sequence[str] = ()
    run_if_due: Callable[[str], None] = lambda _name: None


class TaskEngine:
    """The engine of one worker, restarted whenever it loses its database.

    Only the workers of one `group`, those of an account, hand each other work.
    """

    def __init__(self, address: ServerAddress, group: str, tasks: EngineTasks) -> None:
        self._address, self._group, self._tasks = address, group, tasks
        self.schema = engine_schema(address)
        # Their own logs would name campaigns in the arguments of jobs, and each lost connection.
        for library in ("procrastinate", "psycopg"):
            logging.getLogger(library).setLevel(logging.CRITICAL)

    def run(self, stop: threading.Event) -> None:
        """Hand out work until stopped; the jobs that run then are awaited."""
        while not stop.is_set():
            with suppress(*ENGINE_ERRORS):
                create_schema(self._address, self.schema)
                asyncio.run(self._work(stop))
            stop.wait(RESTART_SECONDS)

    async def _work(self, stop: threading.Event) -> None:
        app = self._app()
        # A job that the engine forgot cannot be ended; that is not an error of this worker.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        async with app.open_async():
            with suppress(exceptions.AlreadyEnqueued):  # so that a lane is asked for here too
                await _announcement(app, self._group).defer_async()
            # A worker that posts takes no other lane, so that each gets one; ticks continue.
            queues = [[_lanes(self._group)], [_ticks(self._group)]]
            if self._tasks.schedules:  # a run may last for hours
                queues.append([_due(self._group, name) for name in self._tasks.schedules])
            workers = [asyncio.create_task(self._serve(app, each)) for each in queues]
            while not stop.is_set() and not any(worker.done() for worker in workers):
                await asyncio.wait(workers, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
            await _end(workers)

    @staticmethod
    async def _serve(app: procrastinate.App, queues: Sequence[str]) -> None:
        """Do the jobs of some queues, one at a time."""
        await app.run_worker_async(
            queues=queues, concurrency=1, delete_jobs="always", install_signal_handlers=False
        )

    def _app(self) -> procrastinate.App:
        app = procrastinate.App(connector=make_connector(self._address, self.schema))

        @app.task(name="lane", queue=_lanes(self._group))
        async def lane(campaign: str) -> None:
            if not await asyncio.to_thread(self._tasks.post, campaign):
                await asyncio.sleep(BUSY_SECONDS)
                return
            # The next campaign of the account waits for no tick; this one does, if it is not over.
            await self._look_after(app, lane, without=campaign)

        ticks = _ticks(self._group)

        @app.periodic(cron=TICK, periodic_id=self._group)
        @app.task(name="tick", queue=ticks, priority=TICK_PRIORITY, queueing_lock=f"{ticks}/tick")
        async def tick(timestamp: int) -> None:  # noqa: ARG001 - the engine gives it
            await self._look_after(app, lane)

        @app.task(name="announced", queue=ticks, priority=TICK_PRIORITY)
        async def announced() -> None:
            await self._look_after(app, lane)

        for name in self._tasks.schedules:
            self._add_schedule(app, name)
        return app

    def _add_schedule(self, app: procrastinate.App, name: str) -> None:
        """Let one of the workers that have a schedule see regularly whether it is due."""
        queue = _due(self._group, name)

        @app.periodic(cron=LOOK, periodic_id=queue)
        @app.task(name=queue, queue=queue, queueing_lock=queue)
        async def due(timestamp: int) -> None:  # noqa: ARG001 - the engine gives it
            await asyncio.to_thread(self._tasks.run_if_due, name)

    async def _look_after(
        self,
        app: procrastinate.App,
        lane: Any,  # noqa: ANN401 - a task
        without: str | None = None,
    ) -> None:
        """Drop jobs of dead workers, and ask for the lanes that the ledger's runs want."""
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS)
        for job in stalled:
            if job.id is not None:
                await app.job_manager.finish_job_by_id_async(
                    job.id, jobs.Status.FAILED, delete_job=True
                )
        wanted = await asyncio.to_thread(self._tasks.look_after)
        for campaign, lanes in wanted.items():
            if campaign != without:
                await defer_lanes(app.job_manager, lane, campaign, lanes)


async def _end(workers: Collection[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a connection that just opens may swallow a cancellation."""
    pending = set(workers)
    while pending:
        for worker in pending:
            worker.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)


def _lanes(group: str) -> str:
    return f"lanes/{group}"


def _ticks(group: str) -> str:
    return f"ticks/{group}"


def _due(group: str, schedule: str) -> str:
    return f"due/{group}/{_hashed(schedule)[:16]}"  # a channel's name has at most 63 bytes


def _hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


async def defer_lanes(
    manager: procrastinate.manager.JobManager,
    lane: Any,  # noqa: ANN401 - a task
    campaign: str,
    lanes: int,
) -> None:
    """Ask for lanes that no one has been asked for yet.

    All at once: the engine loses the wake-up for a job that comes while a worker fetches another.
    """
    locks = [f"{_hashed(campaign)}/{number}" for number in range(lanes)]
    wanted = [lane.configure(queueing_lock=lock).make_new_job(campaign=campaign) for lock in locks]
    try:
        await manager.batch_defer_jobs_async(wanted)
    except exceptions.AlreadyEnqueued:
        for job in wanted:
            with suppress(exceptions.AlreadyEnqueued):
                await manager.defer_job_async(job)


def announce(address: ServerAddress, group: str) -> bool:
    """Let a worker of a group look after the runs now; false when the engine cannot be reached.

    Then they are looked after at the next tick.
    """
    schema = engine_schema(address)
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(**_pool(address, schema)))
    try:
        create_schema(address, schema)
        with app.open():
            _announcement(app, group).defer()
    except exceptions.AlreadyEnqueued:
        return True
    except ENGINE_ERRORS:
        return False
    return True


def _announcement(app: procrastinate.App, group: str) -> Any:  # noqa: ANN401 - a job to be deferred
    queue = _ticks(group)
    return app.configure_task("announced", queue=queue, queueing_lock=f"{queue}/announced")


def make_connector(address: ServerAddress, schema: str) -> procrastinate.PsycopgConnector:
    """Make the engine's connector, which sees only its own schema."""
    return procrastinate.PsycopgConnector(**_pool(address, schema))


def engine_schema(address: ServerAddress) -> str:
    """Name the schema of the engine's tables beside a ledger.

    Each version of the engine has its own, since its memory need not outlive it.
    """
    version = "_".join(procrastinate.__version__.split(".")[:2])
    return f"{address.schema}_tasks_{version}"


def create_schema(address: ServerAddress, schema: str) -> None:
    """Create the engine's tables where they are missing; one worker does it."""
    with psycopg.connect(address.conninfo, connect_timeout=10) as connection:
        lock = int.from_bytes(sha256(schema.encode()).digest()[:8], "big", signed=True)
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        table = connection.execute("SELECT to_regclass(%s)", [f"{schema}.procrastinate_jobs"])
        row = table.fetchone()
        if row is not None and row[0] is not None:
            return
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))
        statements = procrastinate.schema.SchemaManager.get_schema()
        connection.cursor().execute(statements.encode())


def _pool(address: ServerAddress, schema: str) -> dict[str, Any]:
    return {
        "conninfo": address.conninfo,
        "kwargs": {"options": f"-c search_path={schema} {ISOLATION}", "connect_timeout": 10},
        "min_size": 1,
        "max_size": 6,
        "timeout": 10.0,
    }
