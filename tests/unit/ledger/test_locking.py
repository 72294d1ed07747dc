"""One campaign of an account is sent at a time."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from bulksms.ledger import open_ledger
from bulksms.ledger.locking import QuickLock

POSIX = pytest.mark.skipif(os.name != "posix", reason="there, everybody waits with FileLock")


class Waits:
    """A clock that counts how often somebody waits."""

    def __init__(self) -> None:
        self.count = 0

    def now(self) -> datetime:
        return datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        assert 0 < seconds <= 1
        self.count += 1
        return wake.wait(0.01)


def test_a_second_campaign_of_the_account_waits_for_the_first(tmp_path: Path) -> None:
    clock, told = Waits(), list[str]()
    release, inside = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with (
            open_ledger(tmp_path) as ledger,
            ledger.account_lock("desk", lambda: None, threading.Event()) as held,
        ):
            assert held
            inside.set()
            release.wait(10)
            order.append("first ends")

    def tell() -> None:
        told.append("waiting")
        release.set()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with (
        open_ledger(tmp_path, clock=clock) as ledger,
        ledger.account_lock("desk", tell, threading.Event()) as held,
    ):
        order.append("second begins")
        assert held
    thread.join()
    assert order == ["first ends", "second begins"]
    assert told == ["waiting"]
    assert clock.count > 0


def test_another_account_does_not_wait(tmp_path: Path) -> None:
    with (
        open_ledger(tmp_path) as ledger,
        ledger.account_lock("desk", lambda: None, threading.Event()) as one,
        ledger.account_lock("shop", lambda: None, threading.Event()) as other,
    ):
        assert one
        assert other


def test_an_order_to_stop_ends_the_waiting(tmp_path: Path) -> None:
    stop = threading.Event()
    with (
        open_ledger(tmp_path) as ledger,
        ledger.account_lock("desk", lambda: None, stop),
        open_ledger(tmp_path, clock=Waits()) as other,
        other.account_lock("desk", stop.set, stop) as held,
    ):
        assert not held


@POSIX
def test_the_quick_lock_and_the_patient_one_are_one_lock(tmp_path: Path) -> None:
    file = tmp_path / "a.lock"
    quick, other, patient = QuickLock(file), QuickLock(file), FileLock(file, thread_local=False)
    assert not quick.take()  # whoever waits with the patient one makes the file
    with patient:
        assert not quick.take()
    assert quick.take()
    assert not other.take()
    with pytest.raises(Timeout):
        patient.acquire(timeout=0)
    quick.release()
    assert other.take()
    other.close()
    with patient:
        assert not quick.take()
    quick.close()


@POSIX
def test_a_lock_whose_file_was_replaced_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "a.lock"
    file.touch()
    quick = QuickLock(file)
    assert quick.take()
    quick.release()
    file.unlink()
    assert not quick.take()
    file.touch()
    assert quick.take()
    quick.close()
