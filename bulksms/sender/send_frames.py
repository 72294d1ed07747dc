"""Posts the planned frames of a campaign, each at most once, and records every answer.

A crash between claim and answer leaves the frame an `intent`, which the next start puts in
doubt. It is posted again only on an account where a repeat was proved to be refused.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.connections import ConnectionPool, Lease
from bulksms.sender.expiry import (
    expiry_after,
    explain_expired,
    explain_late_start,
    explain_past,
)
from bulksms.sender.interface import (
    ApiConnection,
    Observer,
    Pacing,
    RunOutcome,
    SilentObserver,
    StopCause,
)
from bulksms.sender.limits import RetryPolicy
from bulksms.sender.order_check import order_check
from bulksms.sender.post_frame import FramePoster, PostResult
from bulksms.sender.reframe import RowLookup
from bulksms.sender.spending import Spending
from bulksms.sender.work_queue import WorkQueue

__all__ = ["send_frames"]

WORKERS_PER_CONNECTION = 2  # one posts while the other records the last answer


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
    nobody twice. `row_lookup` finds the rows of contacts in the file, for frames that are cut.
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
    frames = ledger.frames.all(campaign.id)
    poster.note_short_frames(frames)
    poster.has_begun = any(frame.started_at is not None for frame in frames)
    # Those in doubt first: their window closes.
    due = [frame for frame in frames if poster.safe_repeat.may_apply(frame)]
    due += [frame for frame in frames if frame.state is FrameState.PLANNED]
    poster.prefetch.expect(frame.number for frame in due)
    spending = Spending.of(frames, learnt_price)
    queue = WorkQueue(due, spending, pacing, clock, stop, order_check(ledger, campaign))
    poster.observer.started(len(due), sum(frame.contacts for frame in due))
    if crashed:
        poster.note(f"Frames in flight when the last run crashed, now in doubt: {crashed}.")
    _run_workers(poster, queue, client_factory, ask_time=clock_check is None and bool(due))
    outcome = _outcome(poster, queue, stop)
    ledger.campaigns.set_state(campaign.id, outcome.state, outcome.reason)
    return outcome


def _run_workers(
    poster: FramePoster,
    queue: WorkQueue,
    client_factory: Callable[[], ApiConnection],
    *,
    ask_time: bool,
) -> None:
    """Post alone until a first frame was accepted as planned, then with every worker."""
    size = 1 if poster.pacing.max_cost is not None else poster.pacing.concurrency
    with closing(ConnectionPool(client_factory, size)) as pool:
        if ask_time and not queue.is_over:
            with pool.lease() as lease:
                poster.clock_check.ask(lease)
        while (size == 1 or not queue.first_accepted) and (frame := queue.take()) is not None:
            _send_frame(poster, queue, pool, frame)
        if not queue.is_over and size > 1:
            workers = WORKERS_PER_CONNECTION * size
            _run_threads(workers, lambda: _work(poster, queue, pool), queue)
    if queue.failure is not None:
        raise queue.failure


def _run_threads(workers: int, work: Callable[[], None], queue: WorkQueue) -> None:
    threads = [threading.Thread(target=work, name=f"sender-{n}") for n in range(workers)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as error:  # noqa: BLE001 - raised again by the caller
        # A second Ctrl-C, for example: frames in flight still get their answers recorded.
        queue.fail(error)
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _work(poster: FramePoster, queue: WorkQueue, pool: ConnectionPool) -> None:
    """Post frames until the run is over; exceptions of the thread go to the caller's."""
    try:
        while (frame := queue.take()) is not None:
            _send_frame(poster, queue, pool, frame)
    except BaseException as error:  # noqa: BLE001 - raised again where the run was started
        queue.fail(error)


def _send_frame(
    poster: FramePoster, queue: WorkQueue, pool: ConnectionPool, frame: FrameRecord
) -> None:
    """Post one frame until it is settled, or cut, or the run is over."""
    if poster.is_too_large(frame):
        queue.put(poster.cut(frame, "The API accepts only smaller frames."))
        return
    last = _try(poster, queue, pool, frame)
    queue.release(frame.number)
    if last is None:
        record = poster.read(frame.number)
        if record.state is FrameState.DROPPED:
            poster.settled(record)
    elif last.decision.split:
        queue.put(poster.cut(last.frame, last.decision.answer.get("message", "")))
    elif last.decision.state is not FrameState.PLANNED:
        _settle(poster, queue, last)


def _try(
    poster: FramePoster, queue: WorkQueue, pool: ConnectionPool, frame: FrameRecord
) -> PostResult | None:
    """Post a frame as often as it needs and may, and return the last result."""
    policy = RetryPolicy(started_at=poster.clock.monotonic(), max_tries=poster.pacing.tries)
    last = None
    while queue.wait_turn(frame.number):
        with pool.lease() as lease, queue.reporting_failure():
            if not _may_post(poster, queue, lease, frame):
                return last
            if not queue.start(frame.number):  # trouble began while this waited for a connection
                continue
            unchanged = None
            if last is None:  # its time begins when it is posted, not when it is taken
                policy = replace(policy, started_at=poster.clock.monotonic())
                unchanged = frame
            result = poster.post(frame.number, lease, queue.spending, queue.delay_others, unchanged)
            if result is None:
                queue.obey_order()
                return last
            queue.update(result.frame, result.decision)
        before, last = last, result
        if result.decision.split or not result.decision.repeat:
            return last
        _stop_second_repeat(queue, result, before)
        allowed = queue.allow_retry(result.frame, result.decision, policy)
        if allowed is None:
            return last
        policy, delay = allowed
        _note_retry(poster, result, delay)
    return last


def _stop_second_repeat(queue: WorkQueue, result: PostResult, before: PostResult | None) -> None:
    """End the run when a frame that may be repeated only once was repeated before."""
    if before is not None and before.decision.repeat_once and result.decision.repeat_once:
        message = result.decision.answer.get("message", "")
        reason = f"Frame {result.frame.number} is in doubt: {message}"
        queue.finish(RunOutcome(state="stopped", reason=reason, cause=StopCause.DOUBT))


def _note_retry(poster: FramePoster, result: PostResult, delay: float) -> None:
    message = result.decision.answer.get("message", "")
    planned = result.decision.state is FrameState.PLANNED
    fate = "was not accepted" if planned else "is in doubt"
    poster.note(f"Frame {result.frame.number} {fate}, next attempt in {delay:.0f} s: {message}")


def _settle(poster: FramePoster, queue: WorkQueue, last: PostResult) -> None:
    """Report a frame that is not posted any more in this run."""
    if last.decision.repeat:
        queue.count_doubt(last.frame)
    poster.settled(last.accepted or poster.read(last.frame.number))
    if last.decision.is_part:
        message = last.decision.answer.get("message", "")
        poster.note(f"The contact in row {last.frame.first_row} is refused: {message}")


def _may_post(poster: FramePoster, queue: WorkQueue, lease: Lease, frame: FrameRecord) -> bool:
    """Whether a frame may be posted at this hour; waits for it, or ends the run."""
    while not queue.is_over:
        wrong_clock = poster.clock_check.explain_error(lease)
        if wrong_clock is not None:
            queue.finish(RunOutcome(state="stopped", reason=wrong_clock, cause=StopCause.CLOCK))
            return False
        now = poster.clock.now()
        late = explain_past(poster.campaign, now) or explain_expired(poster.campaign, now)
        if late is not None:
            queue.finish(RunOutcome(state="stopped", reason=late, cause=StopCause.EXPIRED))
            return False
        closed = poster.pacing.closed_hours(frame)
        starts_at = now if closed is None else closed.opens_at
        late_start = explain_late_start(poster.pacing.start_by, starts_at)
        if late_start is not None and not (poster.has_begun or queue.first_accepted):
            queue.finish(RunOutcome(state="stopped", reason=late_start, cause=StopCause.LATE))
            return False
        if closed is None:
            return True
        if not poster.pacing.wait_for_hours:
            outcome = RunOutcome(state="paused", reason=closed.reason, cause=StopCause.HOURS)
            queue.finish(outcome)
            return False
        poster.note(closed.reason)
        poster.extend(expiry_after(closed.opens_at))
        queue.wait_until(closed.opens_at)
    return False


def _outcome(poster: FramePoster, queue: WorkQueue, stop: threading.Event) -> RunOutcome:
    """How the run ended, by the frames in the ledger."""
    frames = poster.ledger.frames.all(poster.campaign.id)
    left = sum(frame.state in {FrameState.PLANNED, FrameState.INTENT} for frame in frames)
    end = queue.end
    repeatable = any(poster.safe_repeat.may_apply(frame) for frame in frames)
    if not left and not _ends_early(end, repeatable=repeatable):
        # Nothing is left to pause or to save; a reason is still reported, a late order is not.
        has_reason = end is not None and end.cause is not StopCause.ORDER
        return RunOutcome(state="done", reason=end.reason if end and has_reason else None)
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
    """Whether a run with no planned frame left is not done all the same."""
    if end is None or end.cause is StopCause.COST:
        return False
    if end.cause is StopCause.ORDER:
        return repeatable
    return end.state != "paused" or repeatable
