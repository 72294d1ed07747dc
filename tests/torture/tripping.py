"""Exact crash points: everything a run is given counts what crosses it, and one crossing kills.

bulksms has no hooks: the ledger, the poster and the observer are arguments, and these
wrap them. Lines are counted by the interpreter's own tracing.
"""

# ruff: noqa: ANN401  whatever is handed through

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import bulksms
from bulksms.ledger import FrameRecord, Ledger
from bulksms.octopush import Outcome
from bulksms.sender import ApiConnection, Observer
from tests.builders import with_parts
from tests.torture.orders import Trip

PACKAGE = Path(bulksms.__file__).parent
ROOMS = (
    *(f"{PACKAGE / room}{os.sep}" for room in ("sender", "ledger", "results")),
    str(PACKAGE / "use_cases" / "run_campaign.py"),
)


class Wire:
    """Counts crossings; dies at the one it was ordered to, by a signal that nothing can catch."""

    def __init__(self, trip: Trip) -> None:
        self._left = trip.crossing
        self._points = trip.points
        self._report = trip.report

    def cross(self, point: str) -> None:
        if self._points and point not in self._points:
            return
        if self._report is not None:
            with self._report.open("a") as file:
                file.write(point + "\n")
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def context(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def crossed(*args: Any, **kwargs: Any) -> Any:
            self.cross(f"{name}:before")
            answer = act(*args, **kwargs)
            self.cross(f"{name}:after")
            return answer

        return crossed


PARTS = ("locks", "reconciler", "campaigns", "frames", "claims", "settlements", "opt_outs")


class _TrippingPart:
    """A part of a ledger of which every method is crossed before and after."""

    def __init__(self, part: Any, wire: Wire) -> None:
        self._real, self._wire = part, wire

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._real, name)
        return self._wire.context(name, attribute) if callable(attribute) else attribute


class TrippingPoster:
    """A poster that is crossed before and after a post."""

    def __init__(self, poster: ApiConnection, wire: Wire) -> None:
        self._real, self._wire = poster, wire

    def post(self, body: bytes) -> Outcome:
        self._wire.cross("post:before")
        outcome = self._real.post(body)
        self._wire.cross("post:after")
        return outcome

    def server_time(self) -> datetime | None:
        return self._real.server_time()

    def close(self) -> None:
        self._real.close()


class TrippingObserver:
    """An observer that is crossed whenever it is called."""

    def __init__(self, observer: Observer, wire: Wire) -> None:
        self._real, self._wire = observer, wire

    def started(self, frames: int, contacts: int) -> None:
        self._wire.cross("started")
        self._real.started(frames, contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        self._wire.cross("reported:before")
        self._real.frame_settled(record)
        self._wire.cross("reported:after")

    def note(self, sentence: str) -> None:
        self._wire.cross("note")
        self._real.note(sentence)


def tripping_ledger(ledger: Ledger, wire: Wire) -> Ledger:
    parts = {name: _TrippingPart(getattr(ledger, name), wire) for name in PARTS}
    return with_parts(ledger, **parts)


def trip_over_lines(wire: Wire) -> None:
    """Count every line that bulksms executes from here on where it sends and writes down."""

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            wire.cross(f"{frame.f_code.co_name}:{frame.f_lineno}")
        return line

    def call(frame: FrameType, _event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(ROOMS) else None

    threading.settrace(call)
    sys.settrace(call)
