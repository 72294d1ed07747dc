"""Whether this machine or process was suspended: three clocks are compared, the worst counts.

The monotonic clock may stop while a machine sleeps, the wall clock may be set, and not
every system has a clock that counts since the start of the machine.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bulksms.clock import Clock

__all__ = ["ClockReading", "MachineSuspendedError", "SuspensionCheck", "seconds_since_boot"]


def seconds_since_boot() -> float | None:
    """Read the seconds since the machine started, sleep included; None where there are none."""
    clock_id = getattr(time, "CLOCK_BOOTTIME", None)
    return None if clock_id is None else time.clock_gettime(clock_id)


class MachineSuspendedError(Exception):
    """The machine slept between a claim and its post: the frame is planned again, not posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """The readings of the three clocks at one moment."""

    monotonic: float
    wall: datetime
    boot: float | None


class SuspensionCheck:
    """Measures how long ago a moment was, by the clock that makes it longest."""

    def __init__(
        self, clock: Clock, boot_clock: Callable[[], float | None] = seconds_since_boot
    ) -> None:
        self._clock, self._boot_clock = clock, boot_clock

    def moment(self) -> ClockReading:
        """Read the clocks."""
        return ClockReading(
            monotonic=self._clock.monotonic(), wall=self._clock.now(), boot=self._boot_clock()
        )

    def since(self, before: ClockReading) -> float:
        """The most seconds that can have passed; a wall clock that was set back counts too."""
        now = self.moment()
        passed = [now.monotonic - before.monotonic, abs((now.wall - before.wall).total_seconds())]
        if now.boot is not None and before.boot is not None:
            passed.append(now.boot - before.boot)
        return max(passed)
