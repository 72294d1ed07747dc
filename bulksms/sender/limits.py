"""The limits of a run: when to wait, when to stop, and when to ask a person.

Plain values, updated with one answer at a time; the clock is an argument, in monotonic seconds.
Figures are those of `reliability.md` section 2.8.
"""

import math
from dataclasses import dataclass, replace

__all__ = ["Breaker", "DoubtLimit", "RefusalLimit", "RetryBudget", "RetryPolicy", "Trouble"]

MAX_BACK_OFF = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and for how long one frame is tried: 6 times, and 15 minutes.

    Time during which the breaker is open does not count.
    """

    started_at: float
    tries: int = 0
    max_tries: int = 6
    max_seconds: float = 900.0

    def after_try(self) -> "RetryPolicy":
        """Count one more try."""
        return replace(self, tries=self.tries + 1)

    def back_off(self, chance: float) -> float:
        """The seconds until the next try: full jitter on 1, 2, 4 … 60."""
        return chance * min(2.0 ** max(self.tries - 1, 0), MAX_BACK_OFF)

    def allows(self, now: float, delay: float) -> bool:
        """Whether another try after so many seconds is still allowed."""
        return self.tries < self.max_tries and now + delay - self.started_at <= self.max_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """The repeats that all frames share, so that an outage is not multiplied.

    A bucket of 10, and every second accepted frame puts one back: with every tenth, as
    `reliability.md` 2.8 has it, a network that fails one post in five would need a person (P20).
    """

    half_repeats: int = 20
    max_half_repeats: int = 20
    cost: int = 2

    @property
    def is_empty(self) -> bool:
        """Whether no frame may be tried again."""
        return self.half_repeats < self.cost

    def spend(self) -> "RetryBudget":
        """Take one repeat out."""
        return replace(self, half_repeats=self.half_repeats - self.cost)

    def after_accepted(self) -> "RetryBudget":
        """Put half a repeat back."""
        if self.half_repeats >= self.max_half_repeats:
            return self
        return replace(self, half_repeats=min(self.half_repeats + 1, self.max_half_repeats))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A post that was not accepted though the frame may be good: which frame, and when.

    With `repeat` the same frame may be posted again; `answered` says that the server answered.
    """

    frame: int
    now: float
    repeat: bool
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Opens after 3 frames in a row that were not accepted: 60 s, doubling to 10 minutes.

    While it is open only one frame, the probe, may be posted after the wait; after 5 openings
    that did not help the run pauses. As long as the server has not answered at all in this run
    the breaker stays closed: then the address or the network is wrong, and after six tries a
    person is asked.
    """

    in_a_row: int = 0
    openings: int = 0
    open_until: float | None = None
    probe: int | None = None
    server_answered: bool = False
    threshold: int = 3
    first_wait: float = 60.0
    max_wait: float = 600.0
    max_openings: int = 5

    @property
    def is_open(self) -> bool:
        """Whether only one frame may be posted, and only after the wait."""
        return self.open_until is not None

    @property
    def is_exhausted(self) -> bool:
        """Whether all its openings did not help."""
        return self.openings > self.max_openings

    @property
    def wait(self) -> float:
        """The seconds of the present opening."""
        return float(min(self.first_wait * 2 ** (self.openings - 1), self.max_wait))

    def closed_until(self, frame: int, now: float) -> float:
        """When this frame may be posted; infinity while another frame is the probe.

        When the frame that failed last cannot be the probe, the first to ask is.
        """
        if self.open_until is None or now < self.open_until:
            return self.open_until or now
        return now if self.probe in {None, frame} else math.inf

    def start(self, frame: int) -> "Breaker":
        """Take a frame as the probe of the present opening."""
        return replace(self, probe=frame) if self.is_open else self

    def release(self, frame: int) -> "Breaker":
        """Let another frame be the probe, since this one will not be posted again."""
        return replace(self, probe=None) if self.probe == frame else self

    def after_success(self) -> "Breaker":
        """Close: a frame was accepted, or refused for its content, so the API works."""
        if self.server_answered and not self.in_a_row and not self.is_open:
            return self
        return replace(
            self, in_a_row=0, openings=0, open_until=None, probe=None, server_answered=True
        )

    def after_trouble(self, trouble: Trouble) -> "Breaker":
        """Count a frame that was not accepted, and open when that was one too many."""
        answered = self.server_answered or trouble.answered
        counted = replace(self, in_a_row=self.in_a_row + 1, server_answered=answered)
        if self.is_open and trouble.frame != self.probe:
            return counted  # it was posted before the breaker opened
        if not answered or counted.in_a_row < self.threshold:
            return counted
        wider = replace(counted, openings=self.openings + 1)
        probe = trouble.frame if trouble.repeat else None
        return replace(wider, open_until=trouble.now + wider.wait, probe=probe)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLimit:
    """How many frames in doubt a run allows: fewer than 2 in a row, and than 3 in all.

    `reliability.md` adds "or 1 % of frames". In a campaign of under 300 frames that is less
    than three, and `cli.md` says that one frame in doubt pauses nothing; in a longer one
    three come first. So it never decides, and is not counted.
    """

    in_a_row: int = 0
    total: int = 0
    max_in_a_row: int = 2
    max_total: int = 3

    @property
    def is_reached(self) -> bool:
        """Whether a person has to look before anything more is posted."""
        return self.in_a_row >= self.max_in_a_row or self.total >= self.max_total

    def after_frame(self, *, in_doubt: bool) -> "DoubtLimit":
        """Count a settled frame: one that stays in doubt, or another."""
        if not in_doubt:
            return replace(self, in_a_row=0) if self.in_a_row else self
        return replace(self, in_a_row=self.in_a_row + 1, total=self.total + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLimit:
    """How many refusals in a row a run allows.

    Frames that were cut to find one bad contact count apart, since halving 500 people down to
    one takes nine refusals, and bad contacts may be neighbours.
    """

    in_a_row: int = 0
    parts_in_a_row: int = 0
    max_in_a_row: int = 2
    max_parts_in_a_row: int = 20

    @property
    def is_reached(self) -> bool:
        """Whether the cause must be common to all frames."""
        return self.in_a_row >= self.max_in_a_row or self.parts_in_a_row >= self.max_parts_in_a_row

    def after_frame(self, *, refused: bool, is_part: bool) -> "RefusalLimit":
        """Count an answer: a refusal, of a part or of a whole frame, or another answer."""
        if not refused:
            counted = self.in_a_row or self.parts_in_a_row
            return replace(self, in_a_row=0, parts_in_a_row=0) if counted else self
        if is_part:
            return replace(self, parts_in_a_row=self.parts_in_a_row + 1)
        return replace(self, in_a_row=self.in_a_row + 1)
