"""A clock that can be set and runs on from there; waits take real time."""

import threading
import time
from datetime import UTC, datetime, timedelta

from bulksms.clock import Clock, SystemClock

__all__ = ["SettableClock"]


class SettableClock:
    """Another clock, shifted."""

    def __init__(self, start: datetime | None = None, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._moved = timedelta(0)
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The time that was set, and what has passed since, in UTC."""
        return self._base.now() + self._moved

    def set(self, moment: datetime) -> None:
        """Set the time; without a zone it is UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self._moved = aware.astimezone(UTC) - self._base.now()

    def advance(self, seconds: float) -> None:
        """Move the time forward, or back."""
        self._moved += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many real seconds."""
        return wake.wait(seconds)
