"""Runs saved campaigns when they are due, each time once among all workers that know them."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from bulksms.errors import LedgerError, UsageError
from bulksms.ledger import Ledger
from bulksms.tasks.engine import LOOK_SECONDS
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.notify_run import run_and_notify
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.schedule import Schedule, read_schedule
from bulksms.use_cases.unattended.unattended_run import UnattendedRun

__all__ = ["ScheduleKeeper"]

SILENT_SECONDS = 20.0  # of the engine, after which a worker looks by itself
IN_TIME = timedelta(minutes=10)  # a run that begins later was missed

ReadCampaign = Callable[[Path], SavedCampaign]


class ScheduleKeeper:
    """The campaign files of one worker; they are read again at every look.

    The engine hands out the looks; where it is silent, each worker looks by itself.
    """

    def __init__(
        self,
        ledger: Ledger,
        context: RunContext,
        files: Sequence[Path],
        read: ReadCampaign,
        holder: Callable[[], str],
        run: Callable[[SavedCampaign, RunContext], UnattendedRun] = run_and_notify,
    ) -> None:
        self._ledger, self._context, self._files = ledger, context, files
        self._read, self._holder, self._run = read, holder, run
        self._looking = threading.Lock()
        self._looked_at: dict[Path, float] = {}

    def require_schedules(self) -> dict[str, list[Path]]:
        """Refuse files that cannot be used, before anything is done; return them by campaign.

        Raises:
            UsageError: one has an error, or no schedule.
        """
        files: dict[str, list[Path]] = {}
        for path in self._files:
            campaign = self._read(path)
            if read_schedule(campaign) is None:
                raise UsageError(
                    f'{path} has no schedule: add every = "day" and at = "09:00", for example.'
                )
            files.setdefault(campaign.name, []).append(path)
        return files

    def keep(self, stop: threading.Event) -> None:
        """Look at what the engine has not handed out, until stopped; an active run ends gently."""
        while not stop.is_set():
            long_ago = self._context.clock.monotonic() - SILENT_SECONDS
            late = [path for path in self._files if self._looked_at.get(path, long_ago) <= long_ago]
            self.look_at(late)
            self._context.clock.wait(LOOK_SECONDS, stop)
        with self._looking:  # the last run has ended
            pass

    def look_at(self, files: Sequence[Path]) -> None:
        """Run the campaigns of these files that are due, unless this worker is at it already."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            for path in files:
                try:
                    with suppress(LedgerError):  # the next look may succeed
                        self.look(path)
                except UsageError as error:
                    self._context.observer.note(str(error))
                self._looked_at[path] = self._context.clock.monotonic()
        finally:
            self._looking.release()

    def look(self, path: Path) -> UnattendedRun | None:
        """Run one campaign if it is due and no other worker has begun that.

        Raises:
            UsageError: the file has an error.
            LedgerError: the ledger cannot be used.
        """
        campaign = self._read(path)
        schedule = read_schedule(campaign)
        if schedule is None:
            return None
        holder = self._holder()
        due_at = self._claimed(campaign, schedule, holder)
        # A machine may have slept since: then another worker has taken the run over.
        if due_at is None or not self._ledger.due_runs.is_held(campaign.name, due_at, holder):
            return None
        return self._run_once(campaign, due_at, holder)

    def _claimed(self, campaign: SavedCampaign, schedule: Schedule, holder: str) -> datetime | None:
        """Claim a run that a dead worker had begun, else one that is due."""
        due_runs, name = self._ledger.due_runs, campaign.name
        orphan = due_runs.take_over(name, holder)
        if orphan is not None:
            self._context.observer.note(f"The run of {name} was left by a worker that ended.")
            return orphan.due_at
        now = self._ledger.holders.database_time()
        due = list(schedule.due_between(due_runs.begin(name), now))
        if not due:
            return None
        is_late = now - due[-1] > IN_TIME
        runs = not is_late or campaign.rules.missed == "run"
        if not due_runs.claim(name, due, holder if runs else None):
            return None
        if is_late:
            fate = "it runs now" if runs else "it is left out"
            self._context.observer.note(
                f"{name} was due at {due[-1]:%Y-%m-%d %H:%M} UTC and no worker was running: {fate}."
            )
        return due[-1] if runs else None

    def _run_once(self, campaign: SavedCampaign, due_at: datetime, holder: str) -> UnattendedRun:
        run = self._run(campaign, self._context)
        reason = "nothing new" if run.nothing_new else run.reason or ""
        self._ledger.due_runs.end(campaign.name, due_at, holder, int(run.exit_code), str(reason))
        self._context.observer.note(f"{campaign.name}: ended with code {int(run.exit_code)}.")
        return run
