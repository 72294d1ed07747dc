"""Posts frames of a campaign as one of its workers."""

import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from bulksms.errors import LedgerBusy
from bulksms.ledger import CampaignRecord, FrameRecord, Ledger
from bulksms.octopush import Credentials
from bulksms.sender import ClockCheck, Observer, RunOutcome
from bulksms.sender.send_lane import Lane, send_lane
from bulksms.sender.shared_queue import LaneShare
from bulksms.sender.work_queue import poll_delay
from bulksms.sender.worker_lease import WorkerLease
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.orders.campaign_orders import close_stopped
from bulksms.use_cases.send.make_ready import find_proof, learnt_price, pacing_of
from bulksms.use_cases.send.post_seeds import SeedPoster
from bulksms.use_cases.send.sender_hooks import rows_of

__all__ = ["LaneRequest", "run_lane"]

OPEN_SECONDS = 5.0  # for which a lane is tried to be opened, since others may be opening theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRequest:
    """A campaign to post frames of, and how; `stop` ends the lane after the frames in flight."""

    record: CampaignRecord
    run_options: RunOptions
    lease: WorkerLease
    stop: threading.Event


def run_lane(
    ledger: Ledger, request: LaneRequest, context: RunContext, credentials: Credentials
) -> RunOutcome | None:
    """Post frames until none is left or the run ends; returns the end of the campaign, if any.

    Nothing is posted while a process has the campaign or its account to itself, or while
    workers post another campaign of the account.

    Raises:
        LedgerError: the ledger failed; this worker posted nothing more.
    """
    record, lease = request.record, request.lease
    if not _open_lane(ledger, request, context):
        return None
    try:
        outcome = _post(ledger, request, context, credentials)
    finally:
        ledger.lanes.close(record.id, lease.id)
    # The last worker to leave a stopped campaign drops what it has left.
    with suppress(LedgerBusy), ledger.locks.campaign(record.name):
        close_stopped(ledger, record)
    return outcome


def _open_lane(ledger: Ledger, request: LaneRequest, context: RunContext) -> bool:
    """Record that this worker posts the campaign, unless someone else must not be disturbed."""
    record, clock = request.record, context.clock
    came_at = clock.monotonic()
    while not request.stop.is_set():
        with suppress(LedgerBusy), ledger.locks.account_to_share(record.account or "") as is_free:
            if is_free and not ledger.lanes.machines_of_others(record.account or "", record.name):
                with ledger.locks.campaign_to_share(record.name):
                    ledger.claims.doubt_in_flight(record.id, clock.now())
                    ledger.lanes.open(record.id, request.lease.id)
                    return True
        waited = clock.monotonic() - came_at
        if waited >= OPEN_SECONDS:
            return False
        clock.wait(poll_delay(waited), request.stop)
    return False


def _post(
    ledger: Ledger, request: LaneRequest, context: RunContext, credentials: Credentials
) -> RunOutcome | None:
    record = request.record
    context = replace(context, stop=request.stop)
    seeds = SeedPoster(
        ledger=ledger,
        record=record,
        context=context,
        credentials=credentials,
        clock_check=ClockCheck(context.clock, ledger.history.newest_change()),
    )
    outcome = send_lane(
        ledger,
        lambda: context.connect(credentials),
        record,
        pacing_of(request.run_options, seeds, context.clock),
        context.clock,
        _LaneObserver(context.observer, seeds),
        request.stop,
        Lane(
            lease=request.lease,
            share=_share_of(ledger, request.lease),
            proof=find_proof(ledger, context, credentials),
            row_lookup=rows_of(ledger, record),
            learnt_price=learnt_price(ledger, record),
        ),
    )
    if outcome is not None:
        seeds.end(outcome.state)
    return outcome


def _share_of(ledger: Ledger, lease: WorkerLease) -> LaneShare:
    """Return the share of this worker, by its position among the workers alive."""
    workers = [worker.id for worker in ledger.holders.live()]
    if lease.id not in workers:
        return LaneShare()
    return LaneShare(lane=workers.index(lease.id), lanes=len(workers))


class _LaneObserver:
    """Passes events on, and has the seeds texted."""

    def __init__(self, observer: Observer, seeds: SeedPoster) -> None:
        self._observer, self._seeds = observer, seeds

    def started(self, frames: int, contacts: int) -> None:
        """Pass on the start."""
        self._observer.started(frames, contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        """Pass on the frame."""
        self._observer.frame_settled(record)
        self._seeds.frame_settled(record)

    def note(self, sentence: str) -> None:
        """Pass on the sentence."""
        self._observer.note(sentence)
