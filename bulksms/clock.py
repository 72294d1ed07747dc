"""Time as an argument: whoever needs the hour is given a clock, so that no test has to wait."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the program knows of time."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring and waiting."""

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many seconds, or until woken; say whether it was woken."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Read the wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Read the clock that never runs backwards, in seconds."""
        return time.monotonic()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many seconds, or until woken; say whether it was woken."""
        return wake.wait(seconds)
