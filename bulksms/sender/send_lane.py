"""Posts frames of a campaign together with other workers, by the same code as a single run.

Whether a frame is posted is decided by its claim in the ledger alone, so that a lane may be
opened twice, late or never.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.interface import ApiConnection, Observer, Pacing, RunOutcome
from bulksms.sender.limits_json import limits_from_json
from bulksms.sender.post_frame import FramePoster
from bulksms.sender.post_queue import post_queue
from bulksms.sender.queue_parts import order_check
from bulksms.sender.reframe import RowLookup
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.shared_queue import LaneShare, LedgerFrames, LedgerLimits
from bulksms.sender.spending import Spending
from bulksms.sender.work_queue import WorkQueue
from bulksms.sender.worker_lease import WorkerLease

MOST_FRAMES = 1_000_000  # of a campaign, for a page that has them all

__all__ = ["Lane", "conclude_run", "send_lane"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane of a campaign: the worker that opened it, and its share of the frames."""

    lease: WorkerLease
    share: LaneShare
    proof: ProofRecord | None = None
    row_lookup: RowLookup | None = None
    learnt_price: Decimal | None = None


def send_lane(  # noqa: PLR0913, PLR0917 - clock and stop are arguments, no test waits
    ledger: Ledger,
    client_factory: Callable[[], ApiConnection],
    campaign: CampaignRecord,
    pacing: Pacing,
    clock: Clock,
    observer: Observer,
    stop: threading.Event,
    lane: Lane,
) -> RunOutcome | None:
    """Post frames of a shared run until none is left, or the run or this worker ends.

    Returns how the whole campaign ended, where this lane was the one that ended it.

    Raises:
        LedgerError: the ledger failed; this worker posted nothing more.
    """
    poster = FramePoster(
        ledger,
        campaign,
        pacing,
        clock,
        observer,
        proof=lane.proof,
        row_lookup=lane.row_lookup,
        clock_check=ClockCheck(clock, ledger.history.newest_change()),
    )
    poster.note_short_frames(_in_state(ledger, campaign, FrameState.ACCEPTED_SHORT))
    poster.has_begun = ledger.frames.totals(campaign.id).started_at is not None
    basis = RunLimits(
        spending=Spending(learnt_price=lane.learnt_price),
        max_cost=pacing.max_cost,
        spacing=60 / pacing.rate if pacing.rate else 0.0,
    )
    limits = LedgerLimits(ledger, campaign.id, basis, lane.lease)
    if not limits.is_open:
        return None
    doubts = _repeatable(ledger, campaign, poster)
    frames = LedgerFrames(ledger, campaign.id, lane.share, doubts, poster.prefetch.expect)
    queue = WorkQueue(frames, limits, pacing, clock, stop, order_check(ledger, campaign))
    post_queue(poster, queue, client_factory, size=pacing.concurrency, ask_time=True)
    _open_for_parts(ledger, campaign)
    return conclude_run(ledger, campaign)


def conclude_run(ledger: Ledger, campaign: CampaignRecord) -> RunOutcome | None:
    """Record the end of a shared run that has reached it; None while it continues.

    It has when a limit or an order ended it, or when no frame is planned or in flight. Any worker
    may do this, any number of times.
    """
    run = ledger.shared_runs.get(campaign.id)
    if run is None or not run.is_open:
        return None
    end = limits_from_json(run.limits, RunLimits()).end or order_check(ledger, campaign)()
    if not ledger.frames.any_unfinished(campaign.id):
        outcome = RunOutcome(state="done", reason=end.reason_when_done if end else None)
    elif end is None:
        return None
    else:
        outcome = end
    ledger.campaigns.set_state(campaign.id, outcome.state, outcome.reason, outcome.cause)
    ledger.shared_runs.close(campaign.id)
    return outcome


def _open_for_parts(ledger: Ledger, campaign: CampaignRecord) -> None:
    """Open a run again that others ended as done, between a refusal here and the cut after it."""
    run = ledger.shared_runs.get(campaign.id)
    if run is None or run.is_open or ledger.campaigns.get(campaign.name).state != "done":
        return
    if ledger.frames.any_in(campaign.id, [FrameState.PLANNED]):
        ledger.campaigns.set_state(campaign.id, "planned")
        ledger.shared_runs.open(campaign.id, run.options, run.limits)


def _repeatable(ledger: Ledger, campaign: CampaignRecord, poster: FramePoster) -> list[FrameRecord]:
    """Read the frames in doubt that may be posted again, as their window closes.

    One whose worker may still get an answer is not among them.
    """
    if poster.safe_repeat.proof is None:
        return []
    return [
        frame
        for frame in _in_state(ledger, campaign, FrameState.IN_DOUBT)
        if poster.safe_repeat.may_apply(frame)
        and ledger.holders.answer_until(campaign.id, frame.number) is None
    ]


def _in_state(ledger: Ledger, campaign: CampaignRecord, state: FrameState) -> list[FrameRecord]:
    return ledger.frame_queries.page(campaign.id, 0, MOST_FRAMES, [state])
