"""Posts the planned frames of a campaign, each at most once, and writes down every answer.

Whatever breaks between claim and answer leaves the frame an `intent`, which the next start
puts in doubt. It is posted again only on an account where a repeat was proved to be refused.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.connections import ConnectionPool
from bulksms.sender.expiry import expiry_after, explain_expired, explain_past
from bulksms.sender.interface import (
    ApiConnection,
    Observer,
    Pacing,
    RunOutcome,
    SilentObserver,
    StopCause,
)
from bulksms.sender.limits import RetryPolicy
from bulksms.sender.post_frame import FramePoster, Posted
from bulksms.sender.reframe import RowLookup
from bulksms.sender.spending import Spending
from bulksms.sender.work_queue import WorkQueue

__all__ = ["send_frames"]

HANDS = 2  # threads for each frame under way: one posts, one writes the last answer down


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
    rows: RowLookup | None = None,
) -> RunOutcome:
    """Post every planned frame, under the campaign's lock which the caller holds.

    With a `proof` for this account frames in doubt are posted again, where that can text
    nobody twice. `rows` tells where people stand in the file, for frames that are cut.

    Raises:
        LedgerError: the ledger failed; nothing more was posted.
    """
    run = FramePoster(
        ledger, campaign, pacing, clock, observer or SilentObserver(), proof=proof, rows=rows
    )
    stop = stop or threading.Event()
    crashed = ledger.claims.doubt_in_flight(campaign.id, clock.now())
    ledger.campaigns.set_state(campaign.id, "sending")
    frames = ledger.frames.all(campaign.id)
    # Those in doubt first: their window closes.
    due = [one for one in frames if run.protection.may_cover(one)]
    due += [one for one in frames if one.state is FrameState.PLANNED]
    run.ahead.expect(one.number for one in due)
    line = WorkQueue(due, Spending.of(frames), pacing, clock, stop)
    run.observer.started(len(due), sum(one.contacts for one in due))
    if crashed:
        run.note(f"Frames on their way when the last run ended, now in doubt: {crashed}.")
    _work_line(run, line, client_factory)
    verdict = _verdict(run, line, stop)
    ledger.campaigns.set_state(campaign.id, verdict.state, verdict.reason)
    return verdict


def _work_line(
    run: FramePoster, line: WorkQueue, client_factory: Callable[[], ApiConnection]
) -> None:
    """Post alone until a first frame was taken as expected, then with every worker."""
    at_once = 1 if run.pacing.max_cost is not None else run.pacing.concurrency
    with closing(ConnectionPool(client_factory, at_once)) as wires:
        while (at_once == 1 or not line.proven) and (frame := line.take()) is not None:
            _send_frame(run, line, wires, frame)
        if not line.over and at_once > 1:
            _work_together(HANDS * at_once, lambda: _work(run, line, wires), line)
    if line.failure is not None:
        raise line.failure


def _work_together(workers: int, work: Callable[[], None], line: WorkQueue) -> None:
    threads = [threading.Thread(target=work, name=f"sender-{n}") for n in range(workers)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as error:  # noqa: BLE001 - raised again by the caller
        # Ctrl-C pressed twice, say: frames in flight still get their answers written down.
        line.fail(error)
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _work(run: FramePoster, line: WorkQueue, wires: ConnectionPool) -> None:
    """Post frames until the line is over; the thread's exceptions go to the caller's."""
    try:
        while (frame := line.take()) is not None:
            _send_frame(run, line, wires, frame)
    except BaseException as error:  # noqa: BLE001 - raised again where the run was started
        line.fail(error)


def _send_frame(
    run: FramePoster, line: WorkQueue, wires: ConnectionPool, frame: FrameRecord
) -> None:
    """Post one frame until it is settled, or cut, or the line is over."""
    if run.is_too_large(frame):
        line.put(run.cut(frame, "The API takes only smaller frames."))
        return
    last = _try(run, line, wires, frame)
    line.leave(frame.number)
    if last is None:
        if run.ledger.frames.get(run.campaign.id, frame.number).state is FrameState.DROPPED:
            run.settled(frame.number)
    elif last.decision.split:
        line.put(run.cut(last.frame, last.decision.answer.get("message", "")))
    elif last.decision.state is not FrameState.PLANNED:
        _settle(run, line, last)


def _try(
    run: FramePoster, line: WorkQueue, wires: ConnectionPool, frame: FrameRecord
) -> Posted | None:
    """Post a frame as often as it needs and may, and give what came of the last post."""
    patience = RetryPolicy(began=run.clock.monotonic(), most_tries=run.pacing.tries)
    last = None
    while line.turn(frame.number):
        with wires.lent() as wire, line.hearing():
            if not _may_go(run, line, frame):
                return last
            if not line.start(frame.number):  # trouble came up while this waited for a wire
                continue
            known = None
            if last is None:  # its time begins when it is posted, not when it is taken
                patience, known = replace(patience, began=run.clock.monotonic()), frame
            posted = run.post(frame.number, wire, line.spending, known)
            if posted is None:
                return last
            line.learn(posted.frame, posted.decision)
        before, last = last, posted
        if posted.decision.split or not posted.decision.again:
            return last
        _end_in_doubt(line, posted, before)
        allowed = line.again(posted.frame, posted.decision, patience)
        if allowed is None:
            return last
        patience, delay = allowed
        _tell_wait(run, posted, delay)
    return last


def _end_in_doubt(line: WorkQueue, posted: Posted, before: Posted | None) -> None:
    """End the line when what may be asked only once was asked before."""
    if before is not None and before.decision.once and posted.decision.once:
        message = posted.decision.answer.get("message", "")
        reason = f"Frame {posted.frame.number} is in doubt: {message}"
        line.finish(RunOutcome(state="stopped", reason=reason, cause=StopCause.DOUBT))


def _tell_wait(run: FramePoster, posted: Posted, delay: float) -> None:
    message = posted.decision.answer.get("message", "")
    fate = "was not taken" if posted.decision.state is FrameState.PLANNED else "is in doubt"
    run.note(f"Frame {posted.frame.number} {fate}, again in {delay:.0f} s: {message}")


def _settle(run: FramePoster, line: WorkQueue, last: Posted) -> None:
    """Tell of a frame that is not posted any more in this run."""
    if last.decision.again:
        line.doubted(last.frame)
    if last.taken is None:
        run.settled(last.frame.number)
    else:
        run.tell(last.taken)
    if last.decision.part:
        message = last.decision.answer.get("message", "")
        run.note(f"The contact in row {last.frame.first_row} is refused: {message}")


def _may_go(run: FramePoster, line: WorkQueue, frame: FrameRecord) -> bool:
    """Ask whether a frame may be posted at this hour; wait for it, or end the line."""
    while not line.over:
        now = run.clock.now()
        late = explain_past(run.campaign, now) or explain_expired(run.campaign, now)
        if late is not None:
            line.finish(RunOutcome(state="stopped", reason=late, cause=StopCause.EXPIRED))
            return False
        closed = run.pacing.gate(frame)
        if closed is None:
            return True
        if not run.pacing.wait_for_hours:
            line.finish(RunOutcome(state="paused", reason=closed.reason, cause=StopCause.HOURS))
            return False
        run.note(closed.reason)
        run.extend(expiry_after(closed.opens_at))
        line.wait_until(closed.opens_at)
    return False


def _verdict(run: FramePoster, line: WorkQueue, stop: threading.Event) -> RunOutcome:
    """Say how the run ended, by what the ledger has."""
    frames = run.ledger.frames.all(run.campaign.id)
    left = sum(one.state in {FrameState.PLANNED, FrameState.INTENT} for one in frames)
    end = line.end
    if not left and not _ends_early(end, any(run.protection.may_cover(one) for one in frames)):
        # Nothing is left to pause or to save; what was noticed is still said.
        return RunOutcome(state="done", reason=None if end is None else end.reason)
    if end is not None:
        return end
    reason = f"frames still to be sent: {left}; resume is safe."
    if stop.is_set():
        return RunOutcome(
            state="interrupted", reason=f"Interrupted, {reason}", cause=StopCause.INTERRUPTED
        )
    return RunOutcome(
        state="interrupted",
        reason=f"Another program changed the ledger, {reason}",
        cause=StopCause.LEDGER,
    )


def _ends_early(end: RunOutcome | None, more_to_do: bool) -> bool:  # noqa: FBT001
    """Whether a run with no planned frame left is not done all the same."""
    if end is None or end.cause is StopCause.COST:
        return False
    return end.state != "paused" or more_to_do
