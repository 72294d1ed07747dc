"""Whether an order ends a run: the sender reads it while it waits and when a claim fails."""

from collections.abc import Callable

from bulksms.ledger import CampaignRecord, Ledger, OrderKind
from bulksms.sender.interface import RunOutcome, StopCause

__all__ = ["OrderCheck", "order_check"]

OrderCheck = Callable[[], RunOutcome | None]
"""Returns how the run ends by an order, or None while none is in force."""


def order_check(ledger: Ledger, campaign: CampaignRecord) -> OrderCheck:
    """Return the check of a campaign's orders; each call is one read of the ledger."""

    def find_order() -> RunOutcome | None:
        order = ledger.orders.in_force(campaign.id)
        if order is None:
            return None
        reason = order.sentence()
        if order.kind is OrderKind.PAUSE:
            return RunOutcome(state="paused", reason=reason, cause=StopCause.ORDER)
        return RunOutcome(state="stopped", reason=reason, cause=StopCause.ORDER)

    return find_order
