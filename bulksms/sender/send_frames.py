"""Posts the planned frames of a campaign, each at most once, and records every answer.

A crash between claim and answer leaves the frame an `intent`, which the next start puts in
doubt. It is posted again only on an account where a repeat was proved to be refused.
"""

import threading
from collections.abc import Callable
from decimal import Decimal

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.interface import (
    ApiConnection,
    Observer,
    Pacing,
    RunOutcome,
    SilentObserver,
    StopCause,
)
from bulksms.sender.post_frame import FramePoster
from bulksms.sender.post_queue import post_queue
from bulksms.sender.queue_parts import MemoryFrames, MemoryLimits, order_check
from bulksms.sender.reframe import RowLookup
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.spending import Spending
from bulksms.sender.work_queue import WorkQueue

__all__ = ["send_frames"]


def send_frames(  # noqa: PLR0913, PLR0917 - clock and stop are arguments, no test waits
    ledger: Ledger,
    client_factory: Callable[[], ApiConnection],
    campaign: CampaignRecord,
    pacing: Pacing,
    clock: Clock,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
    *,
    proof: ProofRecord | None = None,
    row_lookup: RowLookup | None = None,
    clock_check: ClockCheck | None = None,
    learnt_price: Decimal | None = None,
) -> RunOutcome:
    """Post every planned frame, under the campaign's lock, which the caller holds.

    With a `proof` for this account frames in doubt are posted again, where that can text
    no one twice. `row_lookup` finds the rows of contacts in the file, for frames that are cut.
    With a `clock_check` the server's time is already known, as far as it was given.
    `learnt_price` is what one SMS cost in the account's last campaign, in euros.

    Raises:
        LedgerError: the ledger failed; nothing more was posted.
    """
    poster = FramePoster(
        ledger,
        campaign,
        pacing,
        clock,
        observer or SilentObserver(),
        proof=proof,
        row_lookup=row_lookup,
        clock_check=clock_check or ClockCheck(clock, ledger.history.newest_change()),
    )
    stop = stop or threading.Event()
    crashed = ledger.claims.doubt_in_flight(campaign.id, clock.now())
    ledger.campaigns.set_state(campaign.id, "sending")
    frames = list(ledger.frame_queries.each(campaign.id))
    poster.note_short_frames(frames)
    poster.has_begun = any(frame.started_at is not None for frame in frames)
    # Those in doubt first: their window closes.
    due = [frame for frame in frames if poster.safe_repeat.may_apply(frame)]
    due += [frame for frame in frames if frame.state is FrameState.PLANNED]
    poster.prefetch.expect(frame.number for frame in due)
    limits = RunLimits(
        spending=Spending.of(frames, learnt_price),
        max_cost=pacing.max_cost,
        spacing=60 / pacing.rate if pacing.rate else 0.0,
    )
    queue = WorkQueue(
        MemoryFrames(due),
        MemoryLimits(limits, clock),
        pacing,
        clock,
        stop,
        order_check(ledger, campaign),
    )
    poster.observer.started(len(due), sum(frame.contacts for frame in due))
    if crashed:
        poster.note(f"Frames in flight when the last run crashed, now in doubt: {crashed}.")
    # With a ceiling each price must be known before the next frame.
    size = 1 if pacing.max_cost is not None else pacing.concurrency
    ask_time = clock_check is None and bool(due)
    post_queue(poster, queue, client_factory, size=size, ask_time=ask_time)
    outcome = _outcome(poster, queue, stop)
    ledger.campaigns.set_state(campaign.id, outcome.state, outcome.reason, outcome.cause)
    return outcome


def _outcome(poster: FramePoster, queue: WorkQueue, stop: threading.Event) -> RunOutcome:
    """How the run ended, by the frames in the ledger."""
    counts = poster.ledger.frames.count_by_state(poster.campaign.id)
    left = counts[FrameState.PLANNED] + counts[FrameState.INTENT]
    end = queue.end
    in_doubt = poster.ledger.frame_queries.each(poster.campaign.id, [FrameState.IN_DOUBT])
    repeatable = any(poster.safe_repeat.may_apply(frame) for frame in in_doubt)
    if not left and not _ends_early(end, repeatable=repeatable):
        # Nothing is left to pause or to save.
        return RunOutcome(state="done", reason=end.reason_when_done if end else None)
    if end is not None:
        return end
    reason = f"frames still to be sent: {left:,}; resume is safe."
    if stop.is_set():
        return RunOutcome(
            state="interrupted", reason=f"Interrupted, {reason}", cause=StopCause.INTERRUPTED
        )
    return RunOutcome(
        state="interrupted",
        reason=f"Another program changed the ledger, {reason}",
        cause=StopCause.LEDGER,
    )


def _ends_early(end: RunOutcome | None, *, repeatable: bool) -> bool:
    """Whether a run without planned frames is still not done."""
    if end is None or end.cause is StopCause.COST:
        return False
    if end.cause.is_order:
        return repeatable
    return end.state != "paused" or repeatable
