"""Bars for the steps before and after the sending: reading, screening, writing."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from bulksms.cli.terminal.control_echo import hidden_control_echo
from bulksms.cli.terminal.streams import clean, ignore_closed_terminal
from bulksms.progress_steps import Reached

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["StepBars"]

SHOWN_AFTER = 0.5  # seconds; what is quicker draws nothing
DRAWN_EVERY = 0.2
OF_UNKNOWN_SIZE = "{desc}: {n_fmt} {unit} [{elapsed}]"
OF_UNKNOWN_STATE = "{desc} [{elapsed}]"


@dataclass
class _Step:
    """A running step, and how much of it is done."""

    title: str
    total: int | None
    unit: str
    started: float = field(default_factory=time.monotonic)
    done: int = 0
    bar: "tqdm[NoReturn] | None" = None

    def reached(self, done: int) -> None:
        """Note how much is done; drawing is left to the thread that draws."""
        self.done = done

    def draw(self) -> None:
        if self.bar is None:
            self.bar = self._new_bar()
        if self.done and self.total is None:
            self.bar.bar_format = OF_UNKNOWN_SIZE
        self.bar.n = self.done
        with ignore_closed_terminal():
            self.bar.refresh()

    def erase(self) -> None:
        if self.bar is not None:
            with ignore_closed_terminal():
                self.bar.close()
            self.bar = None

    def _new_bar(self) -> "tqdm[NoReturn]":
        from tqdm import tqdm

        from bulksms.cli.terminal.progress import bar_options

        options: dict[str, Any] = bar_options()
        if self.total is None:
            options["bar_format"] = OF_UNKNOWN_STATE
        bar: tqdm[NoReturn] = tqdm(
            total=self.total,
            desc=clean(self.title),
            unit=self.unit,
            unit_scale=True,
            leave=False,
            delay=SHOWN_AFTER,  # or it would be drawn now, with nothing done
            **options,
        )
        bar.start_t -= time.monotonic() - self.started
        return bar


class StepBars:
    """A bar on stderr for the current step, once it takes long, if that is a terminal."""

    def __init__(self, *, silent: bool) -> None:
        self._draws = not silent and sys.stderr.isatty()
        self._lock = threading.RLock()
        self._steps: list[_Step] = []
        self._idle = threading.Event()

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Reached]:
        """Draw a step while the context is open; one inside another hides that."""
        step = _Step(title, total, unit)
        if not self._draws:
            yield step.reached
            return
        with hidden_control_echo():
            self._begin(step)
            try:
                yield step.reached
            finally:
                self._end(step)

    def _begin(self, step: _Step) -> None:
        with self._lock:
            if self._steps:
                self._steps[-1].erase()
            self._steps.append(step)
            if len(self._steps) == 1:
                self._idle = threading.Event()
                drawing = threading.Thread(target=self._draw, args=[self._idle], daemon=True)
                drawing.start()

    def _end(self, step: _Step) -> None:
        with self._lock:
            step.erase()
            self._steps.remove(step)
            if not self._steps:
                self._idle.set()

    def _draw(self, idle: threading.Event) -> None:
        """Redraw the innermost step until there is none."""
        while not idle.wait(DRAWN_EVERY):
            with self._lock:
                step = self._steps[-1] if self._steps else None
                if step is not None and time.monotonic() - step.started >= SHOWN_AFTER:
                    step.draw()
