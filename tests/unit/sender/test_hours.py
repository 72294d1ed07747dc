import threading
from datetime import UTC, datetime, timedelta

from bulksms.ledger import FrameRecord
from bulksms.sender import ClosedHours, Pacing, RunOutcome, StopCause
from tests.fakes import FakeClock, ScriptedGateway, SenderFixture

OPENS = datetime(2027, 3, 1, 14, 0, tzinfo=UTC)
CLOSED = ClosedHours(reason="Frame 3 must wait until 14:00.", opens_at=OPENS)


def third_waits(sender: SenderFixture, *, wait: bool = False) -> Pacing:
    """Frame 3 may go from 14:00 on; it is noon."""

    def gate(frame: FrameRecord) -> ClosedHours | None:
        return CLOSED if frame.number == 3 and sender.clock.now() < OPENS else None

    return Pacing(chance=lambda: 1.0, closed_hours=gate, wait_for_hours=wait)


def test_a_frame_whose_hours_are_closed_pauses_the_line_before_it_is_claimed(
    sender: SenderFixture,
) -> None:
    gateway = ScriptedGateway([])
    outcome = sender.send(gateway, third_waits(sender))
    assert outcome == RunOutcome(state="paused", reason=CLOSED.reason, cause=StopCause.HOURS)
    assert gateway.bodies == [b"frame 1", b"frame 2"]
    assert sender.states == ["accepted"] * 2 + ["planned"] * 4
    assert sender.ledger.frames.get(sender.campaign.id, 3).attempts == 0
    assert sender.state == ("paused", CLOSED.reason)


def test_the_hours_are_waited_for_when_asked(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([])
    assert sender.send(gateway, third_waits(sender, wait=True)).state == "done"
    assert sender.clock.now() >= OPENS
    assert sender.observer.notes == [CLOSED.reason]
    assert len(gateway.bodies) == 6


def test_waiting_for_the_hours_can_be_interrupted(sender: SenderFixture) -> None:
    stop = threading.Event()
    pacing = third_waits(sender, wait=True)

    class Impatient(FakeClock):
        def wait(self, seconds: float, wake: threading.Event) -> bool:
            if self.now() > OPENS - timedelta(hours=1):
                stop.set()
            return super().wait(seconds, wake)

    sender.clock = Impatient()
    gateway = ScriptedGateway([])
    assert sender.send(gateway, pacing, stop=stop).state == "interrupted"
    assert gateway.bodies == [b"frame 1", b"frame 2"]
    assert sender.clock.now() < OPENS
