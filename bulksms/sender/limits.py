"""The brakes of a run: when to wait, when to stop, and when to ask a person.

Plain values that learn one answer at a time and never wait themselves: the clock is an
argument, in monotonic seconds. They have never heard of the ledger, of threads or of the API.
Figures are those of `reliability.md` section 2.8.
"""

from dataclasses import dataclass, replace

__all__ = ["Breaker", "DoubtLimit", "RefusalLimit", "RetryBudget", "RetryPolicy", "Trouble"]

LONGEST_BACK_OFF = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and for how long one frame is tried: 6 times, and 15 minutes.

    The time during which the breaker holds everybody back is not the frame's, and neither
    are the probes that end it; whoever counts here leaves them out.
    """

    began: float
    tries: int = 0
    most_tries: int = 6
    longest: float = 900.0

    def tried(self) -> "RetryPolicy":
        """Count one more try."""
        return replace(self, tries=self.tries + 1)

    def back_off(self, chance: float) -> float:
        """Give the seconds until the next try: full jitter on 1, 2, 4 … 60."""
        return chance * min(2.0 ** max(self.tries - 1, 0), LONGEST_BACK_OFF)

    def lasts(self, now: float, delay: float) -> bool:
        """Whether another try after so many seconds is still within the bounds."""
        return self.tries < self.most_tries and now + delay - self.began <= self.longest


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """The repeats that all frames share, so that an outage is not multiplied.

    A bucket of 10, and every second accepted frame puts one back: with every tenth, as
    reliability.md 2.8 has it, a line on which one post in five fails would not finish alone (P20).
    """

    halves: int = 20
    most: int = 20
    each: int = 2

    @property
    def is_empty(self) -> bool:
        """Whether no frame may be tried again."""
        return self.halves < self.each

    def spend(self) -> "RetryBudget":
        """Take one repeat out."""
        return replace(self, halves=self.halves - self.each)

    def learn_accepted(self) -> "RetryBudget":
        """Earn half a repeat."""
        if self.halves >= self.most:
            return self
        return replace(self, halves=min(self.halves + 1, self.most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A post that was not accepted though the frame may be good: which frame, when, and how.

    `again` says that the very same frame may be posted again; `answered` that the other side
    spoke at all.
    """

    frame: int
    now: float
    again: bool
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Holds everybody back when the API takes nothing any more.

    Three posts in a row that are not accepted open it for 60 s; then one frame goes alone, the
    one that failed last. Accepted, it closes the breaker; if not, the wait doubles, up to 10
    minutes, and when the fifth wait has not helped either the run pauses.

    As long as nobody has answered in this run at all, the breaker stays closed: then the
    address or the network is wrong, and somebody sits there to be told after six tries.
    """

    in_a_row: int = 0
    openings: int = 0
    opens_until: float | None = None
    probe: int | None = None
    heard: bool = False
    trips_at: int = 3
    first_wait: float = 60.0
    longest_wait: float = 600.0
    most_openings: int = 5

    @property
    def is_open(self) -> bool:
        """Whether only one frame may go, and only after the wait."""
        return self.opens_until is not None

    @property
    def is_worn_out(self) -> bool:
        """Whether all its waits were for nothing."""
        return self.openings > self.most_openings

    @property
    def wait(self) -> float:
        """The seconds of the present opening."""
        return float(min(self.first_wait * 2 ** (self.openings - 1), self.longest_wait))

    def may_post(self, frame: int, now: float) -> bool:
        """Whether this frame may go now: all while closed, the probe alone once the wait is over.

        When the frame that failed last cannot be the probe, whoever asks first is.
        """
        if self.opens_until is None:
            return True
        return now >= self.opens_until and self.probe in {None, frame}

    def let_go(self, frame: int) -> "Breaker":
        """Take a frame as the probe of the present opening; no other goes beside it."""
        return replace(self, probe=frame) if self.is_open else self

    def leave(self, frame: int) -> "Breaker":
        """Hear that a frame will not be posted again: another one may be the probe."""
        return replace(self, probe=None) if self.probe == frame else self

    def learn_answered(self) -> "Breaker":
        """Hear that a frame was accepted, or refused for what is in it: the API works."""
        if self.heard and not self.in_a_row and not self.is_open:
            return self
        return replace(self, in_a_row=0, openings=0, opens_until=None, probe=None, heard=True)

    def learn(self, trouble: Trouble) -> "Breaker":
        """Hear that a frame was not accepted, and open if that was one too many."""
        heard = self.heard or trouble.answered
        known = replace(self, in_a_row=self.in_a_row + 1, heard=heard)
        if self.is_open and trouble.frame != self.probe:
            return known  # it was on its way already when the breaker opened
        if not heard or known.in_a_row < self.trips_at:
            return known
        wider = replace(known, openings=self.openings + 1)
        probe = trouble.frame if trouble.again else None
        return replace(wider, opens_until=trouble.now + wider.wait, probe=probe)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLimit:
    """How much doubt a run bears: 2 frames in a row, or 3 in all.

    `reliability.md` adds "or 1 % of frames". In a campaign of under 300 frames that is less
    than three, and `cli.md` says that one frame in doubt pauses nothing; in a longer one
    three come first. So it never decides, and is not counted.
    """

    in_a_row: int = 0
    in_all: int = 0
    most_in_a_row: int = 2
    most_in_all: int = 3

    @property
    def is_reached(self) -> bool:
        """Whether a person has to look before anything more is posted."""
        return self.in_a_row >= self.most_in_a_row or self.in_all >= self.most_in_all

    def learn(self, *, doubted: bool) -> "DoubtLimit":
        """Count a frame that is settled: one that stays in doubt, or another."""
        if not doubted:
            return replace(self, in_a_row=0) if self.in_a_row else self
        return replace(self, in_a_row=self.in_a_row + 1, in_all=self.in_all + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLimit:
    """How many refusals in a row a run bears before somebody asks why.

    Frames refused on the way to one bad contact count apart, since halving 500 people down to
    one takes nine refusals, and bad contacts may be neighbours.
    """

    in_a_row: int = 0
    parts_in_a_row: int = 0
    most_in_a_row: int = 2
    most_parts_in_a_row: int = 20

    @property
    def is_reached(self) -> bool:
        """Whether the cause must be common to all."""
        many_parts = self.parts_in_a_row >= self.most_parts_in_a_row
        return self.in_a_row >= self.most_in_a_row or many_parts

    def learn(self, *, refused: bool, part: bool) -> "RefusalLimit":
        """Count an answer: a refusal, of a part or of a whole frame, or another."""
        if not refused:
            known = self.in_a_row or self.parts_in_a_row
            return replace(self, in_a_row=0, parts_in_a_row=0) if known else self
        if part:
            return replace(self, parts_in_a_row=self.parts_in_a_row + 1)
        return replace(self, in_a_row=self.in_a_row + 1)
