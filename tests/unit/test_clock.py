import threading
from datetime import timedelta

from bulksms.clock import SystemClock


def test_the_wall_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_the_monotonic_clock_never_runs_backwards() -> None:
    clock = SystemClock()

    assert clock.monotonic() <= clock.monotonic()


def test_a_wait_ends_at_once_when_woken() -> None:
    wake = threading.Event()
    wake.set()

    assert SystemClock().wait(3600, wake) is True


def test_a_wait_that_no_one_ends_says_so() -> None:
    assert SystemClock().wait(0, threading.Event()) is False
