"""Posts the planned frames of a campaign, each at most once, and writes down every answer.

The order is the promise: claim on the disk, post, answer on the disk, and only then
everything else. Whatever breaks in between leaves the frame an `intent`, which the next
start puts in doubt and never posts by itself.
"""

import threading
from collections.abc import Callable
from contextlib import closing

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger
from bulksms.sender.interface import Cause, Observer, Pacing, Poster, SilentObserver, Verdict
from bulksms.sender.judgement import Judgement, judge
from bulksms.sender.leaving_out import leave_out_opted_out
from bulksms.sender.line import Line

__all__ = ["send_frames"]


class Run:
    """One run of one campaign: what its workers share."""

    def __init__(
        self, ledger: Ledger, campaign: CampaignRecord, pacing: Pacing, observer: Observer
    ) -> None:
        self.ledger = ledger
        self.campaign = campaign
        self.campaign_id = campaign.id
        self.pacing = pacing
        self.observer = observer
        self.talking = threading.Lock()  # observers are told one thing at a time

    def note(self, sentence: str) -> None:
        """Tell the observer something."""
        with self.talking:
            self.observer.note(sentence)

    def settled(self, number: int) -> None:
        """Tell the observer of a frame, as the ledger has it."""
        record = self.ledger.frame(self.campaign_id, number)
        with self.talking:
            self.observer.frame_settled(record)


def send_frames(  # noqa: PLR0913, PLR0917 - clock and stop are arguments, no test waits
    ledger: Ledger,
    client_factory: Callable[[], Poster],
    campaign: CampaignRecord,
    pacing: Pacing,
    clock: Clock,
    observer: Observer | None = None,
    stop: threading.Event | None = None,
) -> Verdict:
    """Post every planned frame, under the campaign's lock which the caller holds.

    Raises:
        LedgerError: the ledger failed; nothing more was posted.
    """
    run = Run(ledger, campaign, pacing, observer or SilentObserver())
    stop = stop or threading.Event()
    crashed = ledger.doubt_left_by_crash(campaign.id, clock.now())
    ledger.set_state(campaign.id, "sending")
    frames = ledger.frames(campaign.id)
    line = Line(frames, pacing, clock, stop)
    planned = [one.contacts for one in frames if one.state is FrameState.PLANNED]
    run.observer.started(len(planned), sum(planned))
    if crashed:
        run.note(f"Frames on their way when the last run ended, now in doubt: {crashed}.")
    _work_line(run, line, client_factory, clock)
    verdict = _verdict(run, line, stop)
    ledger.set_state(campaign.id, verdict.state, verdict.reason)
    return verdict


def _work_line(run: Run, line: Line, client_factory: Callable[[], Poster], clock: Clock) -> None:
    """Post alone until a first frame was taken as expected, then with every worker."""
    workers = 1 if run.pacing.max_cost is not None else run.pacing.concurrency
    with closing(client_factory()) as client:
        while (workers == 1 or not line.proven) and (frame := line.take()) is not None:
            _send_frame(run, line, client, clock, frame)
    if not line.over and workers > 1:
        _work_together(workers, lambda: _work(run, line, client_factory, clock), line)
    if line.failure is not None:
        raise line.failure


def _work_together(workers: int, work: Callable[[], None], line: Line) -> None:
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


def _work(run: Run, line: Line, client_factory: Callable[[], Poster], clock: Clock) -> None:
    """Post frames until the line is over; the thread's exceptions go to the caller's."""
    try:
        with closing(client_factory()) as client:
            while (frame := line.take()) is not None:
                _send_frame(run, line, client, clock, frame)
    except BaseException as error:  # noqa: BLE001 - raised again where the run was started
        line.fail(error)


def _send_frame(run: Run, line: Line, client: Poster, clock: Clock, frame: FrameRecord) -> None:
    """Post one frame until it is settled, or the line is over."""
    for failures in range(1, run.pacing.tries + 1):
        if not line.turn():
            return
        judged = _post_once(run, line, client, clock, frame)
        if judged is None:
            return
        if judged.state is not FrameState.PLANNED:
            run.settled(frame.number)
            return
        if judged.end is not None:
            return
        message = judged.answer.get("message", "")
        if failures < run.pacing.tries:
            delay = line.hold(failures, judged.retry_after)
            run.note(f"Frame {frame.number} was not taken, again in {delay:.0f} s: {message}")
        else:
            reason = f"Frame {frame.number} was not taken in {failures} tries: {message}"
            line.finish(Verdict(state="paused", reason=reason, cause=Cause.ACCOUNT))


def _open(run: Run, line: Line, frame: FrameRecord) -> bool:
    """Ask whether a frame may be posted at this hour; wait for it, or pause the line."""
    while not line.over and (closed := run.pacing.gate(frame)) is not None:
        if not run.pacing.wait_for_hours:
            line.finish(Verdict(state="paused", reason=closed.reason, cause=Cause.HOURS))
            return False
        run.note(closed.reason)
        line.wait_until(closed.opens_at)
    return not line.over


def _post_once(
    run: Run, line: Line, client: Poster, clock: Clock, frame: FrameRecord
) -> Judgement | None:
    """Claim, post, write the answer down; nothing else may come between these three."""
    if not _open(run, line, frame):
        return None
    frame = leave_out_opted_out(run.ledger, run.campaign, frame.number, clock.now())
    if frame.state is FrameState.DROPPED:
        run.settled(frame.number)
        return None
    body = run.ledger.body(run.campaign_id, frame.number)
    if not run.ledger.claim(run.campaign_id, frame.number, clock.now()):
        return None
    outcome = client.post(body)
    judged = judge(frame, outcome, run.pacing.expected_sms.get(frame.number))
    run.ledger.record(run.campaign_id, frame.number, judged.state, clock.now(), **judged.answer)
    line.learn(frame, judged)
    return judged


def _verdict(run: Run, line: Line, stop: threading.Event) -> Verdict:
    """Say how the run ended, by what the ledger has."""
    standing = run.ledger.standing(run.campaign_id)
    left = standing[FrameState.PLANNED] + standing[FrameState.INTENT]
    end = line.end
    if not left and (end is None or end.state == "paused" or end.cause is Cause.COST):
        # Nothing is left to pause or to save; what was noticed is still said.
        return Verdict(state="done", reason=None if end is None else end.reason)
    if end is not None:
        return end
    reason = f"frames still to be sent: {left}; resume is safe."
    if stop.is_set():
        return Verdict(
            state="interrupted", reason=f"Interrupted, {reason}", cause=Cause.INTERRUPTED
        )
    return Verdict(
        state="interrupted",
        reason=f"Another program changed the ledger, {reason}",
        cause=Cause.LEDGER,
    )
