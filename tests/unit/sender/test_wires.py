"""As many frames are under way as was asked for; a bad answer keeps its place until it is heard."""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import Ledger
from bulksms.sender import Pacing
from bulksms.sender.connections import ConnectionPool
from tests.unit.sender.desk import BROKE, TAKEN, Desk, Script, frozen


class Crowd(Script):
    """Counts how many posts are under way at once."""

    def __init__(self) -> None:
        super().__init__([], on_post=self.linger)
        self.now = self.most = 0
        self._count = threading.Lock()

    def linger(self, _count: int) -> None:
        with self._count:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._count:
            self.now -= 1


def test_no_more_frames_are_under_way_than_was_asked_for(ledger: Ledger) -> None:
    desk, crowd = Desk(ledger, [frozen(number) for number in range(1, 61)]), Crowd()
    assert desk.send(crowd, Pacing(concurrency=3)).state == "done"
    assert crowd.most == 3
    assert crowd.opened == crowd.closed == 3
    assert sorted(desk.ears.settled) == [(number, "accepted") for number in range(1, 61)]


@pytest.mark.parametrize(("took", "stride"), [(2, 0.25), (60, 0.5), (0, None)])
def test_those_that_follow_the_first_frame_leave_one_after_the_other(
    ledger: Ledger, took: float, stride: float | None
) -> None:
    """An answer that takes two seconds spreads two others over a quarter of them; 60 are as 4."""
    desk = Desk(ledger, [frozen(number) for number in range(1, 7)])

    def answer(count: int) -> None:
        desk.clock.seconds += took if count == 1 else 0

    assert desk.send(Script([], on_post=answer), Pacing(concurrency=3)).state == "done"
    assert (desk.clock.waited[0] if desk.clock.waited else None) == stride


def test_after_a_bad_answer_nobody_takes_its_place(tmp_path: Path, desk: Desk) -> None:
    """The answer cannot be written down at once, since another program holds the ledger."""

    def hold(count: int) -> None:
        if count == 2:
            busy.execute("BEGIN IMMEDIATE")
            threading.Timer(0.3, busy.rollback).start()
        if count == 3:
            time.sleep(0.6)

    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", check_same_thread=False)) as busy:
        # The second and the third leave together, and one of them is told to stop.
        script = Script([TAKEN, BROKE], on_post=hold)
        assert desk.send(script, Pacing(concurrency=2)).state != "done"
    assert len(script.bodies) <= 3


@pytest.mark.parametrize("fault", ["answer refused", "exception"])
def test_nothing_is_posted_once_the_ledger_or_the_way_has_failed(
    tmp_path: Path, ledger: Ledger, fault: str
) -> None:
    desk = Desk(ledger, [frozen(number) for number in range(1, 41)])
    begun: list[float] = []
    failed: list[float] = []

    def answer(count: int) -> None:
        begun.append(time.monotonic())
        time.sleep(0.02 if count == 5 else 0.05)
        if count == 5 and fault == "answer refused":
            with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", timeout=30)) as other, other:
                other.execute("UPDATE frame SET state = 'in_doubt' WHERE state = 'intent'")
        if count == 5:
            failed.append(time.monotonic())
        if count == 5 and fault == "exception":
            raise RuntimeError(fault)

    expected = LedgerError if fault == "answer refused" else RuntimeError
    with pytest.raises(expected):
        desk.send(Script([], on_post=answer), Pacing(concurrency=4))
    assert [moment for moment in begun if moment > failed[0]] == []


def test_a_wire_that_was_given_back_can_be_lent_again_before_its_lender_is_done() -> None:
    script, third = Script([]), threading.Event()
    wires = ConnectionPool(script, 1)

    def borrow() -> None:
        with wires.lent():
            third.set()

    waiting = threading.Thread(target=borrow)
    with wires.lent() as first:
        first.post(b"one")
        first.give_back()
        with wires.lent() as second:
            second.post(b"two")
            first.give_back()  # twice is once
            waiting.start()
            assert not third.wait(0.1)
    waiting.join()
    wires.close()
    assert third.is_set()
    assert script.bodies == [b"one", b"two"]
    assert script.opened == script.closed == 1


def test_a_connection_that_cannot_be_made_keeps_no_place() -> None:
    answers = [ConnectionError("no such host")]

    def make() -> Script:
        if answers:
            raise answers.pop()
        return Script([])

    wires = ConnectionPool(make, 1)
    with pytest.raises(ConnectionError), wires.lent():
        raise AssertionError("there is none to lend")
    with wires.lent() as wire:
        assert wire.post(b"one") == TAKEN
