"""Explains from the ledger why nothing of a campaign is being sent, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger, open_ledger
from bulksms.message import SendingHours
from bulksms.octopush.transport import Timeouts
from bulksms.sender import StopCause
from bulksms.sender.limits import Breaker
from bulksms.settings import Settings
from bulksms.use_cases.receipts.pause_undelivered import WHO, FailedShare, failed_share
from bulksms.use_cases.reporting.reports import (
    SENDING,
    NoWorker,
    sending_campaign_of_account,
    why_no_worker_posts,
)
from bulksms.use_cases.send.sender_hooks import gate_of

__all__ = ["WaitCause", "Waiting", "read_waiting"]

# An answer usually comes within a second; what takes longer is worth a sentence.
USUAL_ANSWER = timedelta(seconds=5)


class WaitCause(StrEnum):
    """The reason why a campaign waits."""

    HOURS = "hours"
    ACCOUNT = "account"
    FIRST_ANSWER = "first_answer"
    ANSWER = "answer"
    RETRY = "retry"
    RECEIPTS = "receipts"
    NO_WORKER = "no_worker"
    OTHER_WORKERS = "other_workers"


LACKS = {
    NoWorker.RUNNING: WaitCause.NO_WORKER,
    NoWorker.FREE: WaitCause.ACCOUNT,
    NoWorker.OF_ITS_ACCOUNT: WaitCause.OTHER_WORKERS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why nothing of a campaign leaves.

    Attributes:
        since: when the frame was posted that is not answered, or was not accepted.
        until: when the wait ends at the latest; None where someone or something else ends it.
        frame: the number of the frame that the others wait for.
        campaign: the other campaign that the account is busy with.
        share: the failed texts because of which it is paused.
    """

    cause: WaitCause
    since: datetime | None = None
    until: datetime | None = None
    frame: int | None = None
    campaign: str | None = None
    share: FailedShare | None = None


def read_waiting(name: str, settings: Settings, clock: Clock) -> Waiting | None:
    """Describe what a campaign waits for; None where it goes on, is done, or a person decides.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        order = ledger.orders.in_force(record.id)
        if order is not None:
            if order.who != WHO:
                return None
            return Waiting(cause=WaitCause.RECEIPTS, share=failed_share(ledger, record))
        lack, other = why_no_worker_posts(ledger, record)
        if lack is not None:
            return Waiting(cause=LACKS[lack], campaign=other)
        return _while_posted(ledger, record, clock)


def _while_posted(ledger: Ledger, record: CampaignRecord, clock: Clock) -> Waiting | None:
    """Describe what a campaign waits for that a process or workers are posting, or have paused."""
    planned = _first(ledger, record, FrameState.PLANNED)
    if not ledger.locks.is_held(record.name):
        is_closed = record.cause == StopCause.HOURS and planned is not None
        return _hours(ledger, record, planned, clock) if is_closed else None
    if record.state != SENDING and not ledger.lanes.machines(record.name):
        other = sending_campaign_of_account(ledger, record)
        return None if other is None else Waiting(cause=WaitCause.ACCOUNT, campaign=other)
    in_flight = _first(ledger, record, FrameState.INTENT)
    if in_flight is not None:
        return _answer(ledger, record, in_flight, clock.now())
    return _hours(ledger, record, planned, clock) or _retry(planned)


def _first(ledger: Ledger, record: CampaignRecord, state: FrameState) -> FrameRecord | None:
    return next(iter(ledger.frame_queries.page(record.id, 0, 1, [state])), None)


def _hours(
    ledger: Ledger, record: CampaignRecord, planned: FrameRecord | None, clock: Clock
) -> Waiting | None:
    """Whether the usual hours of marketing keep the next frame back."""
    closed = planned and gate_of(ledger, record, SendingHours(), clock)(planned)
    return Waiting(cause=WaitCause.HOURS, until=closed.opens_at) if closed else None


def _answer(
    ledger: Ledger, record: CampaignRecord, in_flight: FrameRecord, now: datetime
) -> Waiting | None:
    """Whether the answer to a frame takes long; until a first one came, no other is posted."""
    started_at = in_flight.started_at
    if started_at is None or now - started_at < USUAL_ANSWER:
        return None
    counts = ledger.frames.count_by_state(record.id)
    answered = counts[FrameState.ACCEPTED] + counts[FrameState.ACCEPTED_SHORT]
    return Waiting(
        cause=WaitCause.ANSWER if answered else WaitCause.FIRST_ANSWER,
        since=started_at,
        until=started_at + timedelta(seconds=Timeouts().total),
        frame=in_flight.number,
    )


def _retry(planned: FrameRecord | None) -> Waiting | None:
    """Whether a frame that was not accepted is to be posted again."""
    if planned is None or not planned.attempts or planned.started_at is None:
        return None
    longest = timedelta(seconds=Breaker().max_wait)
    since = planned.finished_at or planned.started_at
    return Waiting(cause=WaitCause.RETRY, since=since, until=since + longest, frame=planned.number)
