"""Our clock is compared with the server's, and with the ledger where no server time is known."""

from datetime import UTC, datetime, timedelta

import pytest

from bulksms.sender.clock_check import ClockCheck
from tests.fakes import FakeClock

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


class Server:
    """A server whose clock differs from ours."""

    def __init__(self, clock: FakeClock, ahead: timedelta = timedelta()) -> None:
        self.clock, self.ahead, self.asked = clock, ahead, 0

    def server_time(self) -> datetime | None:
        self.asked += 1
        return self.clock.now() + self.ahead


@pytest.mark.parametrize(
    ("seconds", "agrees"), [(0, True), (59, True), (-59, True), (60, False), (-60, False)]
)
def test_a_minute_is_too_much(seconds: float, agrees: bool) -> None:
    clock = FakeClock()
    check = ClockCheck(clock)
    check.ask(Server(clock, timedelta(seconds=seconds)))
    assert (check.agreed_time() is not None) is agrees
    assert (check.explain_error() is None) is agrees


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=4), "4 days slow compared with Octopush (2027-03-05 12:00 UTC)"),
        (timedelta(hours=-5), "5 hours fast compared with Octopush (2027-03-01 07:00 UTC)"),
        (timedelta(seconds=90), "2 minutes slow"),
        (timedelta(seconds=61), "1 minute slow"),
    ],
)
def test_the_error_says_how_wrong_the_clock_is(ahead: timedelta, words: str) -> None:
    clock = FakeClock()
    check = ClockCheck(clock)
    check.ask(Server(clock, ahead))
    assert words in (check.explain_error() or "")


def test_the_server_time_advances_with_the_monotonic_clock() -> None:
    clock = FakeClock()
    check = ClockCheck(clock)
    check.ask(Server(clock, timedelta(seconds=30)))
    clock.seconds += 3600
    assert check.agreed_time() == NOON + timedelta(hours=1, seconds=30)


def test_a_contradiction_is_only_believed_when_the_server_repeats_it() -> None:
    clock = FakeClock()
    check, server = ClockCheck(clock), Server(clock)
    check.learn(NOON - timedelta(hours=8), sent_at=0.0)  # before the machine slept, say
    assert check.explain_error() is not None
    assert check.explain_error(server) is None
    assert server.asked == 1


def test_the_date_of_a_slow_answer_says_nothing() -> None:
    clock = FakeClock()
    check = ClockCheck(clock)
    clock.seconds = 31
    check.learn(NOON, sent_at=0.0)
    assert check.agreed_time() is None
    assert check.explain_error() is None
    check.learn(NOON + timedelta(seconds=31), sent_at=1.0)
    assert check.agreed_time() == NOON + timedelta(seconds=31)


def test_without_server_time_the_newest_entry_of_the_ledger_shows_a_clock_that_went_back() -> None:
    clock = FakeClock()
    assert ClockCheck(clock, NOON + timedelta(seconds=59)).explain_error() is None
    check = ClockCheck(clock, NOON + timedelta(minutes=1))
    assert "behind the last entry of the ledger (2027-03-01 12:01 UTC)" in (
        check.explain_error() or ""
    )
    check.ask(Server(clock))
    assert check.explain_error() is None


def test_nothing_known_is_neither_agreement_nor_error() -> None:
    check = ClockCheck(FakeClock())
    assert check.agreed_time() is None
    assert check.explain_error() is None
