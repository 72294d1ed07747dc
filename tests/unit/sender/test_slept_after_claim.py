"""A machine that slept between a claim and its post asks again whether the frame may be posted."""

from datetime import datetime, timedelta
from typing import Any

from bulksms.ledger import FrameRecord
from bulksms.sender import ClosedHours, Pacing, RunOutcome, StopCause
from tests.fakes import ScriptedGateway, SenderFixture, SleepyClaims

NIGHT = timedelta(hours=8)


def let_sleep(sender: SenderFixture, seconds: float) -> None:
    sleepy: Any = SleepyClaims(sender.ledger.claims, sender.clock, seconds)
    sender.ledger.claims = sleepy


def test_it_posts_every_frame_once(sender: SenderFixture) -> None:
    let_sleep(sender, NIGHT.total_seconds())
    gateway = ScriptedGateway([])
    assert sender.send(gateway) == RunOutcome(state="done")
    assert len(gateway.bodies) == len(set(gateway.bodies)) == 6
    assert sender.observer.notes == [
        "Frame 1 was not posted: the machine slept or the ledger was slow."
    ]


def test_it_posts_nothing_when_the_hours_have_closed_meanwhile(sender: SenderFixture) -> None:
    let_sleep(sender, NIGHT.total_seconds())
    opens_at: datetime = sender.clock.now() + 3 * NIGHT
    bedtime = sender.clock.now() + NIGHT / 2

    def closed_hours(_frame: FrameRecord) -> ClosedHours | None:
        if sender.clock.now() < bedtime:
            return None
        return ClosedHours(reason="It is night.", opens_at=opens_at)

    gateway = ScriptedGateway([])
    outcome = sender.send(gateway, Pacing(closed_hours=closed_hours))
    assert (outcome.state, outcome.cause) == ("paused", StopCause.HOURS)
    assert gateway.bodies == []
    assert sender.states == ["planned"] * 6
