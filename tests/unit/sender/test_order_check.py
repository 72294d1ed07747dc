"""An order ends a run: nothing is posted after the frames in flight, and every wait ends."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bulksms.ledger import FrameRecord, Ledger, OrderKind, OrderRecord
from bulksms.sender import ClosedHours, Pacing, RunOutcome, StopCause
from bulksms.sender.queue_parts import MemoryFrames, MemoryLimits
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.work_queue import WorkQueue
from tests.fakes import UNREACHABLE, FakeClock, ScriptedGateway, SenderFixture, freeze_frame

OpenAgain = Callable[[], Ledger]

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
OPENS = NOON + timedelta(hours=8)
PAUSE = OrderRecord(kind=OrderKind.PAUSE, who="anna", at=NOON)
STOP = OrderRecord(kind=OrderKind.STOP, who="anna", at=NOON)
PAUSED = RunOutcome(
    state="paused", reason="Paused by anna on 2027-03-01 at 12:00 UTC.", cause=StopCause.ORDER
)


def order_at(open_again: OpenAgain, order: OrderRecord, post: int) -> Callable[[int], None]:
    """Give an order from another process while a post is in flight."""

    def on_post(count: int) -> None:
        if count == post:
            with open_again() as elsewhere:
                elsewhere.orders.give(1, order)

    return on_post


@pytest.mark.parametrize(("order", "state"), [(PAUSE, "paused"), (STOP, "stopped")])
def test_nothing_leaves_after_the_frame_in_flight(
    sender: SenderFixture, open_again: OpenAgain, order: OrderRecord, state: str
) -> None:
    gateway = ScriptedGateway([], on_post=order_at(open_again, order, post=2))
    outcome = sender.send(gateway)
    assert (outcome.state, outcome.cause) == (state, StopCause.ORDER)
    assert gateway.bodies == [b"frame 1", b"frame 2"]
    assert sender.states == ["accepted"] * 2 + ["planned"] * 4
    assert sender.state == (state, f"{state.capitalize()} by anna on 2027-03-01 at 12:00 UTC.")
    assert sender.ledger.frames.get(sender.campaign.id, 3).attempts == 0


def test_several_workers_obey_the_same_order(ledger: Ledger, open_again: OpenAgain) -> None:
    sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 101)])
    allowed = list[int]()

    def on_post(count: int) -> None:
        if count == 8:
            with open_again() as elsewhere:
                elsewhere.orders.give(1, PAUSE)
                frames = list(elsewhere.frame_queries.each(1))
                allowed.extend(each.number for each in frames if each.state != "planned")

    gateway = ScriptedGateway([], on_post=on_post)
    assert sender.send(gateway, Pacing(concurrency=4, chance=lambda: 1.0)) == PAUSED
    posted = {int(body.split()[1]) for body in gateway.bodies}
    assert len(posted) >= 8
    assert posted == set(allowed)
    assert sender.states == ["accepted" if n in posted else "planned" for n in range(1, 101)]


def test_an_order_ends_the_wait_for_the_hours(sender: SenderFixture, open_again: OpenAgain) -> None:
    def gate(frame: FrameRecord) -> ClosedHours | None:
        return ClosedHours(reason="It is night.", opens_at=OPENS) if frame.number == 3 else None

    sender.clock = _Ordering(open_again, after=10)
    pacing = Pacing(chance=lambda: 1.0, closed_hours=gate, wait_for_hours=True)
    assert sender.send(ScriptedGateway([]), pacing) == PAUSED
    assert sender.clock.seconds <= 12


def test_an_order_ends_the_wait_of_a_slow_rate(
    sender: SenderFixture, open_again: OpenAgain
) -> None:
    sender.clock = _Ordering(open_again, after=10)
    gateway = ScriptedGateway([])
    assert sender.send(gateway, Pacing(rate=0.5, chance=lambda: 1.0)) == PAUSED
    assert len(gateway.bodies) == 1
    assert sender.clock.seconds <= 12


@pytest.mark.parametrize(("rate", "looks"), [(120, 0), (20, 3)])
def test_orders_are_looked_for_in_long_waits_and_by_claims_otherwise(
    clock: FakeClock, rate: float, looks: int
) -> None:
    looks_at: list[float] = []
    limits = MemoryLimits(RunLimits(spacing=60 / rate, last_start=clock.monotonic()), clock)
    frames, stop = MemoryFrames([]), threading.Event()

    def find_order() -> None:
        looks_at.append(clock.seconds)

    queue = WorkQueue(frames, limits, Pacing(), clock, stop, find_order)
    assert queue.wait_turn(1)
    assert clock.seconds == 60 / rate
    assert len(looks_at) == looks


def test_an_order_ends_the_wait_for_a_retry(sender: SenderFixture, open_again: OpenAgain) -> None:
    sender.clock = _Ordering(open_again, after=10)
    gateway = ScriptedGateway([], then=UNREACHABLE)
    assert sender.send(gateway) == PAUSED
    assert sender.states == ["planned"] * 6
    assert sender.clock.seconds <= 12


def test_an_order_after_the_last_frame_changes_nothing(
    sender: SenderFixture, open_again: OpenAgain
) -> None:
    gateway = ScriptedGateway([], on_post=order_at(open_again, STOP, post=6))
    assert sender.send(gateway) == RunOutcome(state="done")
    assert sender.state == ("done", None)


class _Ordering(FakeClock):
    """A clock at which someone elsewhere pauses the campaign after some seconds of waiting."""

    def __init__(self, open_again: OpenAgain, after: float) -> None:
        super().__init__()
        self._open_again, self._after = open_again, after

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        before = self.seconds
        result = super().wait(seconds, wake)
        if before < self._after <= self.seconds:
            with self._open_again() as elsewhere:
                elsewhere.orders.give(1, PAUSE)
        return result
