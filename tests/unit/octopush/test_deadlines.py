"""One thread keeps the deadlines of all requests."""

import threading

from bulksms.octopush.deadlines import Deadlines

LONG = 60.0


def test_what_takes_too_long_is_ended() -> None:
    expired = threading.Event()
    with Deadlines().limit(0.01, expired.set):
        assert expired.wait(5)


def test_a_shorter_deadline_is_kept_among_longer_ones() -> None:
    deadlines, early, late = Deadlines(), threading.Event(), threading.Event()
    with deadlines.limit(LONG, late.set), deadlines.limit(0.01, early.set):
        assert early.wait(5)
    assert not late.is_set()


def test_nothing_is_ended_after_its_block() -> None:
    deadlines, ended, other = Deadlines(), threading.Event(), threading.Event()
    with deadlines.limit(0.02, ended.set):
        pass
    with deadlines.limit(0.04, other.set):
        assert other.wait(5)
    assert not ended.is_set()


def test_a_deadline_is_kept_after_others_passed() -> None:
    deadlines = Deadlines()
    for _ in range(3):
        expired = threading.Event()
        with deadlines.limit(0.01, expired.set):
            assert expired.wait(5)


def keepers() -> int:
    return sum(thread.name == "deadlines" for thread in threading.enumerate())


def test_one_thread_keeps_all_deadlines() -> None:
    deadlines, idle, before = Deadlines(), threading.Event().set, keepers()
    with deadlines.limit(LONG, idle), deadlines.limit(LONG, idle), deadlines.limit(LONG, idle):
        assert keepers() == before + 1
