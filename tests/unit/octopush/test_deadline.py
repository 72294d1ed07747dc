"""What takes too long is cut, and nothing after it; a thread for all of them ends by itself."""

import threading
import time

from bulksms.octopush.deadline import Deadline


def _watches() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "deadline"}


def test_what_takes_too_long_is_cut_once() -> None:
    cut = threading.Event()
    deadline = Deadline(0.05, cut.set)
    with deadline:
        assert cut.wait(10)
    cut.clear()
    with deadline:
        pass
    deadline.close()
    assert not cut.is_set()


def test_what_ends_in_time_is_never_cut_and_all_share_a_thread() -> None:
    cuts: list[int] = []
    deadline, before = Deadline(60, lambda: cuts.append(1)), _watches()
    seen: set[threading.Thread] = set()
    for _ in range(50):
        with deadline:
            seen |= _watches() - before
    deadline.close()
    (watch,) = seen
    watch.join(10)
    assert not watch.is_alive()
    assert cuts == []


def test_a_later_request_has_its_whole_time() -> None:
    cut = threading.Event()
    deadline = Deadline(0.4, cut.set)
    with deadline:
        time.sleep(0.3)
    began = time.monotonic()
    with deadline:
        assert cut.wait(10)
    assert time.monotonic() - began >= 0.4
    deadline.close()
