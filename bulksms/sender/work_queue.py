"""The queue of frames still to be posted: which is next, when, and whether the run continues.

Every method may be called from any thread. Where the frames come from and who shares the limits
is up to the parts: one process has both in memory, workers have them in the ledger.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bulksms.clock import Clock
from bulksms.ledger import ClaimTerms, FrameRecord, FrameState
from bulksms.sender.decide import Decision
from bulksms.sender.interface import Pacing, RunOutcome, StopCause
from bulksms.sender.limits import RetryPolicy
from bulksms.sender.queue_parts import FrameSource, LimitsStore, OrderCheck
from bulksms.sender.run_limits import MIN_SPACING, RunLimits
from bulksms.sender.spending import Spending

__all__ = ["WorkQueue", "poll_delay"]

CHECK_EVERY = 1.0  # seconds after which a waiting worker checks whether the run has ended
LONG_CHECK_EVERY = 10.0  # the same where it waits for the hours, perhaps for days
SLOW_ANSWER = 4.0  # seconds; with slower answers the ledger delays nothing
SHORTEST_POLL, LONGEST_POLL = 0.02, 0.2  # seconds
POLL_SHARE = 8
SPREAD = 4  # the first frames of all workers are posted within that part of an answer's time


class WorkQueue:
    """Hands out frames one by one until none is left or something ends the run."""

    def __init__(
        self,
        frames: FrameSource,
        limits: LimitsStore,
        pacing: Pacing,
        clock: Clock,
        stop: threading.Event,
        find_order: OrderCheck = lambda: None,
    ) -> None:
        self._frames, self._limits = frames, limits
        self._pacing, self._clock, self._stop = pacing, clock, stop
        self._find_order = find_order
        self._lock = threading.Lock()
        self._last_start: float | None = None
        self._start_spacing, self._spaced_starts = 0.0, pacing.concurrency - 1
        self._starts_are_spaced = False
        self._is_open_to_all = threading.Event()
        self.failure: BaseException | None = None

    @property
    def end(self) -> RunOutcome | None:
        """Why the run ended early, if it did."""
        return self._limits.read().end

    @property
    def is_over(self) -> bool:
        """Whether nothing more may be posted."""
        return self.end is not None or self.failure is not None or self._stop.is_set()

    @property
    def spending(self) -> Spending:
        """The cost of the campaign so far."""
        return self._limits.read().spending

    @property
    def first_accepted(self) -> bool:
        """Whether a frame was accepted as planned, so that others may be in flight with it."""
        return self._limits.read().first_accepted

    @property
    def too_large(self) -> int | None:
        """The fewest contacts of a frame that was refused for its size."""
        return self._limits.read().too_large

    def take(self) -> FrameRecord | None:
        """The next frame; None when the run is over, no frame is left, or the money is spent."""
        with self._lock:
            if self.is_over:
                return None
            frame = self._frames.next()
            if frame is None:
                return None
            if self._pacing.max_cost is not None and not self._limits.is_in_the_way():
                spent = self._limits.spent()
                limits = self._limits.change(lambda limits: limits.check_money(spent))
                if limits.end is not None:
                    self._frames.put([frame])
                    return None
            return frame

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in front."""
        with self._lock:
            self._frames.put(parts)

    def wait_for_first(self) -> None:
        """Wait until a first frame was accepted here or elsewhere, or nothing is left to do."""
        self._is_open_to_all.wait()

    def open_to_all(self) -> None:
        """Let all threads take frames."""
        self._is_open_to_all.set()

    def wait_turn(self, number: int) -> bool:
        """Wait until a frame may start; False when the run ended meanwhile."""
        came_at = self._clock.monotonic()
        while not self.is_over:
            with self._lock:
                delay = self._delay(number)
            waits_for_others = delay <= 0 and self._limits.is_in_the_way()
            if waits_for_others:
                delay = poll_delay(self._clock.monotonic() - came_at)
            if delay <= 0:
                return True
            self._clock.wait(min(delay, CHECK_EVERY), self._stop)
            if waits_for_others or delay >= CHECK_EVERY:  # else the claim finds out soon enough
                self.obey_order()
        return False

    def start(self, number: int) -> bool:
        """Note that a frame is posted now; False when it may not be any more, or not yet."""
        with self._lock:
            if self.is_over or self._delay(number) > 0 or self._limits.is_in_the_way():
                return False
            now, has_started = self._limits.now(), [False]

            def begin(limits: RunLimits) -> RunLimits:
                has_started[0] = limits.end is None and limits.delay(number, now) <= 0
                return limits.start(number, now) if has_started[0] else limits

            self._limits.change(begin)
            if has_started[0]:
                self._last_start = self._clock.monotonic()
                self._spaced_starts -= self._starts_are_spaced
            return has_started[0]

    def terms(self) -> ClaimTerms | None:
        """The terms on which a frame is claimed that has just started."""
        return self._limits.terms()

    def wait_until(self, moment: datetime) -> None:
        """Wait for a time of the wall clock, or the end of the run."""
        while not self.is_over and (left := (moment - self._clock.now()).total_seconds()) > 0:
            self._clock.wait(min(left, LONG_CHECK_EVERY), self._stop)
            self.obey_order()

    def obey_order(self) -> None:
        """End the run if an order pauses or stops its campaign, or if others ended it."""
        outcome = self._find_order()
        self._limits.refresh()
        self.finish(outcome)
        if self.first_accepted:
            self.open_to_all()

    def delay_others(self, decision: Decision) -> None:
        """Delay every frame as long as an answer asks, even before it is recorded."""
        if decision.retry_after is None:
            return
        until = self._limits.now() + max(decision.retry_after, MIN_SPACING)
        self._limits.change(lambda limits: limits.delayed(until))

    def update(self, frame: FrameRecord, decision: Decision) -> None:
        """Count what became of a post, and end the run if a limit is reached."""
        with self._lock:
            now = self._limits.now()
            self._limits.change(lambda limits: limits.after(frame, decision, now))
            if decision.is_accepted and not self._starts_are_spaced:
                self._space_starts()
        if self.first_accepted:
            self.open_to_all()

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
        is_allowed = tried.allows(self._clock.monotonic(), delay)
        now, has_budget = self._limits.now(), [False]

        def spend(limits: RunLimits) -> RunLimits:
            has_budget[0] = False
            if not (limits.breaker.is_open or is_allowed):
                return limits.finish(_give_up(frame, decision, tried))
            has_budget[0] = not limits.budget.is_empty
            spent = limits.spend_repeat()
            return spent.delayed(now + delay) if has_budget[0] else spent

        limits = self._limits.change(spend)
        if not has_budget[0]:
            return None
        return tried, max(delay, (limits.breaker.open_until or now) - now)

    def count_doubt(self, frame: FrameRecord) -> None:
        """Count a frame that stays in doubt, though it might have been posted again."""
        self._limits.change(lambda limits: limits.count_doubt(frame))

    def release(self, number: int) -> None:
        """Note that a frame will not be posted any more in this run."""
        self._frames.done(number)
        self._limits.change(lambda limits: limits.release(number))

    def finish(self, outcome: RunOutcome | None) -> None:
        """End the run; the first outcome given stays."""
        if outcome is not None:
            self._limits.change(lambda limits: limits.finish(outcome))

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

    def _space_starts(self) -> None:
        """Let the other threads start one after the other.

        Frames that start together are answered together, and then wait for each other.
        """
        self._starts_are_spaced = True
        if self._last_start is not None:
            took = min(self._clock.monotonic() - self._last_start, SLOW_ANSWER)
            self._start_spacing = took / SPREAD / max(self._spaced_starts, 1)

    def _delay(self, number: int) -> float:
        """The seconds until a frame may start, as of now."""
        delay = self._limits.read().delay(number, self._limits.now())
        if self._spaced_starts <= 0 or self._last_start is None:
            return delay
        return max(delay, self._last_start + self._start_spacing - self._clock.monotonic())


def _give_up(frame: FrameRecord, decision: Decision, policy: RetryPolicy) -> RunOutcome | None:
    """Pause for a frame that is never accepted; one in doubt stays so, and the others continue."""
    if decision.state is not FrameState.PLANNED:
        return None
    message = decision.answer.get("message", "")
    reason = f"Frame {frame.number} was not accepted in {policy.tries} tries: {message}"
    return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)


def poll_delay(waited: float) -> float:
    """Return the seconds until the next look at others: a part of those waited, within bounds."""
    return min(max(waited / POLL_SHARE, SHORTEST_POLL), LONGEST_POLL)
