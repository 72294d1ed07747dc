"""A machine was suspended if any of three clocks says so."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bulksms.sender.suspension import SuspensionCheck

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


class Clocks:
    """Three clocks that are set by hand."""

    def __init__(self) -> None:
        self.steady, self.wall, self.boot = 100.0, NOON, 5_000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        raise AssertionError((seconds, wake))


@pytest.mark.parametrize(
    ("steady", "wall", "boot", "passed"),
    [
        (1.0, 1.0, 1.0, 1.0),
        (0.5, 40.0, 40.0, 40.0),  # asleep, and the steady clock stood still
        (0.5, 0.5, 40.0, 40.0),  # asleep, and the wall clock was set back by as much
        (20.0, 0.0, 20.0, 20.0),  # stopped, and the wall clock was set back
        (0.5, -30.0, 0.5, 30.0),  # set back: how long that was is unknown
    ],
)
def test_the_clock_that_makes_it_longest_counts(
    steady: float, wall: float, boot: float, passed: float
) -> None:
    clocks = Clocks()
    check = SuspensionCheck(clocks, lambda: clocks.boot)
    before = check.moment()
    clocks.steady += steady
    clocks.wall += timedelta(seconds=wall)
    clocks.boot += boot
    assert check.since(before) == passed


def test_two_clocks_do_where_there_is_no_third() -> None:
    clocks = Clocks()
    check = SuspensionCheck(clocks, lambda: None)
    before = check.moment()
    clocks.wall += timedelta(seconds=17)
    assert check.since(before) == 17
