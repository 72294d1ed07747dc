"""Reads what became of the rows of a campaign, part by part, with only the frames of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bulksms.ledger import CampaignRecord, FrameRecord, Ledger
from bulksms.octopush.delivery_states import DeliveryState, all_statuses

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers
    from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["DEAD", "learn_dead_numbers", "read_outcomes", "send_time_of"]

DEAD = (
    "The texts of the last three campaigns all failed at this number; --include-dead-numbers "
    "texts it anyway."
)


def read_outcomes(
    ledger: Ledger, record: CampaignRecord, frames: Sequence[FrameRecord], now: datetime
) -> "Iterator[ContactOutcomes]":
    """Yield the rows of each part with the states of their frames and their receipts."""
    from bulksms.results.contact_outcomes import contact_outcomes, frames_in
    from bulksms.results.deliveries import with_deliveries

    families = _Families(frames)
    listens = ledger.receipts.any_of(record.id)
    dead = learn_dead_numbers(ledger, rehearsal=record.rehearsal)
    for packed in ledger.campaigns.source_rows(record.id):
        own = families.of(frames_in(packed))
        members = ledger.frames.frame_by_phone_number(record.id, [each.number for each in own])
        outcomes = contact_outcomes(packed, own, members)
        if listens:
            receipts = ledger.receipts.of_tickets([each.ticket for each in own if each.ticket])
            outcomes = with_deliveries(outcomes, receipts, own, send_time_of(record), now)
        yield outcomes.with_dead_numbers(dead, DEAD)


def learn_dead_numbers(ledger: Ledger, *, rehearsal: bool) -> "PhoneNumbers":
    """List the numbers that failed for good in three campaigns in a row, sorted.

    A failure for which the text, its sender or the moment may be the cause does not count, and a
    text that arrives makes its number good again.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    statuses = all_statuses()
    return ledger.dead_numbers.learn(
        [status.code for status in statuses if status.for_good],
        [status.code for status in statuses if status.state is DeliveryState.DELIVERED],
        rehearsal=rehearsal,
    )


def send_time_of(record: CampaignRecord) -> datetime | None:
    """Return when a campaign is scheduled for; `None` for at once."""
    send_at = record.parameters.get("send_at")
    return None if send_at is None else datetime.fromisoformat(send_at)


class _Families:
    """The frames of a campaign, each with the frames that its people were moved to."""

    def __init__(self, frames: Sequence[FrameRecord]) -> None:
        self._by_number = {frame.number: frame for frame in frames}
        self._parts: defaultdict[int, list[int]] = defaultdict(list)
        for frame in frames:
            if frame.parent is not None:
                self._parts[frame.parent].append(frame.number)

    def of(self, numbers: Iterable[int]) -> list[FrameRecord]:
        """Return the frames with these numbers and all their parts, in order."""
        waiting, family = list(numbers), set[int]()
        while waiting:
            number = waiting.pop()
            if number not in family:
                family.add(number)
                waiting += self._parts.get(number, ())
        return [self._by_number[number] for number in sorted(family) if number in self._by_number]
