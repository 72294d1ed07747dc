"""The money of a campaign: what was spent, and whether an answer costs more than planned."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from bulksms.ledger import FrameRecord, FrameState
from bulksms.money import format_pair
from bulksms.octopush.outcomes import Accepted

__all__ = ["Spending"]

# An amount in an answer may be rounded differently from ours.
ROUNDING = Decimal("1.01")
# May have cost their plan though no answer has a price: in doubt, or accepted by evidence.
MAY_HAVE_COST = frozenset({FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The cost of a campaign's frames so far, in euros.

    `max_price_ratio` is the highest price of an SMS in an answer, as a multiple of the planned
    price, and `max_sms_ratio` the same of the number of SMS of a frame. Resuming after a stop
    accepts them, so only a higher one stops the run again. `learnt_price` is what an SMS cost
    in the account's last campaign; such a price is not a surprise.
    """

    spent: Decimal = Decimal(0)
    max_price_ratio: Decimal = Decimal(1)
    max_sms_ratio: Decimal = Decimal(1)
    learnt_price: Decimal | None = None

    @classmethod
    def of(cls, frames: Iterable[FrameRecord], learnt_price: Decimal | None = None) -> "Spending":
        """Add up the cost of a campaign's frames, and what those in doubt may have cost."""
        so_far = cls(learnt_price=learnt_price)
        for frame in frames:
            so_far = so_far.with_answer(frame, frame.number_of_sms_needed, frame.total_cost)
            if frame.total_cost is None and frame.state in MAY_HAVE_COST:
                so_far = so_far.with_possible_cost(frame.cost_planned or Decimal(0))
        return so_far

    def with_answer(
        self, frame: FrameRecord, sms_needed: int | None, total_cost: Decimal | None
    ) -> "Spending":
        """Add the SMS and cost of an answer; what the answer lacks changes nothing."""
        return replace(
            self,
            spent=self.spent + (total_cost or Decimal(0)),
            max_price_ratio=max(
                self.max_price_ratio, _price_ratio(frame, sms_needed, total_cost) or Decimal(0)
            ),
            max_sms_ratio=max(self.max_sms_ratio, _sms_ratio(frame, sms_needed) or Decimal(0)),
        )

    def with_possible_cost(self, cost: Decimal) -> "Spending":
        """Add money that may have been spent though no answer says so."""
        return replace(self, spent=self.spent + cost)

    def excess(self, frame: FrameRecord, outcome: Accepted) -> str | None:
        """Explain how a frame exceeds its plan and every frame before it; None when it does not."""
        needed, cost = outcome.number_of_sms_needed, outcome.total_cost
        sms = _sms_ratio(frame, needed)
        if sms is not None and sms > self.max_sms_ratio:
            return (
                f"Frame {frame.number} needed {needed} SMS where {frame.sms_planned} were planned"
            )
        price = _price_ratio(frame, needed, cost)
        if price is None or self._is_learnt(cost, needed):
            return None
        if cost is None or frame.cost_planned is None or price <= self.max_price_ratio * ROUNDING:
            return None
        charged, planned = format_pair(cost, frame.cost_planned)
        return f"Frame {frame.number} cost {charged} EUR where {planned} EUR were planned"

    def _is_learnt(self, cost: Decimal | None, sms: int | None) -> bool:
        """Whether the price of one SMS is not above that of the account's last campaign."""
        if self.learnt_price is None or cost is None or not sms:
            return False
        return cost / sms <= self.learnt_price * ROUNDING


def _sms_ratio(frame: FrameRecord, needed: int | None) -> Decimal | None:
    if needed is None or not frame.sms_planned:
        return None
    return Decimal(needed) / frame.sms_planned


def _price_ratio(frame: FrameRecord, needed: int | None, cost: Decimal | None) -> Decimal | None:
    """The price of one SMS, or of the frame where the SMS are not counted, over the planned."""
    if cost is None or not frame.cost_planned:
        return None
    ratio = cost / frame.cost_planned
    sms = _sms_ratio(frame, needed)
    return ratio / sms if sms else ratio
