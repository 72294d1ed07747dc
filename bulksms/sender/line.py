"""The line all workers of a run stand in: whose turn it is, when, and whether it goes on.

Knows the frames still to post, the spacing, the money and the doubt; has never heard of the
ledger or the API. Every method may be called from any thread.
"""

import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from bulksms.clock import Clock
from bulksms.ledger import FrameRecord, FrameState
from bulksms.sender.interface import Cause, Pacing, Verdict
from bulksms.sender.judgement import Judgement

__all__ = ["Line"]

DOUBTS_IN_A_ROW = 2
DOUBTS_IN_A_RUN = 3
REFUSALS_IN_A_ROW = 2
LONGEST_BACK_OFF = 60.0  # seconds
LOOK_UP = 1.0  # seconds a waiting worker sleeps before it looks whether the line has ended

TAKEN = frozenset({FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT})


class Line:
    """The frames to post, handed out one by one until none is left or something ends it."""

    def __init__(
        self, frames: Iterable[FrameRecord], pacing: Pacing, clock: Clock, stop: threading.Event
    ) -> None:
        known = list(frames)
        self._waiting = deque(one for one in known if one.state is FrameState.PLANNED)
        self._spent = sum((one.total_cost or Decimal(0) for one in known), Decimal(0))
        self._pacing, self._clock, self._stop = pacing, clock, stop
        self._spacing = 60 / pacing.rate if pacing.rate else 0.0
        self._guard = threading.Lock()
        self._next_start = self._held_until = clock.monotonic()
        self._doubts = self._doubts_in_row = self._refusals_in_row = 0
        self._end: Verdict | None = None
        self.failure: BaseException | None = None
        self.proven = False

    @property
    def end(self) -> Verdict | None:
        """Why the line ended early, if it did."""
        return self._end

    @property
    def over(self) -> bool:
        """Whether nothing more may be posted."""
        return self._end is not None or self.failure is not None or self._stop.is_set()

    def take(self) -> FrameRecord | None:
        """Hand out the next frame; none when the line is over, empty, or the money is spent."""
        with self._guard:
            if not self._waiting or self.over:
                return None
            ceiling = self._pacing.max_cost
            if ceiling is not None and self._spent >= ceiling:
                reason = f"The campaign has cost {self._spent} of at most {ceiling}."
                self._finish(Verdict(state="stopped", reason=reason, cause=Cause.COST))
                return None
            return self._waiting.popleft()

    def turn(self) -> bool:
        """Wait until a frame may start; false when the line ended meanwhile."""
        while not self.over:
            with self._guard:
                now = self._clock.monotonic()
                delay = max(self._next_start, self._held_until) - now
                if delay <= 0:
                    self._next_start = now + self._spacing
                    return True
            self._clock.wait(min(delay, LOOK_UP), self._stop)
        return False

    def wait_until(self, moment: datetime) -> None:
        """Wait for a moment of the wall clock, or the end of the line."""
        while not self.over and (left := (moment - self._clock.now()).total_seconds()) > 0:
            self._clock.wait(min(left, LOOK_UP), self._stop)

    def hold(self, failures: int, retry_after: float | None) -> float:
        """Keep everybody back after a frame was not taken, and say for how many seconds."""
        ceiling = min(2.0 ** (failures - 1), LONGEST_BACK_OFF)
        delay = self._pacing.chance() * ceiling if retry_after is None else max(retry_after, 0.0)
        with self._guard:
            self._held_until = max(self._held_until, self._clock.monotonic() + delay)
        return delay

    def learn(self, frame: FrameRecord, judged: Judgement) -> None:
        """Take in what became of a frame, and end the line if a limit is reached."""
        with self._guard:
            if judged.end is not None:
                self._finish(judged.end)
            if judged.state in TAKEN:
                self._taken(frame, judged)
            elif judged.state is FrameState.REFUSED:
                self._refused(frame)
            elif judged.state is FrameState.IN_DOUBT:
                self._doubted()

    def finish(self, verdict: Verdict) -> None:
        """End the line; the first reason given stays."""
        with self._guard:
            self._finish(verdict)

    def fail(self, error: BaseException) -> None:
        """End the line because of an exception; the first one stays."""
        with self._guard:
            self.failure = self.failure or error

    def _finish(self, verdict: Verdict) -> None:
        self._end = self._end or verdict

    def _taken(self, frame: FrameRecord, judged: Judgement) -> None:
        self.proven = True
        self._doubts_in_row = self._refusals_in_row = 0
        cost = judged.answer.get("total_cost")
        self._spent += cost or Decimal(0)
        if cost is None and self._pacing.max_cost is not None:
            reason = f"The API did not say what frame {frame.number} cost, so no ceiling can hold."
            self._finish(Verdict(state="stopped", reason=reason, cause=Cause.COST))

    def _refused(self, frame: FrameRecord) -> None:
        self._doubts_in_row = 0
        self._refusals_in_row += 1
        if self._refusals_in_row >= REFUSALS_IN_A_ROW:
            reason = (
                f"The API refused {self._refusals_in_row} frames in a row, the last being "
                f"frame {frame.number}: find out why before you resume."
            )
            self._finish(Verdict(state="stopped", reason=reason, cause=Cause.CAMPAIGN))

    def _doubted(self) -> None:
        self._doubts += 1
        self._doubts_in_row += 1
        if self._doubts_in_row >= DOUBTS_IN_A_ROW or self._doubts >= DOUBTS_IN_A_RUN:
            reason = (
                f"{self._doubts} frames of this run are in doubt: "
                "look them up in the Octopush console; `bulksms resume` goes on with the rest."
            )
            self._finish(Verdict(state="paused", reason=reason, cause=Cause.DOUBT))
