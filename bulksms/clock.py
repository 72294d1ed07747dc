"""The clock, which is an argument everywhere, so that no test has to wait."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A wall clock, a monotonic clock, and a wait."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many seconds, or until woken; returns whether it was woken."""


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Read the wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Read the clock that never runs backwards, in seconds."""
        return time.monotonic()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many seconds, or until woken; returns whether it was woken."""
        return wake.wait(seconds)
