"""What `send`, `resume` and `rehearse` share: signals, progress, the end and its exit code."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import click

from bulksms.cli.exit_codes import ExitCode, discard_stdout
from bulksms.cli.progress import ProgressBars, ignore_closed_terminal
from bulksms.cli.rendering import show_json, show_report
from bulksms.clock import SystemClock
from bulksms.sender import StopCause
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunResult

__all__ = ["run_and_report"]


@dataclass
class _Signals:
    """Which signal came, if any; the first one stops gently, the second at once."""

    bars: ProgressBars
    stop: threading.Event = field(default_factory=threading.Event)
    came: int | None = None

    def take(self, number: int, frame: FrameType | None) -> None:
        del frame
        if not self.bars.has_started:
            # Nothing is on its way yet, so that there is nothing to wait for.
            with ignore_closed_terminal():
                click.echo("\nStopped before anything was sent.", err=True)
            raise SystemExit(_code_of(number))
        if self.stop.is_set():
            # The frame in flight stays in `intent`, which the next start finds in doubt.
            os._exit(_code_of(number))
        self.came = number
        self.stop.set()
        # Raised from here, an error of the terminal would pass for one of the frame in flight.
        with ignore_closed_terminal():
            click.echo("Stopping after the frames in flight; press again to leave now.", err=True)


def _code_of(number: int) -> int:
    return ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED


@contextmanager
def _listening(bars: ProgressBars) -> Iterator[_Signals]:
    """Turn SIGINT, SIGTERM and, where there is one, SIGHUP into an order to stop."""
    signals = _Signals(bars)
    # SIGHUP is not on Windows, where a closed console sends SIGBREAK.
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, signals.take) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_and_report(
    act: Callable[[RunContext], RunResult], given: dict[str, Any], settings: Settings
) -> int:
    """Run a sending use case, show how it ended, and give its exit code."""
    bars = ProgressBars(silent=given["no_progress"] or given["as_json"], quiet=given["quiet"])
    with _listening(bars) as signals:
        context = RunContext(
            settings=settings, clock=SystemClock(), observer=bars, stop=signals.stop
        )
        try:
            result = act(context)
        finally:
            bars.close()
    try:
        _show(result, given)
    except BrokenPipeError:
        # Whoever read us went away (`| head`); how it went is still told by the exit code.
        discard_stdout()
    return _exit_code(result, signals.came)


def _show(result: RunResult, given: dict[str, Any]) -> None:
    if given["as_json"]:
        show_json(result.report.as_json())
        return
    show_report(result.report, quiet=given["quiet"])
    if not given["quiet"]:
        click.echo(f"Results: {result.results}")


def _exit_code(result: RunResult, signal_came: int | None) -> int:
    frames = result.report.frames
    if signal_came is not None and result.report.state == "interrupted":
        return _code_of(signal_came)
    stopped = result.report.state == "stopped" and frames["planned"]
    if stopped and result.cause in (StopCause.ACCOUNT, StopCause.CAMPAIGN):
        return ExitCode.ACCOUNT
    if frames["in_doubt"] or frames["intent"]:
        return ExitCode.IN_DOUBT
    if frames["planned"]:
        return ExitCode.ACCOUNT
    return ExitCode.SOME_REFUSED if frames["refused"] else ExitCode.OK
