"""Only as many frames are in flight as asked for; a bad answer keeps its connection for a while."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import Ledger
from bulksms.sender import Pacing
from bulksms.sender.connections import ConnectionPool
from tests.builders import edit_by_hand
from tests.fakes import ACCEPTED, NO_CREDIT, ScriptedGateway, SenderFixture, freeze_frame


class Crowd(ScriptedGateway):
    """Counts how many posts are under way at once."""

    def __init__(self) -> None:
        super().__init__([], on_post=self.linger)
        self.now = self.most = 0
        self._count = threading.Lock()
        self._three = threading.Barrier(3)

    def linger(self, count: int) -> None:
        with self._count:
            self.now += 1
            self.most = max(self.most, self.now)
        if count > 1:  # the first frame goes alone
            self._three.wait(30)
        with self._count:
            self.now -= 1


def test_no_more_frames_are_under_way_than_was_asked_for(ledger: Ledger) -> None:
    sender, crowd = (
        SenderFixture(ledger, [freeze_frame(number) for number in range(1, 59)]),
        Crowd(),
    )
    assert sender.send(crowd, Pacing(concurrency=3)).state == "done"
    assert crowd.most == 3
    assert crowd.opened == crowd.closed == 3
    assert sorted(sender.observer.settled) == [(number, "accepted") for number in range(1, 59)]


@pytest.mark.parametrize(("took", "stride"), [(2, 0.25), (60, 0.5), (0, None)])
def test_those_that_follow_the_first_frame_start_one_after_the_other(
    ledger: Ledger, took: float, stride: float | None
) -> None:
    """An answer that takes two seconds spreads two others over a quarter of them; 60 are as 4."""
    sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 7)])

    def answer(count: int) -> None:
        sender.clock.seconds += took if count == 1 else 0

    assert sender.send(ScriptedGateway([], on_post=answer), Pacing(concurrency=3)).state == "done"
    assert (sender.clock.waited[0] if sender.clock.waited else None) == stride


@pytest.mark.parametrize("ledger_url", [None])  # one file, which another program locks
def test_after_a_bad_answer_no_frame_is_posted_in_its_place(
    tmp_path: Path, sender: SenderFixture
) -> None:
    """The answer cannot be written down at once, since another program holds the ledger."""

    def hold(count: int) -> None:
        if count == 2:
            busy.execute("BEGIN IMMEDIATE")
            threading.Timer(0.3, busy.rollback).start()
        if count == 3:
            second = int(gateway.bodies[1].removeprefix(b"frame "))
            while sender.ledger.frames.get(sender.campaign.id, second).state == "intent":
                recorded.wait(0.01)

    recorded = threading.Event()  # never set: the ledger says when
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", check_same_thread=False)) as busy:
        # The second and the third are posted together, and the answer to one of them says stop.
        gateway = ScriptedGateway([ACCEPTED, NO_CREDIT], on_post=hold)
        assert sender.send(gateway, Pacing(concurrency=2)).state != "done"
    assert len(gateway.bodies) <= 3


@pytest.mark.parametrize("fault", ["answer refused", "exception"])
def test_nothing_is_posted_once_the_ledger_or_the_way_has_failed(
    ledger: Ledger, open_again: Callable[[], Ledger], fault: str
) -> None:
    sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 41)])
    in_flight = threading.Barrier(4, timeout=30)
    failing: list[threading.Thread] = []

    def answer(count: int) -> None:
        if count == 1:  # goes alone
            return
        if count == 5:
            failing.append(threading.current_thread())
        in_flight.wait()
        if count != 5:
            failing[0].join(30)  # these three answer when the fourth has failed
        elif fault == "exception":
            raise RuntimeError(fault)
        else:
            with open_again() as other:
                edit_by_hand(other, "UPDATE frame SET state = 'in_doubt' WHERE state = 'intent'")

    expected = LedgerError if fault == "answer refused" else RuntimeError
    gateway = ScriptedGateway([], on_post=answer)
    with pytest.raises(expected):
        sender.send(gateway, Pacing(concurrency=4))
    assert len(gateway.bodies) == 5


def test_a_connection_that_was_given_back_can_be_lent_again_at_once() -> None:
    gateway, third = ScriptedGateway([]), threading.Event()
    pool = ConnectionPool(gateway, 1)

    def borrow() -> None:
        with pool.lease():
            third.set()

    waiting = threading.Thread(target=borrow)
    with pool.lease() as first:
        first.post(b"one")
        first.give_back()
        with pool.lease() as second:
            second.post(b"two")
            first.give_back()  # twice is once
            waiting.start()
            assert not third.wait(0.1)
    waiting.join()
    pool.close()
    assert third.is_set()
    assert gateway.bodies == [b"one", b"two"]
    assert gateway.opened == gateway.closed == 1


def test_a_connection_that_cannot_be_made_keeps_no_place() -> None:
    answers = [ConnectionError("no such host")]

    def make() -> ScriptedGateway:
        if answers:
            raise answers.pop()
        return ScriptedGateway([])

    pool = ConnectionPool(make, 1)
    with pytest.raises(ConnectionError), pool.lease():
        raise AssertionError("there is none to lend")
    with pool.lease() as lease:
        assert lease.post(b"one") == ACCEPTED
