"""A worker: posts frames of campaigns that it shares with others, until it is stopped.

The engine hands out lanes. Where it is silent for two ticks, the worker looks into the ledger
itself: what is to be done is written there.
"""

import os
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from bulksms.errors import LedgerError, RuleError
from bulksms.ledger import Ledger
from bulksms.octopush import Credentials
from bulksms.sender import MAX_CLOCK_ERROR
from bulksms.sender.worker_lease import WorkerLease
from bulksms.tasks.engine import TICK_SECONDS, EngineTasks, TaskEngine
from bulksms.tasks.service_notify import ServiceNotifier
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.workers.run_lane import LaneRequest, run_lane
from bulksms.use_cases.workers.run_options_json import run_options_from_json
from bulksms.use_cases.workers.tend_runs import tend_runs, wanted_runs

__all__ = ["Worker", "refuse_wrong_clock"]

LOOP_SECONDS = 0.5
RECOVERY_SECONDS = 60.0  # a ledger that fails twice in that time is left to the next start
SILENT_SECONDS = 2 * TICK_SECONDS  # of the engine, after which a worker helps itself


def refuse_wrong_clock(ledger: Ledger, context: RunContext) -> None:
    """Refuse to work with a clock that differs from the database's: hours would be wrong.

    Raises:
        RuleError: it is a minute or more off.
    """
    difference = context.clock.now() - ledger.holders.database_time()
    if abs(difference) < MAX_CLOCK_ERROR:
        return
    seconds = round(difference.total_seconds())
    direction = "fast" if seconds > 0 else "slow"
    raise RuleError(
        f"The clock of this machine is {abs(seconds):,} seconds {direction} compared with the "
        "database of the ledger: set the clock, then start the worker. Nothing was sent.",
        code="clock_wrong",
    )


class Worker:
    """One worker process; its public methods may be called from any thread."""

    def __init__(
        self,
        ledger: Ledger,
        context: RunContext,
        credentials: Credentials,
        concurrency: int,
        notifier: ServiceNotifier | None = None,
    ) -> None:
        self._ledger, self._context, self._credentials = ledger, context, credentials
        self._account = credentials.account_at(context.settings.base_url)
        self._concurrency = concurrency
        self._notifier = notifier or ServiceNotifier()
        self._posting = threading.Lock()
        self._failure: BaseException | None = None
        self._failed_at: float | None = None
        self._engine_heard_at = self._looked_at = context.clock.monotonic()
        self._lease = self._new_lease()

    def tasks(self, schedules: Sequence[str], run_if_due: Callable[[str], None]) -> EngineTasks:
        """Return the tasks that the engine may hand to this worker.

        `schedules` are the names of those that it has; `run_if_due` looks at one.
        """

        def run_unless_over(name: str) -> None:
            if not self._is_over():
                with self._failing():
                    run_if_due(name)

        return EngineTasks(
            look_after=self._look_for_engine,
            post=self.post,
            schedules=schedules,
            run_if_due=run_unless_over,
        )

    @property
    def holder(self) -> str:
        """The id under which the ledger knows this worker now."""
        return self._lease.id

    def serve(self, engine: TaskEngine, keep: Callable[[threading.Event], None]) -> None:
        """Work until the context says stop; frames in flight get their answers first.

        `keep` looks after schedules in a thread of its own until its event is set.

        Raises:
            LedgerError: the ledger failed; nothing more was posted here.
        """
        engine_stop = threading.Event()
        threads = [
            threading.Thread(target=engine.run, args=[engine_stop], name="engine"),
            threading.Thread(target=self._keeping, args=[keep], name="schedules"),
        ]
        with ExitStack() as leases:
            leases.enter_context(self._lease.kept())
            for thread in threads:
                thread.start()
            self._notifier.ready()
            try:
                while not self._is_over():
                    if self._lease.lost.is_set():
                        leases.pop_all().close()
                        self._lease = self._new_lease()
                        leases.enter_context(self._lease.kept())
                        self._context.observer.note("This worker continues under a new lease.")
                    self._help_itself()
                    self._notifier.alive()
                    self._context.clock.wait(LOOP_SECONDS, self._context.stop)
            finally:
                self._notifier.stopping()
                self._context.stop.set()
                engine_stop.set()
                for thread in threads:
                    thread.join()
                with self._posting:  # the last lane has ended
                    pass
        if self._failure is not None:
            raise self._failure

    def look_after(self) -> dict[str, int]:
        """Look after the runs; returns the campaigns that want lanes, and how many."""
        self._looked_at = self._context.clock.monotonic()
        for sentence in tend_runs(self._ledger, self._context.clock):
            self._context.observer.note(sentence)
        wanted = self._wanted()
        return dict.fromkeys(wanted, len(self._ledger.holders.live())) if wanted else {}

    def post(self, campaign: str | None = None) -> bool:
        """Post frames of a campaign until its lane ends; false when this worker was busy."""
        if not self._posting.acquire(blocking=False):
            return False
        try:
            self._engine_heard_at = self._context.clock.monotonic()
            with self._failing():
                try:
                    self._post(campaign)
                except LedgerError as error:
                    self._begin_again(error)
        finally:
            self._posting.release()
        return True

    def _post(self, campaign: str | None) -> None:
        runs = wanted_runs(self._ledger, self._account, rehearsal=self._rehearsal)
        for record, run in runs:
            if self._is_over() or self._lease.lost.is_set() or campaign not in {None, record.name}:
                return
            request = LaneRequest(
                record=record,
                run_options=run_options_from_json(run.options, self._concurrency),
                lease=self._lease,
                stop=self._context.stop,
            )
            outcome = run_lane(self._ledger, request, self._context, self._credentials)
            if outcome is not None:
                reason = f" {outcome.reason}" if outcome.reason else ""
                self._context.observer.note(f"Campaign {record.name}: {outcome.state}.{reason}")

    def _keeping(self, keep: Callable[[threading.Event], None]) -> None:
        with self._failing():
            keep(self._context.stop)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Let an error end this worker."""
        try:
            yield
        except BaseException as error:
            self._failure = self._failure or error
            raise

    def _begin_again(self, error: LedgerError) -> None:
        """Go on under a new lease after the ledger failed once; what is in flight is in doubt.

        Raises:
            LedgerError: the ledger has failed before, or does not take this worker any more.
        """
        now = self._context.clock.monotonic()
        failed_before, self._failed_at = self._failed_at, now
        if failed_before is not None and now - failed_before < RECOVERY_SECONDS:
            raise error
        self._ledger.refuse_after_failure()
        self._context.observer.note(f"{error} This worker tries again.")
        self._lease.give_up()

    def _look_for_engine(self) -> dict[str, int]:
        self._engine_heard_at = self._context.clock.monotonic()
        with self._failing():
            try:
                return self.look_after()
            except LedgerError:
                return {}  # the next look may succeed; if not, the lease ends

    def _help_itself(self) -> None:
        """Do the engine's work, if the engine was silent for two ticks."""
        now = self._context.clock.monotonic()
        quiet_since = max(self._engine_heard_at, self._looked_at)
        if self._posting.locked() or now - quiet_since < SILENT_SECONDS:
            return
        wanted: dict[str, int] = {}
        with suppress(LedgerError):
            wanted = self.look_after()
        # The next look is one tick away as long as the engine stays silent.
        self._looked_at = now - SILENT_SECONDS + TICK_SECONDS
        for campaign in wanted:
            threading.Thread(target=self._post_alone, args=[campaign], name="lane").start()

    def _post_alone(self, campaign: str) -> None:
        heard_at = self._engine_heard_at
        try:
            self.post(campaign)
        except LedgerError:
            return  # kept as the failure of this worker
        self._engine_heard_at = heard_at

    def _wanted(self) -> list[str]:
        runs = wanted_runs(self._ledger, self._account, rehearsal=self._rehearsal)
        return [record.name for record, _ in runs]

    @property
    def _rehearsal(self) -> bool:
        return self._context.settings.rehearsal

    def _is_over(self) -> bool:
        return self._failure is not None or self._context.stop.is_set()

    def _new_lease(self) -> WorkerLease:
        machine = platform.node() or "unknown"
        return WorkerLease(
            self._ledger, self._context.clock, machine, os.getpid(), self._note_failure
        )

    def _note_failure(self, error: LedgerError) -> None:
        self._context.observer.note(f"{error} Until then this worker posts nothing.")
