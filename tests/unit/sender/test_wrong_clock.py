"""A clock that the server contradicts stops the run, and a post under it is never repeated."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bulksms.ledger import FrameRecord, Ledger, ProofRecord
from bulksms.octopush.outcomes import Outcome
from bulksms.sender import ClosedHours, Pacing, StopCause
from tests.fakes import ACCEPTED, FakeClock, ScriptedGateway, SenderFixture

NOON = FakeClock().now()
PROOF = ProofRecord(
    account="a", base_url="b", proved_at=NOON, protects=True, window=timedelta(hours=24)
)


class WrongClock(FakeClock):
    """A wall clock that is off by `error`, which can be put right."""

    error = timedelta()

    def now(self) -> datetime:
        return super().now() + self.error


class Crash(BaseException):
    """The machine dies while the frame is in flight."""


@pytest.fixture
def sender(ledger: Ledger) -> SenderFixture:
    fixture = SenderFixture(ledger, proof=PROOF)
    fixture.clock = WrongClock()
    return fixture


def clock_of(sender: SenderFixture) -> WrongClock:
    assert isinstance(sender.clock, WrongClock)
    return sender.clock


def true_time(sender: SenderFixture) -> Callable[[], datetime | None]:
    return lambda: sender.clock.now() - clock_of(sender).error


def gateway(
    sender: SenderFixture, *outcomes: Outcome | BaseException, gives_time: bool = True
) -> ScriptedGateway:
    server_clock = true_time(sender) if gives_time else (lambda: None)
    return ScriptedGateway(list(outcomes), server_clock=server_clock)


@pytest.mark.parametrize("error", [timedelta(minutes=2), timedelta(hours=-5), timedelta(days=-4)])
def test_a_clock_that_the_server_contradicts_posts_nothing(
    sender: SenderFixture, error: timedelta
) -> None:
    clock_of(sender).error = error
    posted = gateway(sender)
    outcome = sender.send(posted)
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.CLOCK)
    assert posted.bodies == []
    clock_of(sender).error = timedelta()
    assert sender.send(gateway(sender)).state == "done"


def test_a_slow_clock_does_not_send_an_expired_campaign(ledger: Ledger) -> None:
    sender = SenderFixture(ledger, expires_at=NOON)
    sender.clock = WrongClock()
    clock_of(sender).error = timedelta(days=-4)
    posted = gateway(sender)
    assert sender.send(posted).cause is StopCause.CLOCK
    assert posted.bodies == []


def test_a_slow_clock_does_not_open_the_quiet_hours(sender: SenderFixture) -> None:
    clock = clock_of(sender)
    clock.error = timedelta(hours=-5)

    def closed(_frame: FrameRecord) -> ClosedHours | None:
        opens_at = NOON - timedelta(hours=1)
        return None if clock.now() < opens_at else ClosedHours(reason="night", opens_at=opens_at)

    posted = gateway(sender)
    assert sender.send(posted, Pacing(closed_hours=closed)).cause is StopCause.CLOCK
    assert posted.bodies == []


def test_a_clock_set_wrong_in_the_middle_stops_the_run(sender: SenderFixture) -> None:
    def set_back(count: int) -> None:
        if count == 2:
            clock_of(sender).error = timedelta(hours=-3)

    posted = gateway(sender)
    posted.on_post = set_back
    outcome = sender.send(posted)
    assert outcome.cause is StopCause.CLOCK
    assert len(posted.bodies) == 2


@pytest.mark.parametrize("hours", [3, 20])
def test_a_clock_ahead_at_the_first_post_and_then_put_right_repeats_nothing(
    sender: SenderFixture, hours: int
) -> None:
    """The server did not give its time when the frame was posted, so that nothing stopped it."""
    clock = clock_of(sender)
    clock.error = timedelta(hours=hours)
    with pytest.raises(Crash):
        sender.send(gateway(sender, Crash(), gives_time=False))
    clock.error = timedelta()
    clock.seconds = (hours + 22 - 1) * 3600  # within 22 h by the wrong clock, past 24 h for 20
    posted = gateway(sender)
    assert sender.send(posted).state == "done"
    assert posted.bodies.count(b"frame 1") == 0
    assert sender.states[0] == "in_doubt"


def test_without_the_server_time_at_the_first_post_there_is_no_repeat(
    sender: SenderFixture,
) -> None:
    with pytest.raises(Crash):
        sender.send(gateway(sender, Crash(), gives_time=False))
    posted = gateway(sender)
    sender.send(posted)
    assert posted.bodies.count(b"frame 1") == 0


def test_a_clock_behind_the_ledger_posts_nothing_while_the_server_gives_no_time(
    sender: SenderFixture,
) -> None:
    clock = clock_of(sender)
    with pytest.raises(Crash):
        sender.send(gateway(sender, ACCEPTED, Crash(), gives_time=False))
    clock.error = timedelta(hours=-2)
    posted = gateway(sender, gives_time=False)
    assert sender.send(posted).cause is StopCause.CLOCK
    assert posted.bodies == []
