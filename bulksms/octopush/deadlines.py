"""One thread that watches over the deadlines of all requests in flight.

A timer of its own for each request would start a thread for each. Knows nothing of sockets.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["WATCH", "Alarm", "Watch"]

CROWD = 256  # alarms, most of them called off, that are looked through for the live ones
NEVER = float("inf")


@dataclass(slots=True, eq=False)
class Alarm:
    """What is to be done at a moment, unless it is called off before."""

    at: float
    act: Callable[[], None] | None

    def cancel(self) -> None:
        """Call it off; one that is just going off is the caller's to bear."""
        self.act = None


class Watch:
    """Sets alarms off when their time comes; the thread starts with the first of them.

    All alarms of a run have about the same patience, so the next to go off is nearly always
    the oldest: the thread sleeps until then, and nobody wakes it to set or cancel one.
    """

    def __init__(self) -> None:
        self._guard = threading.Condition()
        self._alarms: list[Alarm] = []
        self._crowd = CROWD
        self._wakes_at = NEVER
        self._thread: threading.Thread | None = None

    def set(self, seconds: float, act: Callable[[], None]) -> Alarm:
        """Have something done after so many seconds."""
        alarm = Alarm(time.monotonic() + seconds, act)
        with self._guard:
            if len(self._alarms) >= self._crowd:
                self._forget()
            self._alarms.append(alarm)
            if self._thread is None or not self._thread.is_alive():  # a fork has no threads
                self._thread = threading.Thread(target=self._keep, name="deadlines", daemon=True)
                self._thread.start()
            elif alarm.at < self._wakes_at:
                self._guard.notify()
        return alarm

    def _keep(self) -> None:
        while True:
            for alarm in self._due():
                act = alarm.act
                if act is not None:
                    act()

    def _due(self) -> list[Alarm]:
        """Wait for the next moment, and give what is due; what was called off is forgotten."""
        with self._guard:
            self._forget()
            now = time.monotonic()
            due = [one for one in self._alarms if one.at <= now]
            if not due:
                self._wakes_at = min((one.at for one in self._alarms), default=NEVER)
                self._guard.wait(None if self._wakes_at == NEVER else self._wakes_at - now)
                return []
            self._alarms = [one for one in self._alarms if one.at > now]
            return due

    def _forget(self) -> None:
        """Let go of what was called off."""
        self._alarms = [one for one in self._alarms if one.act is not None]
        self._crowd = 2 * len(self._alarms) + CROWD


WATCH = Watch()
