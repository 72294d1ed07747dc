"""Runs a campaign for `send`, `resume` and `rehearse`: signals, progress, report, exit code."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

from bulksms.cli.exit_codes import ExitCode
from bulksms.cli.options.requests import fill_options
from bulksms.cli.terminal.control_echo import hidden_control_echo, show_control_echo
from bulksms.cli.terminal.progress import ProgressBars
from bulksms.cli.terminal.step_bars import StepBars
from bulksms.cli.terminal.streams import echo, echo_json
from bulksms.cli.texts.rendering import show_report
from bulksms.clock import SystemClock
from bulksms.errors import OutputError
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunResult
from bulksms.use_cases.exit_code import exit_code_of_result
from bulksms.use_cases.unattended.saved_campaign import DisplayOptions

if TYPE_CHECKING:
    from bulksms.use_cases.unattended.unattended_run import UnattendedRun

__all__ = ["Running", "run_and_report", "running", "show_result"]


STOPPING = "Stopping after the frames in flight. Press again to leave now."
ANNOUNCEMENT_SECONDS = 2.0


class _StoppedEarly(SystemExit):
    """A signal ends the program before the first frame."""


@dataclass
class _Signals:
    """The signal that was received: the first stops gently, the second at once."""

    bars: ProgressBars
    leaves_at_once: bool = True  # before anything was begun
    stop: threading.Event = field(default_factory=threading.Event)
    received: int | None = None
    _announcement: threading.Thread | None = field(default=None, init=False)

    def take(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.leaves_at_once and not self.bars.has_started:
            # No frame is in flight, so there is nothing to wait for.
            raise _StoppedEarly(_code_of(number))
        if self.stop.is_set():
            self.bars.leave()
            show_control_echo()
            # The frame in flight stays in state intent; the next start marks it in doubt.
            os._exit(_code_of(number))
        self.received = number
        self.stop.set()
        # In a thread: this handler may have interrupted the drawing of a bar, and a stream takes no
        # second write then. An error raised here would look like one of the frame in flight.
        self._announcement = threading.Thread(target=self.bars.show, args=[STOPPING], daemon=True)
        self._announcement.start()

    def finish_announcement(self) -> None:
        """Wait until the sentence is written: a run with nothing in flight ends before that.

        A terminal that takes no output does not keep the program alive.
        """
        if self._announcement is not None:
            self._announcement.join(timeout=ANNOUNCEMENT_SECONDS)


def _code_of(number: int) -> int:
    return ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED


@contextmanager
def _handling_signals(bars: ProgressBars, *, leaves_at_once: bool) -> Iterator[_Signals]:
    """Let SIGINT, SIGTERM and, where it exists, SIGHUP order the run to stop."""
    signals = _Signals(bars, leaves_at_once)
    # Windows has no SIGHUP: there a closed console sends SIGBREAK.
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, signals.take) for number in numbers}
    try:
        yield signals
    except _StoppedEarly:
        # Printed here, after the bar of the step was erased.
        echo("\nStopped before anything was sent.", err=True)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The context of a run on the command line, and the signal it may receive."""

    context: RunContext
    signals: _Signals

    @property
    def signal_code(self) -> int | None:
        """The exit code of the signal that was received."""
        return None if self.signals.received is None else _code_of(self.signals.received)

    def code_of(self, run: "UnattendedRun") -> int:
        """Return the exit code of an unattended run."""
        return self._ended_by_signal(run.result) or run.exit_code

    def exit_code(self, result: RunResult) -> int:
        """Return the exit code of a result: of the signal, where that ended the run."""
        return self._ended_by_signal(result) or exit_code_of_result(result)

    def _ended_by_signal(self, result: RunResult | None) -> int | None:
        was_interrupted = result is not None and result.report.state == "interrupted"
        return self.signal_code if was_interrupted else None


@contextmanager
def running(
    display: DisplayOptions, settings: Settings, *, leaves_at_once: bool = True
) -> Iterator[Running]:
    """Draw progress, and let signals order the run to stop.

    With `leaves_at_once` a signal ends the program before the first campaign has started.
    """
    bars = ProgressBars(silent=display.no_progress or display.json, quiet=display.quiet)
    echo_of_keys = nullcontext() if display.json else hidden_control_echo()
    with echo_of_keys, _handling_signals(bars, leaves_at_once=leaves_at_once) as signals:
        context = RunContext(
            settings=settings,
            clock=SystemClock(),
            observer=bars,
            stop=signals.stop,
            progress=StepBars(silent=display.no_progress or display.json),
        )
        try:
            yield Running(context=context, signals=signals)
        finally:
            signals.finish_announcement()
            bars.close()


def run_and_report(
    act: Callable[[RunContext], RunResult], given: dict[str, Any], settings: Settings
) -> int:
    """Run a sending use case, show how it ended, and return its exit code."""
    display = fill_options(DisplayOptions, given)
    with running(display, settings) as run:
        result = act(run.context)
    code = run.exit_code(result)
    try:
        show_result(result, display)
    except OutputError as error:
        echo(f"Error: {error}", err=True)
        return code or ExitCode.OUTPUT
    return code


def show_result(result: RunResult, display: DisplayOptions) -> None:
    """Show how a campaign ended.

    Raises:
        OutputError: stdout cannot be written.
    """
    for problem in result.unwritten:
        echo(f"Error: {problem} `bulksms report` writes the results again.", err=True)
    if display.json:
        echo_json(result.report.as_json())
        return
    show_report(result.report, quiet=display.quiet)
    if result.results and not display.quiet:
        echo(f"Results: {result.results}")
