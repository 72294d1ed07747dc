"""Notifies a command, a monitor, a file of metrics and a log file of one run."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from bulksms.errors import InputError
from bulksms.notifications.end_command import COMMAND_LIMIT, run_command, without_secrets
from bulksms.notifications.event_log import EventLog
from bulksms.notifications.ping import PING_TIMEOUTS, check_ping_url, ping
from bulksms.notifications.run_end import RunEnd
from bulksms.octopush.transport import Route, Timeouts

__all__ = ["Notifications", "RunNotifier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """The notifications of a run, and how long they may take.

    Attributes:
        on_end: a command line that gets the JSON of the run on its standard input.
        campaign: the name that a log and the metrics have for the campaign file.
        campaign_file: its path; the command runs in its folder.
        secrets: values that no command and no log may see.
        route: the proxy and the CA file for pings.
        environ: the environment of the command, before the secrets are removed.
    """

    campaign: str
    campaign_file: Path
    on_end: str | None = None
    ping_url: str | None = None
    metrics_file: Path | None = None
    log_file: Path | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    route: Route = field(default_factory=Route)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    command_limit: float = COMMAND_LIMIT
    ping_timeouts: Timeouts = PING_TIMEOUTS

    def __post_init__(self) -> None:
        if self.ping_url is not None:
            check_ping_url(self.ping_url)


class RunNotifier:
    """Notifies of the start, the events and the end of one run.

    What fails is passed to `note` as a sentence, and changes nothing else.

    Raises:
        UsageError: the address to ping cannot be used.
    """

    def __init__(self, to: Notifications, note: Callable[[str], None]) -> None:
        self._to, self._note_to_person = to, note
        self._log = None if to.log_file is None else EventLog(to.log_file, to.secrets)

    def started(self, now: datetime) -> None:
        """Notify of the start."""
        self.event("run_started", now, campaign=self._to.campaign)
        self._ping("start", b"", now)

    def event(self, name: str, now: datetime, **facts: object) -> None:
        """Write one event to the log file."""
        problem = None if self._log is None else self._log.write(name, now, **facts)
        if problem is not None:
            self._note_to_person(problem)

    def ended(self, end: RunEnd) -> None:
        """Notify of the end."""
        now = end.finished_at
        self.event("run_ended", now, **_facts(self._to.campaign, end))
        self._write_metrics(end, now)
        self._ping(str(end.exit_code), orjson.dumps(_counts(end)), now)
        if self._to.on_end:
            campaign_file = self._to.campaign_file.absolute()
            more = {"exit_code": end.exit_code, "campaign_file": str(campaign_file)}
            problem = run_command(
                self._to.on_end,
                orjson.dumps({**end.answer, **more}, option=orjson.OPT_INDENT_2) + b"\n",
                campaign_file.parent,
                without_secrets(self._to.environ, self._to.secrets),
                self._to.command_limit,
            )
            self._report(problem, now)

    def _ping(self, step: str, body: bytes, now: datetime) -> None:
        if self._to.ping_url is not None:
            url, route, timeouts = self._to.ping_url, self._to.route, self._to.ping_timeouts
            self._report(ping(url, step, body, route, timeouts), now)

    def _write_metrics(self, end: RunEnd, now: datetime) -> None:
        if self._to.metrics_file is None:
            return
        from bulksms.notifications.metrics_file import write_metrics

        try:
            write_metrics(self._to.metrics_file, self._to.campaign, end)
        except InputError as error:
            self._report(f"{error} The run is not affected.", now)

    def _report(self, problem: str | None, now: datetime) -> None:
        if problem is not None:
            self._note_to_person(problem)
            self.event("notification_failed", now, sentence=problem)


def _facts(campaign: str, end: RunEnd) -> dict[str, object]:
    """List what the log says of the end of a run."""
    facts: dict[str, object] = {"campaign": campaign, "exit_code": end.exit_code}
    if end.counts is not None:
        facts |= {name: count for name, count in end.counts.contacts.items() if count}
        facts |= {"cost": f"{end.counts.cost}", "nothing_new": end.counts.nothing_new}
    return facts if end.reason is None else facts | {"reason": end.reason}


def _counts(end: RunEnd) -> dict[str, object]:
    """List the figures that may leave the machine: they name no one."""
    figures: dict[str, object] = {"exit_code": end.exit_code}
    if end.counts is not None:
        counts = end.counts
        figures |= {"contacts": dict(counts.contacts), "frames": dict(counts.frames)}
        figures |= {"sms_needed": counts.sms_needed, "nothing_new": counts.nothing_new}
    return figures
