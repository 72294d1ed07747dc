"""The frames of a run that are still to be posted: which is next, when, and whether it goes on.

Every method may be called from any thread.
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
from bulksms.sender.limits import Breaker, RetryPolicy, Trouble
from bulksms.sender.order_check import OrderCheck
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.spending import Spending

__all__ = ["WorkQueue"]

CHECK_EVERY = 1.0  # seconds after which a waiting worker checks whether the run has ended
LONG_CHECK_EVERY = 10.0  # the same where it waits for the hours, perhaps for days
MIN_SPACING = 1.0  # seconds between posts while the last one was not accepted
SLOW_ANSWER = 4.0  # seconds; with slower answers the ledger delays nothing
SPREAD = 4  # the first frames of all workers are posted within that part of an answer's time


class WorkQueue:
    """Hands out frames one by one until none is left or something ends the run."""

    def __init__(
        self,
        frames: Sequence[FrameRecord],
        spending: Spending,
        pacing: Pacing,
        clock: Clock,
        stop: threading.Event,
        find_order: OrderCheck = lambda: None,
    ) -> None:
        self._frames = deque(frames)
        self._pacing, self._clock, self._stop = pacing, clock, stop
        self._find_order = find_order
        self._spacing = 60 / pacing.rate if pacing.rate else 0.0
        self._lock = threading.Lock()
        self._last_start: float | None = None
        self._start_spacing, self._spaced_starts = 0.0, pacing.concurrency - 1
        self._no_start_before = clock.monotonic()
        self._breaker = Breaker()
        self._limits = RunLimits(spending=spending, max_cost=pacing.max_cost)
        self._end: RunOutcome | None = None
        self.failure: BaseException | None = None
        self.first_accepted = False

    @property
    def end(self) -> RunOutcome | None:
        """Why the run ended early, if it did."""
        return self._end

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be posted."""
        return self._end is not None or self.failure is not None or self._stop.is_set()

    @property
    def spending(self) -> Spending:
        """What the campaign cost so far."""
        return self._limits.spending

    def take(self) -> FrameRecord | None:
        """The next frame; None when the run is over, no frame is left, or the money is spent."""
        with self._lock:
            if not self._frames or self.is_over:
                return None
            end = self._limits.check_money()
            if end is not None:
                self._finish(end)
                return None
            return self._frames.popleft()

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in front."""
        with self._lock:
            self._frames.extendleft(reversed(parts))

    def wait_turn(self, number: int) -> bool:
        """Wait until a frame may start; False when the run ended meanwhile."""
        while not self.is_over:
            with self._lock:
                delay = self._delay(number)
            if delay <= 0:
                return True
            self._clock.wait(min(delay, CHECK_EVERY), self._stop)
            self.obey_order()
        return False

    def start(self, number: int) -> bool:
        """Note that a frame is posted now; False when it may not be any more, or not yet."""
        with self._lock:
            if self.is_over or self._delay(number) > 0:
                return False
            self._breaker = self._breaker.start(number)
            self._last_start = self._clock.monotonic()
            self._spaced_starts -= self.first_accepted
            return True

    def wait_until(self, moment: datetime) -> None:
        """Wait for a time of the wall clock, or the end of the run."""
        while not self.is_over and (left := (moment - self._clock.now()).total_seconds()) > 0:
            self._clock.wait(min(left, LONG_CHECK_EVERY), self._stop)
            self.obey_order()

    def obey_order(self) -> None:
        """End the run if an order pauses or stops its campaign."""
        outcome = self._find_order()
        with self._lock:
            self._finish(outcome)

    def delay_others(self, decision: Decision) -> None:
        """Delay every frame as long as an answer asks, even before it is recorded."""
        if decision.retry_after is None:
            return
        with self._lock:
            until = self._clock.monotonic() + max(decision.retry_after, MIN_SPACING)
            self._no_start_before = max(self._no_start_before, until)

    def update(self, frame: FrameRecord, decision: Decision) -> None:
        """Count what became of a post, and end the run if a limit is reached."""
        with self._lock:
            if decision.is_accepted and not self.first_accepted:
                self._let_others_start()
            self._finish(decision.end)
            self._finish(self._count(frame, decision))

    def allow_retry(
        self, frame: FrameRecord, decision: Decision, policy: RetryPolicy
    ) -> tuple[RetryPolicy, float] | None:
        """Allow another try of a frame, and delay every frame by so many seconds before it.

        None after enough tries: the run ends, or the frame stays in doubt.
        """
        tried = policy.after_try()
        delay = tried.back_off(self._pacing.chance())
        if decision.retry_after is not None:
            delay = max(delay, decision.retry_after, MIN_SPACING)
        with self._lock:
            now = self._clock.monotonic()
            if not (self._breaker.is_open or tried.allows(now, delay)):
                self._finish(_give_up(frame, decision, tried))
                return None
            end = self._limits.spend_repeat()
            self._finish(end)
            if end is not None:
                return None
            self._no_start_before = max(self._no_start_before, now + delay)
            return tried, max(delay, (self._breaker.open_until or now) - now)

    def count_doubt(self, frame: FrameRecord) -> None:
        """Count a frame that stays in doubt, though it might have been posted again."""
        with self._lock:
            self._finish(self._limits.count_doubt(frame))

    def release(self, number: int) -> None:
        """Note that a frame will not be posted any more in this run."""
        with self._lock:
            self._breaker = self._breaker.release(number)

    def finish(self, outcome: RunOutcome) -> None:
        """End the run; the first outcome given stays."""
        with self._lock:
            self._finish(outcome)

    @contextmanager
    def reporting_failure(self) -> Iterator[None]:
        """End the run at an exception, before another thread can start a frame."""
        try:
            yield
        except BaseException as error:
            self.fail(error)
            raise

    def fail(self, error: BaseException) -> None:
        """End the run because of an exception; the first one stays."""
        with self._lock:
            self.failure = self.failure or error

    def _count(self, frame: FrameRecord, decision: Decision) -> RunOutcome | None:
        """Update the breaker and the limits."""
        if decision.is_accepted:
            self._breaker = self._breaker.after_success()
            return self._limits.count_accepted(frame, decision)
        if decision.split or decision.state is FrameState.REFUSED:
            self._breaker = self._breaker.after_success()  # whatever it was for, the API works
            return self._limits.count_refusal(frame, decision)
        trouble = Trouble(
            frame=frame.number,
            now=self._clock.monotonic(),
            repeat=decision.repeat,
            answered=decision.answered,
        )
        self._breaker = self._breaker.after_trouble(trouble)
        end = None
        if decision.state is FrameState.IN_DOUBT and not decision.repeat:
            end = self._limits.count_doubt(frame)
        return end or _end_of(self._breaker)

    def _let_others_start(self) -> None:
        """Let the other workers start, one after the other.

        Frames that start together are answered together, and then wait for each other.
        """
        self.first_accepted = True
        if self._last_start is not None:
            took = min(self._clock.monotonic() - self._last_start, SLOW_ANSWER)
            self._start_spacing = took / SPREAD / max(self._spaced_starts, 1)

    def _finish(self, outcome: RunOutcome | None) -> None:
        self._end = self._end or outcome

    def _delay(self, number: int) -> float:
        """The seconds until a frame may start, as of now."""
        now = self._clock.monotonic()
        in_trouble = self._breaker.in_a_row > 0
        spacing = max(self._spacing, MIN_SPACING) if in_trouble else self._spacing
        if self._spaced_starts > 0:
            spacing = max(spacing, self._start_spacing)
        next_start = now if self._last_start is None else self._last_start + spacing
        closed_until = self._breaker.closed_until(number, now)
        return max(next_start, self._no_start_before, closed_until) - now


def _end_of(breaker: Breaker) -> RunOutcome | None:
    if not breaker.is_exhausted:
        return None
    reason = (
        "Octopush accepted nothing despite repeated waits: "
        "`bulksms resume` goes on when it works again."
    )
    return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)


def _give_up(frame: FrameRecord, decision: Decision, policy: RetryPolicy) -> RunOutcome | None:
    """Pause for a frame that is never accepted; one in doubt stays so, and the others go on."""
    if decision.state is not FrameState.PLANNED:
        return None
    message = decision.answer.get("message", "")
    reason = f"Frame {frame.number} was not accepted in {policy.tries} tries: {message}"
    return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
