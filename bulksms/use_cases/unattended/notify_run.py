"""Runs a saved campaign and notifies its command, monitor, metrics file and log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bulksms.clock import Clock
from bulksms.errors import UsageError
from bulksms.ledger import FrameRecord, FrameState
from bulksms.notifications import Notifications, RunCounts, RunEnd, RunNotifier
from bulksms.octopush import Route
from bulksms.results import Report
from bulksms.sender import Observer
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.exit_code import ExitCode
from bulksms.use_cases.prepare.output_paths import input_files, refuse_overwrites
from bulksms.use_cases.unattended.open_lists import GivenLists
from bulksms.use_cases.unattended.run_unattended import run_unattended
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_run import UnattendedRun

__all__ = ["run_and_notify"]

# What became of most frames, which no line of a log needs to say.
USUAL = frozenset({FrameState.ACCEPTED, FrameState.SIMULATED})


def run_and_notify(
    campaign: SavedCampaign,
    context: RunContext,
    *,
    lists: GivenLists | None = None,
    exit_code: Callable[[UnattendedRun], int] = lambda run: run.exit_code,
) -> UnattendedRun:
    """Run a saved campaign once, as `run_unattended` does, and notify of its start and its end.

    A notification that fails changes nothing but `unnotified` in the answer. `exit_code` is
    asked for the code that the program will end with.
    """
    started_at = context.clock.now()
    problems: list[str] = []
    try:
        notifier = RunNotifier(_notifications(campaign, context.settings), problems.append)
    except UsageError as error:
        return UnattendedRun(campaign=campaign, started_at=started_at, error=error)
    observer = _LoggingObserver(context.observer, notifier, context.clock)
    run, code, reason = None, int(ExitCode.BUG), "A bug in bulksms ended the run."
    try:
        notifier.started(started_at)
        run = run_unattended(campaign, replace(context, observer=observer), lists=lists)
        code = exit_code(run)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else code
        reason = "The run was ended before anything was sent."
        raise
    finally:
        notifier.ended(_end(run, code, reason, started_at, context.clock.now()))
        if run is None:
            for problem in problems:
                context.observer.note(problem)
    return replace(run, unnotified=tuple(problems))


def _notifications(campaign: SavedCampaign, settings: Settings) -> Notifications:
    rules = campaign.rules
    outputs = {"metrics_file": rules.metrics_file, "log_file": rules.log_file}
    refuse_overwrites(outputs, [campaign.path, *input_files(campaign.options())], settings)
    return Notifications(
        campaign=campaign.name,
        campaign_file=campaign.path,
        on_end=rules.on_end,
        ping_url=rules.ping_url,
        metrics_file=rules.metrics_file,
        log_file=rules.log_file,
        secrets=tuple(filter(None, (settings.api_key, settings.proxy))),
        route=Route(proxy=settings.proxy, ca_file=settings.ca_file),
    )


def _end(
    run: UnattendedRun | None, code: int, reason: str, started_at: datetime, now: datetime
) -> RunEnd:
    """Gather the facts to report; a run without an answer was cut off."""
    cut_off = {"error": {"code": code, "name": ExitCode(code).name, "message": reason}}
    return RunEnd(
        exit_code=code,
        started_at=started_at,
        finished_at=now,
        reason=reason if run is None else run.reason,
        counts=None if run is None or run.result is None else _counts(run.result.report, run),
        answer=cut_off if run is None else run.as_json(),
    )


def _counts(report: Report, run: UnattendedRun) -> RunCounts:
    return RunCounts(
        contacts=report.contacts,
        frames=report.frames,
        sms_needed=report.sms_needed,
        nothing_new=run.nothing_new,
        cost=report.total_cost,
        credit=report.residual_credit,
    )


class _LoggingObserver:
    """Passes the events of a run on, and writes those that matter to the log."""

    def __init__(self, observer: Observer, notifier: RunNotifier, clock: Clock) -> None:
        self._observer, self._notifier, self._clock = observer, notifier, clock

    def started(self, frames: int, contacts: int) -> None:
        self._observer.started(frames, contacts)
        self._notifier.event("sending", self._clock.now(), frames=frames, contacts=contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        self._observer.frame_settled(record)
        if record.state not in USUAL:
            self._notifier.event(
                "frame_settled",
                self._clock.now(),
                frame=record.number,
                state=record.state,
                contacts=record.contacts,
                code=record.code,
                message=record.message,
            )

    def note(self, sentence: str) -> None:
        self._observer.note(sentence)
        self._notifier.event("note", self._clock.now(), sentence=sentence)
