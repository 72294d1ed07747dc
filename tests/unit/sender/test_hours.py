import threading
from datetime import UTC, datetime, timedelta

from bulksms.ledger import FrameRecord
from bulksms.sender import ClosedHours, Pacing, RunOutcome, StopCause
from tests.unit.sender.desk import Desk, FakeClock, Script

OPENS = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)
CLOSED = ClosedHours(reason="Frame 3 must wait until 14:00.", opens_at=OPENS)


def third_waits(desk: Desk, *, wait: bool = False) -> Pacing:
    """Frame 3 may go from 14:00 on; it is noon."""

    def gate(frame: FrameRecord) -> ClosedHours | None:
        return CLOSED if frame.number == 3 and desk.clock.now() < OPENS else None

    return Pacing(chance=lambda: 1.0, gate=gate, wait_for_hours=wait)


def test_a_frame_whose_hours_are_closed_pauses_the_line_before_it_is_claimed(desk: Desk) -> None:
    script = Script([])
    verdict = desk.send(script, third_waits(desk))
    assert verdict == RunOutcome(state="paused", reason=CLOSED.reason, cause=StopCause.HOURS)
    assert script.bodies == [b"frame 1", b"frame 2"]
    assert desk.states == ["accepted"] * 2 + ["planned"] * 4
    assert desk.ledger.frames.get(desk.campaign.id, 3).attempts == 0
    assert desk.state == ("paused", CLOSED.reason)


def test_the_hours_are_waited_for_when_asked(desk: Desk) -> None:
    script = Script([])
    assert desk.send(script, third_waits(desk, wait=True)).state == "done"
    assert desk.clock.now() >= OPENS
    assert desk.ears.notes == [CLOSED.reason]
    assert len(script.bodies) == 6


def test_waiting_for_the_hours_can_be_interrupted(desk: Desk) -> None:
    stop = threading.Event()
    pacing = third_waits(desk, wait=True)

    class Impatient(FakeClock):
        def wait(self, seconds: float, wake: threading.Event) -> bool:
            if self.now() > OPENS - timedelta(hours=1):
                stop.set()
            return super().wait(seconds, wake)

    desk.clock = Impatient()
    script = Script([])
    assert desk.send(script, pacing, stop=stop).state == "interrupted"
    assert script.bodies == [b"frame 1", b"frame 2"]
    assert desk.clock.now() < OPENS
