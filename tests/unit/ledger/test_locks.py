"""One process sends a campaign, and one campaign of an account is sent at a time."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from bulksms.errors import LedgerBusy
from bulksms.ledger import Ledger
from tests.builders import ledger_in


class Waits:
    """A clock that counts how often someone waits."""

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
    clock, waits = Waits(), list[str]()
    release, inside = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with (
            ledger_in(tmp_path) as ledger,
            ledger.locks.account("desk", lambda: None, threading.Event()) as held,
        ):
            assert held
            inside.set()
            release.wait(10)
            order.append("first ends")

    def on_wait() -> None:
        waits.append("waiting")
        release.set()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with (
        ledger_in(tmp_path, clock=clock) as ledger,
        ledger.locks.account("desk", on_wait, threading.Event()) as held,
    ):
        order.append("second begins")
        assert held
    thread.join()
    assert order == ["first ends", "second begins"]
    assert waits == ["waiting"]
    assert clock.count > 0


def test_another_account_does_not_wait(tmp_path: Path) -> None:
    with (
        ledger_in(tmp_path) as ledger,
        ledger.locks.account("desk", lambda: None, threading.Event()) as desk_lock,
        ledger.locks.account("shop", lambda: None, threading.Event()) as other,
    ):
        assert desk_lock
        assert other


def test_a_stop_ends_the_wait_for_an_account(tmp_path: Path) -> None:
    stop = threading.Event()
    with (
        ledger_in(tmp_path) as ledger,
        ledger.locks.account("desk", lambda: None, stop),
        ledger_in(tmp_path, clock=Waits()) as other,
        other.locks.account("desk", stop.set, stop) as held,
    ):
        assert not held


def test_one_process_writes_the_witnesses(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        elsewhere = FileLock(tmp_path / "locks" / "witness.lock", thread_local=False)
        with ledger.locks.witnesses(), pytest.raises(Timeout):
            elsewhere.acquire(timeout=0)
        with elsewhere:
            pass


def test_a_campaign_lock_that_is_held_can_be_seen(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger, ledger_in(tmp_path) as other:
        assert not other.locks.is_held("spring")
        assert not (tmp_path / "locks").exists()
        with ledger.locks.campaign("spring"):
            assert other.locks.is_held("spring")
            assert not other.locks.is_held("autumn")
        assert not other.locks.is_held("spring")
        with ledger.locks.campaign("spring"):
            pass


def test_one_process_sends_a_campaign(ledger: Ledger, open_again: Callable[[], Ledger]) -> None:
    with (
        ledger.locks.campaign("spring"),
        open_again() as other,
        pytest.raises(LedgerBusy, match="Another process"),
        other.locks.campaign("spring"),
    ):
        pass
    with ledger.locks.campaign("spring"), ledger.locks.campaign("autumn"):
        pass
