"""Deadlines of many requests are kept by one thread, each at its own time."""

import threading
import time

from bulksms.octopush.deadlines import CROWD, Watch


def test_an_alarm_goes_off_at_its_time_and_not_before() -> None:
    watch, rung = Watch(), threading.Event()
    start = time.monotonic()
    watch.set(0.2, rung.set)
    assert rung.wait(5)
    assert time.monotonic() - start >= 0.2


def test_an_alarm_that_was_called_off_stays_silent() -> None:
    watch, first, second = Watch(), threading.Event(), threading.Event()
    watch.set(0.1, first.set).cancel()
    watch.set(0.2, second.set)
    assert second.wait(5)
    assert not first.is_set()


def test_a_shorter_patience_set_later_goes_off_first() -> None:
    watch, told, done = Watch(), list[str](), threading.Event()

    def last() -> None:
        told.append("long")
        done.set()

    watch.set(0.4, last)
    time.sleep(0.05)
    watch.set(0.1, lambda: told.append("short"))
    assert done.wait(5)
    assert told == ["short", "long"]


def test_all_alarms_share_one_thread_and_those_called_off_are_forgotten() -> None:
    watch, before = Watch(), threading.active_count()
    for _ in range(10 * CROWD):
        watch.set(60, lambda: None).cancel()
    assert threading.active_count() == before + 1
    assert len(watch._alarms) <= CROWD  # noqa: SLF001 - what is kept
