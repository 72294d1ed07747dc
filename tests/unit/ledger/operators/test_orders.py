"""No frame is claimed while an order pauses or stops its campaign."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bulksms.ledger import FrameState, Ledger, OrderKind, OrderRecord, ProofRecord
from tests.unit.ledger.samples import ALICE, LATER, NOON, make

PAUSE = OrderRecord(kind=OrderKind.PAUSE, who="anna", at=NOON)
STOP = OrderRecord(kind=OrderKind.STOP, who="bert", at=NOON)
RESUME = OrderRecord(kind=OrderKind.RESUME, who="carl", at=LATER)


@pytest.mark.parametrize("order", [PAUSE, STOP], ids=["pause", "stop"])
def test_an_order_of_another_process_holds_for_the_next_claim(
    open_again: Callable[[], Ledger], ledger: Ledger, order: OrderRecord
) -> None:
    campaign = make(ledger)
    assert ledger.claims.claim(campaign.id, 1, NOON)
    with open_again() as elsewhere:
        assert elsewhere.orders.give(campaign.id, order) == order
    assert not ledger.claims.claim(campaign.id, 2, NOON)
    assert ledger.frames.get(campaign.id, 2).state is FrameState.PLANNED
    assert ledger.orders.in_force(campaign.id) == order
    # The frame in flight still gets its answer.
    ledger.claims.record(campaign.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_1")
    assert ledger.frames.in_flight(campaign.id) == []


def test_a_frame_in_doubt_is_not_repeated_against_an_order(ledger: Ledger) -> None:
    campaign = make(ledger)
    proof = ProofRecord(
        account=ALICE, base_url="https://x", proved_at=NOON, protects=True, window=timedelta(1)
    )
    ledger.claims.claim(campaign.id, 1, NOON, account=ALICE)
    ledger.claims.doubt_in_flight(campaign.id, NOON)
    ledger.orders.give(campaign.id, PAUSE)
    assert not ledger.claims.reclaim(campaign.id, 1, LATER, proof)
    ledger.orders.give(campaign.id, RESUME)
    assert ledger.claims.reclaim(campaign.id, 1, LATER, proof)


def test_a_pause_is_lifted_and_other_campaigns_never_had_it(ledger: Ledger) -> None:
    spring, autumn = make(ledger), make(ledger, "autumn")
    ledger.orders.give(spring.id, PAUSE)
    assert ledger.claims.claim(autumn.id, 1, NOON)
    assert ledger.orders.give(spring.id, RESUME) is None
    assert ledger.claims.claim(spring.id, 1, NOON)
    ledger.orders.give(spring.id, PAUSE)
    assert not ledger.claims.claim(spring.id, 2, NOON)


@pytest.mark.parametrize(
    ("seconds", "holds"),
    [(1, False), (0, False), (-1, True), (-59, True), (-60, False), (-3600, False)],
    ids=["after", "at once", "while it starts", "slow start", "clocks differ", "clock set back"],
)
def test_a_resume_does_not_lift_a_pause_given_while_its_process_starts(
    ledger: Ledger, seconds: int, holds: bool
) -> None:
    campaign = make(ledger)
    ledger.orders.give(campaign.id, PAUSE)
    resume = replace(RESUME, at=NOON + timedelta(seconds=seconds))
    assert ledger.orders.give(campaign.id, resume) == (PAUSE if holds else None)
    assert ledger.claims.claim(campaign.id, 1, NOON) is not holds


@pytest.mark.parametrize("later", [PAUSE, RESUME], ids=["pause", "resume"])
def test_a_stop_is_final(ledger: Ledger, later: OrderRecord) -> None:
    campaign = make(ledger)
    ledger.orders.give(campaign.id, PAUSE)
    assert ledger.orders.give(campaign.id, STOP) == STOP
    assert ledger.orders.give(campaign.id, later) == STOP
    assert not ledger.claims.claim(campaign.id, 1, NOON)


def test_the_first_of_two_equal_orders_keeps_its_name_and_time(ledger: Ledger) -> None:
    campaign = make(ledger)
    ledger.orders.give(campaign.id, PAUSE)
    again = OrderRecord(kind=OrderKind.PAUSE, who="dora", at=LATER)
    assert ledger.orders.give(campaign.id, again) == PAUSE
    assert PAUSE.describe() == "paused by anna on 2027-03-01 at 12:00 UTC"
    assert STOP.sentence() == "Stopped by bert on 2027-03-01 at 12:00 UTC."


def test_what_a_stopped_campaign_had_left_is_dropped_with_an_entry_each(ledger: Ledger) -> None:
    campaign = make(ledger, frames=4)
    ledger.claims.claim(campaign.id, 1, NOON)
    ledger.claims.record(campaign.id, 1, FrameState.ACCEPTED, NOON, ticket="sms_1")
    ledger.claims.claim(campaign.id, 2, NOON)
    assert ledger.settlements.drop_planned(campaign.id, LATER, "dropped: stopped") == 2
    states = [frame.state.value for frame in ledger.frame_queries.each(campaign.id)]
    assert states == ["accepted", "intent", "dropped", "dropped"]
    dropped = ledger.frames.get(campaign.id, 4)
    assert (dropped.message, dropped.finished_at) == ("dropped: stopped", LATER)
    last = ledger.frames.entries(campaign.id, 4)[-1]
    assert (last.state, last.at, last.message) == (FrameState.DROPPED, LATER, "dropped: stopped")
    assert last.request_id == dropped.request_id
    assert ledger.settlements.drop_planned(campaign.id, LATER, "dropped: stopped") == 0


def test_what_is_left_is_read_without_reading_the_frames(ledger: Ledger) -> None:
    campaign = make(ledger, frames=1)
    assert ledger.frames.any_left(campaign.id)
    ledger.claims.claim(campaign.id, 1, NOON)
    assert ledger.frames.any_left(campaign.id)
    assert ledger.frames.in_flight(campaign.id) == [1]
    ledger.claims.record(campaign.id, 1, FrameState.IN_DOUBT, LATER)
    assert not ledger.frames.any_left(campaign.id)
