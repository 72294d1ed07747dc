"""The line all workers of a run stand in: whose turn it is, when, and whether it goes on.

Knows the frames still to post, the spacing and the brakes; has never heard of the ledger or
the API. Every method may be called from any thread.
"""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bulksms.clock import Clock
from bulksms.ledger import FrameRecord, FrameState
from bulksms.sender.decide import Decision
from bulksms.sender.interface import Pacing, RunOutcome, StopCause
from bulksms.sender.limits import RetryPolicy
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.spending import Spending

__all__ = ["WorkQueue"]

LOOK_UP = 1.0  # seconds a waiting worker sleeps before it looks whether the line has ended
LEAST_WAIT = 1.0  # seconds between posts as long as the last one was not accepted
LONG = 4.0  # seconds; with slower answers nobody has to wait for the ledger
SPREAD = 4  # the first frames of all workers leave within that part of an answer's time


class WorkQueue:
    """The frames to post, handed out one by one until none is left or something ends it."""

    def __init__(
        self,
        frames: Sequence[FrameRecord],
        spending: Spending,
        pacing: Pacing,
        clock: Clock,
        stop: threading.Event,
    ) -> None:
        self._waiting = deque(frames)
        self._pacing, self._clock, self._stop = pacing, clock, stop
        self._spacing = 60 / pacing.rate if pacing.rate else 0.0
        self._guard = threading.Lock()
        self._last_start: float | None = None
        self._stride, self._strides = 0.0, pacing.concurrency - 1
        self._held_until = clock.monotonic()
        self._driver = RunLimits(spending=spending, ceiling=pacing.max_cost)
        self._end: RunOutcome | None = None
        self.failure: BaseException | None = None
        self.proven = False

    @property
    def end(self) -> RunOutcome | None:
        """Why the line ended early, if it did."""
        return self._end

    @property
    def over(self) -> bool:
        """Whether nothing more may be posted."""
        return self._end is not None or self.failure is not None or self._stop.is_set()

    @property
    def spending(self) -> Spending:
        """What the campaign cost so far."""
        return self._driver.spending

    def take(self) -> FrameRecord | None:
        """Hand out the next frame; none when the line is over, empty, or the money is spent."""
        with self._guard:
            if not self._waiting or self.over:
                return None
            spent = self._driver.out_of_money()
            if spent is not None:
                self._finish(spent)
                return None
            return self._waiting.popleft()

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in its place."""
        with self._guard:
            self._waiting.extendleft(reversed(parts))

    def turn(self, number: int) -> bool:
        """Wait until a frame may start; false when the line ended meanwhile."""
        while not self.over:
            with self._guard:
                delay = self._delay(number)
            if delay <= 0:
                return True
            self._clock.wait(min(delay, LOOK_UP), self._stop)
        return False

    def start(self, number: int) -> bool:
        """Take in that a frame is posted now; false when it may not any more, or not yet."""
        with self._guard:
            if self.over or self._delay(number) > 0:
                return False
            self._driver.start(number)
            self._last_start = self._clock.monotonic()
            self._strides -= self.proven
            return True

    def wait_until(self, moment: datetime) -> None:
        """Wait for a moment of the wall clock, or the end of the line."""
        while not self.over and (left := (moment - self._clock.now()).total_seconds()) > 0:
            self._clock.wait(min(left, LOOK_UP), self._stop)

    def learn(self, frame: FrameRecord, decision: Decision) -> None:
        """Take in what became of a post, and end the line if a limit is reached."""
        with self._guard:
            if decision.is_taken and not self.proven:
                self._get_going()
            self._finish(decision.end)
            self._finish(self._driver.learn(frame, decision, self._clock.monotonic()))

    def again(
        self, frame: FrameRecord, decision: Decision, patience: RetryPolicy
    ) -> tuple[RetryPolicy, float] | None:
        """Allow another try of a frame, and keep everybody back for so many seconds before it.

        None when there have been enough: the line ends, or the frame stays in doubt.
        """
        tried = patience.tried()
        delay = tried.back_off(self._pacing.chance())
        if decision.retry_after is not None:
            delay = max(delay, decision.retry_after, LEAST_WAIT)
        with self._guard:
            now = self._clock.monotonic()
            if not (self._driver.is_held or tried.lasts(now, delay)):
                self._finish(_gave_up(frame, decision, tried))
                return None
            spent = self._driver.spend_repeat()
            self._finish(spent)
            if spent is not None:
                return None
            self._held_until = max(self._held_until, now + delay)
            return tried, max(delay, self._driver.opens_in(now))

    def doubted(self, frame: FrameRecord) -> None:
        """Take in that a frame stays in doubt, though it might have been posted again."""
        with self._guard:
            self._finish(self._driver.doubted(frame))

    def leave(self, number: int) -> None:
        """Take in that a frame will not be posted any more in this run."""
        with self._guard:
            self._driver.leave(number)

    def finish(self, verdict: RunOutcome) -> None:
        """End the line; the first reason given stays."""
        with self._guard:
            self._finish(verdict)

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Hear of an exception before anybody can take the place of whoever met it."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise

    def fail(self, error: BaseException) -> None:
        """End the line because of an exception; the first one stays."""
        with self._guard:
            self.failure = self.failure or error

    def _get_going(self) -> None:
        """Let all others follow, one after the other.

        Those that leave together are answered together, and then wait for each other for long.
        """
        self.proven = True
        if self._last_start is not None:
            took = min(self._clock.monotonic() - self._last_start, LONG)
            self._stride = took / SPREAD / max(self._strides, 1)

    def _finish(self, verdict: RunOutcome | None) -> None:
        self._end = self._end or verdict

    def _delay(self, number: int) -> float:
        """Give the seconds until a frame may start, as things stand."""
        now = self._clock.monotonic()
        spacing = max(self._spacing, LEAST_WAIT) if self._driver.in_trouble else self._spacing
        if self._strides > 0:
            spacing = max(spacing, self._stride)
        next_start = now if self._last_start is None else self._last_start + spacing
        return max(next_start, self._held_until, self._driver.held_until(number, now)) - now


def _gave_up(frame: FrameRecord, decision: Decision, patience: RetryPolicy) -> RunOutcome | None:
    """Pause for a frame that nobody takes; one in doubt just stays so, and the others go on."""
    if decision.state is not FrameState.PLANNED:
        return None
    message = decision.answer.get("message", "")
    reason = f"Frame {frame.number} was not taken in {patience.tries} tries: {message}"
    return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
