"""A clock that is set from outside and runs on from there; the sandbox's hours, not its waits."""

import threading
import time
from datetime import UTC, datetime, timedelta

from bulksms.clock import Clock, SystemClock

__all__ = ["SettableClock"]


class SettableClock:
    """Another clock, moved by as much as somebody says."""

    def __init__(self, start: datetime | None = None, beneath: Clock | None = None) -> None:
        self._beneath = beneath or SystemClock()
        self._moved = timedelta(0)
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The hour as it was set, and what has passed since, in UTC."""
        return self._beneath.now() + self._moved

    def set(self, moment: datetime) -> None:
        """Make it that hour; without a zone it is UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self._moved = aware.astimezone(UTC) - self._beneath.now()

    def advance(self, seconds: float) -> None:
        """Move it on, or back."""
        self._moved += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds that nobody can set."""
        return time.monotonic()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        """Wait so many real seconds."""
        return wake.wait(seconds)
