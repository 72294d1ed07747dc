"""The limits of a run as one value: what the answers so far mean for the next post.

A change gives a new value. Times are seconds of the run's clock: the monotonic
one of this machine, or that of the ledger where workers share a run.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Self

from bulksms.count_words import count_of
from bulksms.ledger import FrameRecord, FrameState
from bulksms.money import round_to_cents
from bulksms.sender.decide import Decision
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.limits import Breaker, DoubtLimit, RefusalLimit, RetryBudget, Trouble
from bulksms.sender.spending import Spending

__all__ = ["MIN_SPACING", "RunLimits"]

MIN_SPACING = 1.0  # seconds between posts while the last one was not accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """Breaker, budgets, counts and money of a run, and its end if a limit was reached.

    Attributes:
        spacing: the least seconds between two posts, by the rate that was asked for.
        last_start: when the last frame was posted, where that is of use.
        no_start_before: when a frame may be posted at the earliest, as the API asked.
        too_large: the fewest contacts of a frame that was refused for its size.
    """

    spending: Spending = field(default_factory=Spending)
    max_cost: Decimal | None = None
    spacing: float = 0.0
    breaker: Breaker = field(default_factory=Breaker)
    budget: RetryBudget = field(default_factory=RetryBudget)
    doubts: DoubtLimit = field(default_factory=DoubtLimit)
    refusals: RefusalLimit = field(default_factory=RefusalLimit)
    first_accepted: bool = False
    last_start: float | None = None
    no_start_before: float | None = None
    too_large: int | None = None
    end: RunOutcome | None = None

    @property
    def goes_alone(self) -> bool:
        """Whether a frame may be posted only while no other one is in flight."""
        return not self.first_accepted or self.breaker.is_open

    def finish(self, outcome: RunOutcome | None) -> Self:
        """End the run; the first outcome given stays."""
        return replace(self, end=self.end or outcome)

    def delay(self, number: int, now: float) -> float:
        """The seconds until a frame may start, as of now."""
        start = now if self.no_start_before is None else self.no_start_before
        if self.last_start is not None:
            spacing = max(self.spacing, MIN_SPACING) if self.breaker.in_a_row else self.spacing
            start = max(start, self.last_start + spacing)
        return max(start, self.breaker.closed_until(number, now)) - now

    def start(self, number: int, now: float) -> Self:
        """Note that a frame is posted now."""
        return replace(self, breaker=self.breaker.start(number), last_start=now)

    def release(self, number: int) -> Self:
        """Note that a frame will not be posted any more in this run."""
        breaker = self.breaker.release(number)
        return self if breaker is self.breaker else replace(self, breaker=breaker)

    def delayed(self, until: float) -> Self:
        """Post no frame before that time."""
        before = self.no_start_before
        return replace(self, no_start_before=until if before is None else max(before, until))

    def check_money(self, spent: Decimal) -> Self:
        """End the run when the highest cost is reached."""
        if self.max_cost is None or spent < self.max_cost:
            return self
        reason = f"The campaign has cost {round_to_cents(spent)} of at most {self.max_cost}."
        return self.finish(RunOutcome(state="stopped", reason=reason, cause=StopCause.COST))

    def spend_repeat(self) -> Self:
        """Take one repeat out of the budget; end the run when it is empty."""
        if not self.budget.is_empty:
            return replace(self, budget=self.budget.spend())
        reason = (
            "Too many frames had to be posted more than once, so the API or the network has a "
            "problem: `bulksms resume` continues later."
        )
        return self.finish(RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT))

    def count_doubt(self, frame: FrameRecord) -> Self:
        """Count a frame that stays in doubt, and its money, which may be spent."""
        counted = replace(
            self,
            spending=self.spending.with_possible_cost(frame.cost_planned or Decimal(0)),
            doubts=self.doubts.after_frame(in_doubt=True),
        )
        if not counted.doubts.is_reached:
            return counted
        reason = (
            f"{count_of(counted.doubts.total, 'frame of this run is', 'frames of this run are')} "
            "in doubt: look them up in the Octopush console; `bulksms resume` continues with "
            "the rest."
        )
        return counted.finish(RunOutcome(state="paused", reason=reason, cause=StopCause.DOUBT))

    def after(self, frame: FrameRecord, decision: Decision, now: float) -> Self:
        """Count what became of a post, and end the run if a limit is reached."""
        if decision.end is not None and self.end is None:
            return self.finish(decision.end).after(frame, decision, now)
        if decision.is_accepted:
            return self._count_accepted(frame, decision)
        if decision.split or decision.state is FrameState.REFUSED:
            return self._count_refusal(frame, decision)
        return self._count_trouble(frame, decision, now)

    def _count_trouble(self, frame: FrameRecord, decision: Decision, now: float) -> Self:
        """Count a frame that was not accepted though it may be good."""
        trouble = Trouble(
            frame=frame.number, now=now, repeat=decision.repeat, answered=decision.answered
        )
        limits = replace(self, breaker=self.breaker.after_trouble(trouble))
        if decision.state is FrameState.IN_DOUBT and not decision.repeat:
            limits = limits.count_doubt(frame)
        return limits.finish(_end_of(limits.breaker))

    def _count_accepted(self, frame: FrameRecord, decision: Decision) -> Self:
        """Count an accepted frame and its cost."""
        answer = decision.answer
        needed, cost = answer.get("number_of_sms_needed"), answer.get("total_cost")
        counted = replace(
            self,
            first_accepted=True,
            breaker=self.breaker.after_success(),
            budget=self.budget.after_accepted(),
            doubts=self.doubts.after_frame(in_doubt=False),
            refusals=self.refusals.after_frame(refused=False, is_part=False),
            spending=self.spending.with_answer(frame, needed, cost),
        )
        if cost is not None or self.max_cost is None:
            return counted
        if decision.inferred and frame.cost_planned is not None:
            spending = counted.spending.with_possible_cost(frame.cost_planned)
            return replace(counted, spending=spending)
        reason = (
            f"Octopush reported no cost for frame {frame.number}, so --max-cost cannot be enforced."
        )
        return counted.finish(RunOutcome(state="stopped", reason=reason, cause=StopCause.COST))

    def _count_refusal(self, frame: FrameRecord, decision: Decision) -> Self:
        """Count a refusal; one because the frame is too large says nothing against its contacts."""
        counted = replace(
            self,
            breaker=self.breaker.after_success(),  # whatever it was for, the API works
            doubts=self.doubts.after_frame(in_doubt=False),
        )
        if decision.state is not FrameState.REFUSED:
            too_large = min(frame.contacts, self.too_large or frame.contacts)
            return replace(counted, too_large=too_large)
        refusals = self.refusals.after_frame(refused=True, is_part=decision.is_part)
        counted = replace(counted, refusals=refusals)
        if not refusals.is_reached:
            return counted
        many = max(refusals.in_a_row, refusals.parts_in_a_row)
        reason = (
            f"Octopush refused {many} frames in a row, the last of them "
            f"frame {frame.number}: find out why before you resume."
        )
        return counted.finish(RunOutcome(state="stopped", reason=reason, cause=StopCause.CAMPAIGN))


def _end_of(breaker: Breaker) -> RunOutcome | None:
    if not breaker.is_exhausted:
        return None
    reason = (
        "Octopush accepted nothing despite repeated waits: "
        "`bulksms resume` continues when it works again."
    )
    return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
