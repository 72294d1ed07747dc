"""Reads the delivery receipts of a campaign so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bulksms.ledger import Ledger
from bulksms.octopush.delivery_states import all_statuses
from bulksms.results.deliveries import count_messages, overdue_by
from bulksms.use_cases.reporting.read_outcomes import send_time_of

__all__ = ["DeliveriesSoFar", "read_deliveries", "status_ranks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesSoFar:
    """The accepted texts of a campaign by what became of them at the phone.

    Attributes:
        groups: texts by `DeliveryGroup`, zeros included; they add up to the people sent to.
        received_at: when the newest receipt came; `None` when there is none at all, which means
        that they are not received, or that it is too early.
    """

    groups: Mapping[str, int]
    received_at: datetime | None


def read_deliveries(ledger: Ledger, name: str, now: datetime) -> DeliveriesSoFar:
    """Count what came in for a campaign; cheap enough to be asked every few seconds.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    record = ledger.campaigns.get(name)
    latest = overdue_by(send_time_of(record), now)
    messages = ledger.receipts.groups(record.id, status_ranks(), latest)
    return DeliveriesSoFar(
        groups=count_messages(messages, *ledger.frame_queries.texted(record.id, latest)),
        received_at=max((each.received_at for each in messages), default=None),
    )


def status_ranks() -> dict[str, int]:
    """Return the rank of every status by its code."""
    return {status.code: status.rank for status in all_statuses()}
