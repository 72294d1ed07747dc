"""Whether our clock shows the right time, by the API's answers and by the ledger.

One check for everything that depends on the time: quiet hours, expiry, `send_at`, and the
window in which a frame in doubt may be posted again (`reliability.md` section 2.5).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bulksms.clock import Clock
from bulksms.ledger import MAX_CLOCK_ERROR

__all__ = ["MAX_CLOCK_ERROR", "ClockCheck", "TimeSource"]

MAX_ANSWER_TIME = 30.0  # seconds; the `Date` of a slower answer may be that long ago


class TimeSource(Protocol):
    """A connection that can ask the server for its time."""

    def server_time(self) -> datetime | None:
        """The server's time; None if not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ServerTime:
    """The server's time in an answer, and the monotonic second at which that answer arrived."""

    time: datetime
    received_at: float


class ClockCheck:
    """Compares our clock with the last server time; `newest_change` is the ledger's last entry."""

    def __init__(self, clock: Clock, newest_change: datetime | None = None) -> None:
        self._clock, self._newest_change = clock, newest_change
        self._server_time: _ServerTime | None = None

    def learn(self, date: datetime | None, sent_at: float) -> None:
        """Take the `Date` of an answer that has just arrived; the request was sent at `sent_at`."""
        received_at = self._clock.monotonic()
        if date is not None and received_at - sent_at <= MAX_ANSWER_TIME:
            self._server_time = _ServerTime(time=date, received_at=received_at)

    def ask(self, source: TimeSource) -> None:
        """Ask the server for its time, by a request that sends nothing."""
        sent_at = self._clock.monotonic()
        self.learn(source.server_time(), sent_at)

    def agreed_time(self) -> datetime | None:
        """The server's time now, if it is known and agrees with our clock."""
        server_now = self._server_now()
        if server_now is None or abs(self._clock.now() - server_now) >= MAX_CLOCK_ERROR:
            return None
        return server_now

    def agrees(self, source: TimeSource) -> bool:
        """Whether our clock agrees with the server's, which is asked when it does not so far."""
        if self.agreed_time() is None:
            self.ask(source)
        return self.agreed_time() is not None

    def explain_error(self, source: TimeSource | None = None) -> str | None:
        """Explain how our clock is wrong; None when nothing contradicts it.

        Before it is called wrong the server is asked again, if there is a `source`: while the
        machine sleeps, its monotonic clock may stop.
        """
        error = self._error()
        if error is not None and source is not None:
            self.ask(source)
            error = self._error()
        return error

    def _error(self) -> str | None:
        now, server_now = self._clock.now(), self._server_now()
        if server_now is not None:
            if abs(now - server_now) < MAX_CLOCK_ERROR:
                return None
            return (
                f"The clock of this machine is {_duration(now - server_now)} compared with "
                f"Octopush ({server_now:%Y-%m-%d %H:%M} UTC), so sending hours and expiry cannot "
                "be checked: set the clock, then run `bulksms resume`."
            )
        if self._newest_change is None or now > self._newest_change - MAX_CLOCK_ERROR:
            return None
        return (
            f"The clock of this machine is behind the last entry of the ledger "
            f"({self._newest_change:%Y-%m-%d %H:%M} UTC), and Octopush did not give its time: set "
            "the clock, then run `bulksms resume`."
        )

    def _server_now(self) -> datetime | None:
        if self._server_time is None:
            return None
        elapsed = self._clock.monotonic() - self._server_time.received_at
        return self._server_time.time + timedelta(seconds=elapsed)


def _duration(difference: timedelta) -> str:
    """Write how far a clock is off, in the largest unit that says enough."""
    direction = "fast" if difference > timedelta() else "slow"
    minutes = round(abs(difference).total_seconds() / 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s {direction}"
    return f"{minutes} minute{'s' if minutes != 1 else ''} {direction}"
