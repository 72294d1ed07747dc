"""Follows a campaign that another process sends, with bars on a terminal or with lines."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self

from bulksms.cli.exit_codes import ExitCode, show_interruption
from bulksms.cli.terminal.progress import sending_bars
from bulksms.cli.terminal.streams import clean, echo, echo_json, ignore_closed_terminal
from bulksms.cli.texts.rendering import show_report
from bulksms.clock import SystemClock
from bulksms.ledger import FrameState
from bulksms.money import round_to_cents
from bulksms.results import Report
from bulksms.results.campaign_report import RUNNING
from bulksms.settings import Settings
from bulksms.use_cases.send.follow_campaign import follow_campaign

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["follow_and_show"]

UNPOSTED = (FrameState.PLANNED.value, FrameState.INTENT.value)
# Classes of people whose frame waits, is in flight, or is in doubt.
UNANSWERED = ("not_attempted", "in_doubt")
OUTSIDE = ("rejected", "suppressed")  # classes of people who are in no frame


def follow_and_show(campaign: str | None, given: Mapping[str, Any], settings: Settings) -> int:
    """Follow a campaign until it is no longer being sent, and show how it ended."""
    try:
        with _Follower(given) as follower:
            report = follow_campaign(campaign, follower.show, settings, SystemClock())
    except KeyboardInterrupt:
        sentence = "No longer following. The campaign is still being sent."
        return show_interruption(sentence, as_json=given["json"])
    if given["json"]:
        echo_json(report.as_json())
    else:
        show_report(report, quiet=given["quiet"])
    return ExitCode.OK


class _Follower:
    """Shows each report of a campaign that is being sent."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        on_terminal = sys.stdout.isatty() and sys.stderr.isatty()
        self._draws = on_terminal and not (given["json"] or given["no_progress"])
        self._writes = not (self._draws or given["json"] or given["quiet"])
        self._bars: tuple[tqdm[NoReturn], ...] = ()
        self._reason: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with ignore_closed_terminal():
            for bar in self._bars:
                bar.close()

    def show(self, report: Report) -> None:
        """Move the bars, or write a line."""
        people = sum(n for name, n in report.contacts.items() if name not in OUTSIDE)
        steps = (
            (_answered(report.frames, UNPOSTED), sum(report.frames.values())),
            (_answered(report.contacts, UNANSWERED), people),
        )
        if self._draws and (self._bars or report.state == RUNNING):
            self._move(steps)
            self._show_above_bars(report.reason if report.state == RUNNING else None)
        elif self._writes and report.state == RUNNING:
            (answered, frames), (reached, people) = steps
            reason = "" if report.reason is None else f". {report.reason}"
            echo(
                f"{report.campaign}: {answered:,} of {frames:,} frames, {reached:,} of "
                f"{people:,} contacts, {round_to_cents(report.total_cost):,} EUR{reason}"
            )

    def _move(self, steps: tuple[tuple[int, int], ...]) -> None:
        with ignore_closed_terminal():
            if not self._bars:
                self._bars = sending_bars(steps[0][1], steps[1][1])
                for bar, (done, _) in zip(self._bars, steps, strict=True):
                    bar.initial = done
            for bar, (done, total) in zip(self._bars, steps, strict=True):
                bar.total, bar.n = total, done
                bar.refresh()

    def _show_above_bars(self, reason: str | None) -> None:
        """Show once why nothing is sent."""
        if reason is not None and reason != self._reason:
            with ignore_closed_terminal():
                self._bars[0].write(clean(reason), file=sys.stderr)
        self._reason = reason


def _answered(counts: Mapping[str, int], waiting: Sequence[str]) -> int:
    """Count what has its answer."""
    inside = {name: count for name, count in counts.items() if name not in OUTSIDE}
    return sum(inside.values()) - sum(inside[name] for name in waiting)
