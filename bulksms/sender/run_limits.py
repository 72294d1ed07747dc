"""The limits that end a run: money, repeats, doubt and refusals.

Not safe between threads; the queue calls it under its own lock.
"""

from decimal import Decimal

from bulksms.ledger import FrameRecord, FrameState
from bulksms.money import round_to_cents
from bulksms.sender.decide import Decision
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.limits import DoubtLimit, RefusalLimit, RetryBudget
from bulksms.sender.spending import Spending

__all__ = ["RunLimits"]


class RunLimits:
    """The limits as they are after the answers so far; a method returns the run's end, if any."""

    def __init__(self, *, spending: Spending, max_cost: Decimal | None) -> None:
        self.spending = spending
        self._max_cost = max_cost
        self._budget = RetryBudget()
        self._doubts = DoubtLimit()
        self._refusals = RefusalLimit()

    def check_money(self) -> RunOutcome | None:
        """End the run when the highest cost is reached."""
        spent = self.spending.spent
        if self._max_cost is None or spent < self._max_cost:
            return None
        reason = f"The campaign has cost {round_to_cents(spent)} of at most {self._max_cost}."
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.COST)

    def spend_repeat(self) -> RunOutcome | None:
        """Take one repeat out of the budget; end the run when it is empty."""
        if self._budget.is_empty:
            reason = (
                "Too many frames had to be posted more than once, so the API or the network has a "
                "problem: `bulksms resume` goes on later."
            )
            return RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
        self._budget = self._budget.spend()
        return None

    def count_doubt(self, frame: FrameRecord) -> RunOutcome | None:
        """Count a frame that stays in doubt, and its money, which may be spent."""
        self.spending = self.spending.with_possible_cost(frame.cost_planned or Decimal(0))
        self._doubts = self._doubts.after_frame(in_doubt=True)
        if not self._doubts.is_reached:
            return None
        reason = (
            f"{self._doubts.total:,} frames of this run are in doubt: "
            "look them up in the Octopush console; `bulksms resume` goes on with the rest."
        )
        return RunOutcome(state="paused", reason=reason, cause=StopCause.DOUBT)

    def count_accepted(self, frame: FrameRecord, decision: Decision) -> RunOutcome | None:
        """Count an accepted frame and its cost."""
        self._budget = self._budget.after_accepted()
        self._doubts = self._doubts.after_frame(in_doubt=False)
        self._refusals = self._refusals.after_frame(refused=False, is_part=False)
        answer = decision.answer
        needed, cost = answer.get("number_of_sms_needed"), answer.get("total_cost")
        self.spending = self.spending.with_answer(frame, needed, cost)
        if cost is not None or self._max_cost is None:
            return None
        if decision.inferred and frame.cost_planned is not None:
            self.spending = self.spending.with_possible_cost(frame.cost_planned)
            return None
        reason = (
            f"Octopush reported no cost for frame {frame.number}, so --max-cost cannot be enforced."
        )
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.COST)

    def count_refusal(self, frame: FrameRecord, decision: Decision) -> RunOutcome | None:
        """Count a refusal; one because the frame is too large says nothing against its contacts."""
        self._doubts = self._doubts.after_frame(in_doubt=False)
        if decision.state is not FrameState.REFUSED:
            return None
        self._refusals = self._refusals.after_frame(refused=True, is_part=decision.is_part)
        if not self._refusals.is_reached:
            return None
        many = max(self._refusals.in_a_row, self._refusals.parts_in_a_row)
        reason = (
            f"Octopush refused {many} frames in a row, the last of them "
            f"frame {frame.number}: find out why before you resume."
        )
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.CAMPAIGN)
