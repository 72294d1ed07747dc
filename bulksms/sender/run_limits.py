"""All brakes of a run in one hand: takes in each answer, and says when the run must end.

Not safe between threads by itself; the line's guard is held around every call. Knows no
ledger, no API and no waiting.
"""

import math
from decimal import Decimal

from bulksms.ledger import FrameRecord, FrameState
from bulksms.sender.decide import Decision
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.limits import Breaker, DoubtLimit, RefusalLimit, RetryBudget, Trouble
from bulksms.sender.spending import Spending

__all__ = ["RunLimits"]


class RunLimits:
    """The brakes as they stand after the answers so far."""

    def __init__(self, *, spending: Spending, ceiling: Decimal | None) -> None:
        self.spending = spending
        self._ceiling = ceiling
        self._breaker = Breaker()
        self._budget = RetryBudget()
        self._doubts = DoubtLimit()
        self._refusals = RefusalLimit()

    @property
    def is_held(self) -> bool:
        """Whether the breaker holds everybody back, so that the time is not a frame's own."""
        return self._breaker.is_open

    @property
    def in_trouble(self) -> bool:
        """Whether the last post was not accepted."""
        return self._breaker.in_a_row > 0

    def held_until(self, number: int, now: float) -> float:
        """Say until when the breaker holds a frame back; another frame's probe has no known end."""
        opens = self._breaker.opens_until
        if opens is None or self._breaker.may_post(number, now):
            return now
        return opens if opens > now else math.inf

    def opens_in(self, now: float) -> float:
        """Give the seconds for which the breaker holds everybody back."""
        return max((self._breaker.opens_until or now) - now, 0.0)

    def start(self, number: int) -> None:
        """Take in that a frame is being posted."""
        self._breaker = self._breaker.let_go(number)

    def leave(self, number: int) -> None:
        """Take in that a frame is not posted any more."""
        self._breaker = self._breaker.leave(number)

    def out_of_money(self) -> RunOutcome | None:
        """End the run when the ceiling is reached."""
        spent = self.spending.spent
        if self._ceiling is None or spent < self._ceiling:
            return None
        reason = f"The campaign has cost {spent} of at most {self._ceiling}."
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.COST)

    def spend_repeat(self) -> RunOutcome | None:
        """Take one repeat out of the budget; end the run when there is none."""
        if self._budget.is_empty:
            reason = (
                "Too many frames had to be posted more than once, so the API or the network is "
                "not well: `bulksms resume` goes on later."
            )
            return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
        self._budget = self._budget.spend()
        return None

    def learn(self, frame: FrameRecord, decision: Decision, now: float) -> RunOutcome | None:
        """Take in what became of a post, and end the run if a limit is reached."""
        if decision.is_taken:
            return self._taken(frame, decision)
        if decision.split or decision.state is FrameState.REFUSED:
            return self._refused(frame, decision)
        trouble = Trouble(
            frame=frame.number, now=now, again=decision.again, answered=decision.answered
        )
        self._breaker = self._breaker.learn(trouble)
        doubt = None
        if decision.state is FrameState.IN_DOUBT and not decision.again:
            doubt = self.doubted(frame)
        return doubt or self._worn_out()

    def doubted(self, frame: FrameRecord) -> RunOutcome | None:
        """Count a frame that stays in doubt, and its money, which may be gone."""
        self.spending = self.spending.add(frame.cost_planned or Decimal(0))
        self._doubts = self._doubts.learn(doubted=True)
        if not self._doubts.is_reached:
            return None
        reason = (
            f"{self._doubts.in_all} frames of this run are in doubt: "
            "look them up in the Octopush console; `bulksms resume` goes on with the rest."
        )
        return RunOutcome(state="paused", reason=reason, cause=StopCause.DOUBT)

    def _taken(self, frame: FrameRecord, decision: Decision) -> RunOutcome | None:
        self._breaker = self._breaker.learn_answered()
        self._budget = self._budget.learn_accepted()
        self._doubts = self._doubts.learn(doubted=False)
        self._refusals = self._refusals.learn(refused=False, part=False)
        needed, cost = (
            decision.answer.get("number_of_sms_needed"),
            decision.answer.get("total_cost"),
        )
        self.spending = self.spending.learn(frame, needed, cost)
        if cost is not None or self._ceiling is None:
            return None
        if decision.inferred and frame.cost_planned is not None:
            self.spending = self.spending.add(frame.cost_planned)
            return None
        reason = f"The API did not say what frame {frame.number} cost, so no ceiling can hold."
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.COST)

    def _refused(self, frame: FrameRecord, decision: Decision) -> RunOutcome | None:
        """Count a refusal; whatever it was for, the API works."""
        self._breaker = self._breaker.learn_answered()
        self._doubts = self._doubts.learn(doubted=False)
        if decision.state is not FrameState.REFUSED:
            return None  # too large, which says nothing against the people in it
        self._refusals = self._refusals.learn(refused=True, part=decision.part)
        if not self._refusals.is_reached:
            return None
        many = max(self._refusals.in_a_row, self._refusals.parts_in_a_row)
        reason = (
            f"The API refused {many} frames in a row, the last being "
            f"frame {frame.number}: find out why before you resume."
        )
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.CAMPAIGN)

    def _worn_out(self) -> RunOutcome | None:
        if not self._breaker.is_worn_out:
            return None
        reason = (
            "The API took nothing any more, however long we waited: "
            "`bulksms resume` goes on when it works again."
        )
        return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
