"""Whether an order ends a run: the sender reads it while it waits and when a claim fails."""

from collections.abc import Callable
from typing import Literal

from bulksms.ledger import CampaignRecord, Ledger, OrderKind, OrderRecord
from bulksms.sender.interface import RunOutcome, StopCause

__all__ = ["OrderCheck", "cause_of", "order_check"]

OrderCheck = Callable[[], RunOutcome | None]
"""Returns how the run ends by an order, or None while none is in force."""


def order_check(ledger: Ledger, campaign: CampaignRecord) -> OrderCheck:
    """Return the check of a campaign's orders; each call is one read of the ledger."""

    def find_order() -> RunOutcome | None:
        order = ledger.orders.in_force(campaign.id)
        if order is None:
            return None
        state: Literal["paused", "stopped"] = (
            "paused" if order.kind is OrderKind.PAUSE else "stopped"
        )
        return RunOutcome(state=state, reason=order.sentence(), cause=cause_of(order))

    return find_order


def cause_of(order: OrderRecord) -> StopCause:
    """Return whether a person or the delivery receipts gave an order, with its reason."""
    return StopCause.ORDER if order.reason is None else StopCause.UNDELIVERED
