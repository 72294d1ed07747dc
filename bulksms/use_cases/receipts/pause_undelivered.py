"""Pauses a campaign if the receipts say that too many of its texts were not delivered."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameState, Ledger, OrderKind, OrderRecord
from bulksms.octopush.delivery_states import DeliveryState, all_statuses
from bulksms.results.deliveries import is_final_failure
from bulksms.use_cases.context import MAX_UNDELIVERED
from bulksms.use_cases.orders.campaign_orders import obey_unless_sending, record_order
from bulksms.use_cases.reporting.read_deliveries import status_ranks

__all__ = ["FailedShare", "failed_share", "pause_undelivered"]

USUAL_LIMIT = 30.0  # percent, as for refused people
FEWEST = 100  # texts with a final receipt; fewer do not say enough
PAGE = 50  # frames read in one transaction, which callbacks wait for
WHO = "delivery receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedShare:
    """How many of the texts with a final receipt did not arrive, beside a limit in percent."""

    failed: int
    final: int
    limit: float

    @property
    def is_too_high(self) -> bool:
        """Whether so many failed that something is wrong."""
        return self.final >= FEWEST and self.failed * 100 > self.limit * self.final

    def sentence(self) -> str:
        """Describe how many failed, without a point at the end."""
        return (
            f"{self.failed:,} of {self.final:,} texts with a final receipt were not delivered "
            f"({self.failed / self.final:.0%}; the limit of --max-undelivered is "
            f"{self.limit:g} %), so find out why before you resume"
        )


def failed_share(ledger: Ledger, record: CampaignRecord) -> FailedShare:
    """Count the texts of a campaign by their final receipts, since it was resumed last."""
    since = ledger.orders.last_resumed(record.id)
    failures = [status.rank for status in all_statuses() if is_final_failure(status)]
    arrivals = [status.rank for status in all_statuses() if status.state is DeliveryState.DELIVERED]
    failed = arrived = 0
    for first in range(1, ledger.frames.last_number(record.id) + 1, PAGE):
        frames = (first, first + PAGE - 1)
        states = ledger.receipts.messages(record.id, status_ranks(), since, frames)
        failed += int(np.isin(states.ranks, failures).sum())
        arrived += int(np.isin(states.ranks, arrivals).sum())
    limit = float(record.parameters.get(MAX_UNDELIVERED, USUAL_LIMIT))
    return FailedShare(failed=failed, final=failed + arrived, limit=limit)


def pause_undelivered(ledger: Ledger, clock: Clock) -> list[str]:
    """Order a pause of each unfinished campaign whose texts fail too often; returns sentences.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    sentences = []
    for record in _unfinished(ledger):
        share = failed_share(ledger, record)
        if not share.is_too_high:
            continue
        order = OrderRecord(kind=OrderKind.PAUSE, who=WHO, at=clock.now(), reason=share.sentence())
        record_order(ledger, record, order)
        obey_unless_sending(ledger, record, clock)
        sentences.append(f"{record.name}: {order.sentence()}")
    return sentences


def _unfinished(ledger: Ledger) -> Iterator[CampaignRecord]:
    """Yield the campaigns that have frames to post, and that no order keeps back."""
    for record in ledger.campaigns.all():
        if record.state == "done" or ledger.orders.in_force(record.id) is not None:
            continue
        if ledger.frames.any_in(record.id, [FrameState.PLANNED]):
            yield record
