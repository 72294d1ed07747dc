"""The sender's questions about a campaign: quiet hours before a post, row numbers of a split."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bulksms.campaign import Purpose
from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger import CampaignRecord, FrameRecord, Ledger
from bulksms.message import Locality, SendingHours, localities_of, next_allowed_time, quiet_period
from bulksms.sender import ClosedHours
from bulksms.sender.reframe import RowLookup

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["gate_of", "rows_of"]


def gate_of(
    ledger: Ledger, record: CampaignRecord, hours: SendingHours | None, clock: Clock
) -> Callable[[FrameRecord], ClosedHours | None]:
    """Return the check of the hours that the sender makes right before it posts a frame.

    Alerts and tests may be sent at any hour, and so may rehearsals and simulations.
    """
    parameters = record.parameters
    send_at = parameters.get("send_at")
    unread = record.rehearsal or parameters.get("simulation_mode", False)
    free = unread or record.is_test or parameters["purpose"] != Purpose.WHOLESALE
    localities: dict[int, tuple[Locality, ...]] = {}

    def gate(frame: FrameRecord) -> ClosedHours | None:
        if hours is None or free:
            return None
        if frame.number not in localities:
            localities[frame.number] = localities_of(
                ledger.frames.phone_numbers(record.id, frame.number)
            )
        now = clock.now()
        # The API sends at once what is posted after the chosen time.
        moment = max(datetime.fromisoformat(send_at), now) if send_at else now
        closed = quiet_period(localities[frame.number], moment, hours)
        if closed is None:
            return None
        opens_at = next_allowed_time(localities[frame.number], moment, hours) or closed.ends_at
        local_time = opens_at.astimezone(closed.ends_at.tzinfo).isoformat(timespec="minutes")
        reason = (
            f"Frame {frame.number} must wait: {closed.reason} in {closed.locality.country} "
            f"({closed.zone}). Continue with `bulksms resume` from {local_time}."
        )
        return ClosedHours(reason=reason, opens_at=opens_at)

    return gate


def rows_of(ledger: Ledger, record: CampaignRecord) -> RowLookup:
    """Return the lookup from phone numbers to source rows, for frames that are split."""

    def rows(numbers: "PhoneNumbers") -> list[int]:
        from bulksms.results.source_pack import rows_of_numbers

        asked = [f"+{number}" for number in numbers.tolist()]
        row_by_number: dict[str, int] = {}
        for packed in ledger.campaigns.source_rows(record.id):
            row_by_number |= rows_of_numbers(packed, frozenset(asked))
        if not row_by_number.keys() >= set(asked):
            raise LedgerError(
                f"The ledger has lost the source rows of the campaign {record.name}.",
                code="ledger_damaged",
            )
        return [row_by_number[number] for number in asked]

    return rows
