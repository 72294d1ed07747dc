"""The money of a campaign: what was spent, and whether an answer is dearer than the plan.

A plain value that learns one answer at a time; knows no prices of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from bulksms.ledger import FrameRecord, FrameState
from bulksms.octopush.outcomes import Accepted

__all__ = ["Spending"]

# An amount in an answer may be rounded otherwise than ours.
ROUNDING = Decimal("1.01")
# Without an answer that names a price: in doubt, or known to be taken by other evidence.
MAY_HAVE_COST = frozenset({FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What the frames of a campaign cost so far, in euros.

    `dearest` is the highest price of an SMS that was answered, as a multiple of the planned
    one, and `fullest` the same of the SMS a frame needs. Whoever resumes after the line was
    stopped for them has accepted them, so only what is dearer still stops it again.
    """

    spent: Decimal = Decimal(0)
    dearest: Decimal = Decimal(1)
    fullest: Decimal = Decimal(1)

    @classmethod
    def of(cls, frames: Iterable[FrameRecord]) -> "Spending":
        """Add up what the ledger knows of a campaign's frames, and what doubt may have cost."""
        so_far = cls()
        for frame in frames:
            so_far = so_far.learn(frame, frame.number_of_sms_needed, frame.total_cost)
            if frame.total_cost is None and frame.state in MAY_HAVE_COST:
                so_far = so_far.add(frame.cost_planned or Decimal(0))
        return so_far

    def learn(
        self, frame: FrameRecord, sms_needed: int | None, total_cost: Decimal | None
    ) -> "Spending":
        """Take in what a frame was said to need and cost; what was not said changes nothing."""
        return replace(
            self,
            spent=self.spent + (total_cost or Decimal(0)),
            dearest=max(
                self.dearest, _times_the_price(frame, sms_needed, total_cost) or Decimal(0)
            ),
            fullest=max(self.fullest, _times_the_sms(frame, sms_needed) or Decimal(0)),
        )

    def add(self, cost: Decimal) -> "Spending":
        """Count money that may have been spent though no answer says so."""
        return replace(self, spent=self.spent + cost)

    def excess(self, frame: FrameRecord, outcome: Accepted) -> str | None:
        """Say in which way a frame is dearer than planned and than those before it."""
        needed, cost = outcome.number_of_sms_needed, outcome.total_cost
        sms = _times_the_sms(frame, needed)
        if sms is not None and sms > self.fullest:
            return (
                f"Frame {frame.number} needed {needed} SMS where {frame.sms_planned} were planned"
            )
        price = _times_the_price(frame, needed, cost)
        if price is not None and price > self.dearest * ROUNDING:
            return (
                f"Frame {frame.number} cost {cost} EUR where {frame.cost_planned} EUR were planned"
            )
        return None


def _times_the_sms(frame: FrameRecord, needed: int | None) -> Decimal | None:
    if needed is None or not frame.sms_planned:
        return None
    return Decimal(needed) / frame.sms_planned


def _times_the_price(
    frame: FrameRecord, needed: int | None, cost: Decimal | None
) -> Decimal | None:
    """Compare the price of one SMS, or of the frame where the SMS are not counted."""
    if cost is None or not frame.cost_planned:
        return None
    times = cost / frame.cost_planned
    sms = _times_the_sms(frame, needed)
    return times / sms if sms else times
