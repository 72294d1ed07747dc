"""Posts the frames of a queue with several threads: the same for a single run and for a lane."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from bulksms.ledger import FrameRecord, FrameState
from bulksms.sender.connections import ConnectionPool, Lease
from bulksms.sender.expiry import (
    expiry_after,
    explain_expired,
    explain_late_start,
    explain_past,
)
from bulksms.sender.interface import ApiConnection, RunOutcome, StopCause
from bulksms.sender.limits import RetryPolicy
from bulksms.sender.post_frame import FramePoster, PostResult
from bulksms.sender.reframe import MIN_HALF
from bulksms.sender.suspension import MachineSuspendedError
from bulksms.sender.work_queue import WorkQueue

__all__ = ["post_queue"]

WORKERS_PER_CONNECTION = 2  # one posts while the other records the last answer


def post_queue(
    poster: FramePoster,
    queue: WorkQueue,
    client_factory: Callable[[], ApiConnection],
    *,
    size: int,
    ask_time: bool,
) -> None:
    """Post alone until a first frame was accepted as planned, then on `size` connections."""
    poster.ledger.claims.tell_delays(
        lambda error: poster.note(
            f"{error} The answers of Octopush are kept and tried again for ten minutes; nothing "
            "more is posted meanwhile."
        )
    )
    with closing(ConnectionPool(client_factory, size)) as pool:
        if ask_time and not queue.is_over:
            with pool.lease() as lease:
                poster.clock_check.ask(lease)
        if size == 1:
            while (frame := queue.take()) is not None:
                _send_frame(poster, queue, pool, frame)
        elif not queue.is_over:
            _run_threads(WORKERS_PER_CONNECTION * size, lambda: _work(poster, queue, pool), queue)
    if queue.failure is not None:
        raise queue.failure


def _run_threads(workers: int, work: Callable[[], None], queue: WorkQueue) -> None:
    """Work in one thread until a first frame was accepted, and then in all of them."""

    def begin() -> None:
        try:
            work()
        finally:
            queue.open_to_all()

    def follow() -> None:
        queue.wait_for_first()
        work()

    threads = [
        threading.Thread(target=follow if number else begin, name=f"sender-{number}")
        for number in range(workers)
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as error:  # noqa: BLE001 - raised again by the caller
        # A second Ctrl-C, for example: frames in flight still get their answers recorded.
        queue.fail(error)
        queue.open_to_all()
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
    # Another worker may have it by now.
    if _is_too_large(queue, frame) and poster.read(frame.number).state is FrameState.PLANNED:
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


def _is_too_large(queue: WorkQueue, frame: FrameRecord) -> bool:
    """Whether a frame of that size was refused for it before, and can be cut."""
    too_large = queue.too_large is not None and frame.contacts >= queue.too_large
    return too_large and frame.contacts >= 2 * MIN_HALF


def _try(
    poster: FramePoster, queue: WorkQueue, pool: ConnectionPool, frame: FrameRecord
) -> PostResult | None:
    """Post a frame as often as it needs and may, and return the last result."""
    policy = RetryPolicy(started_at=poster.clock.monotonic(), max_tries=poster.pacing.tries)
    last = None
    poster.prefetch.load(frame)
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
            result = _post(poster, queue, lease, frame.number, unchanged)
            if result is None:
                return last
        if isinstance(result, MachineSuspendedError):
            continue
        before, last = last, result
        following = _allow_retry(poster, queue, result, before, policy)
        if following is None:
            return last
        policy = following
    return last


def _post(
    poster: FramePoster, queue: WorkQueue, lease: Lease, number: int, unchanged: FrameRecord | None
) -> PostResult | MachineSuspendedError | None:
    """Post a frame once, and count what became of it; None when it may not be posted."""
    try:
        result = poster.post(
            number, lease, queue.spending, queue.delay_others, unchanged, queue.terms()
        )
    except MachineSuspendedError as suspended:
        queue.obey_order()
        return suspended
    if result is None:
        queue.obey_order()
    else:
        queue.update(result.frame, result.decision)
    return result


def _allow_retry(
    poster: FramePoster,
    queue: WorkQueue,
    result: PostResult,
    before: PostResult | None,
    policy: RetryPolicy,
) -> RetryPolicy | None:
    """Return the policy after one more try, if there is to be one."""
    if result.decision.split or not result.decision.repeat:
        return None
    _stop_second_repeat(queue, result, before)
    allowed = queue.allow_retry(result.frame, result.decision, policy)
    if allowed is None:
        return None
    policy, delay = allowed
    _note_retry(poster, result, delay)
    return policy


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
