"""Receipts move doubt to sent and nothing else, in whatever order and however often they come."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.ledger import CampaignRecord, FrameState, Ledger, ReceiptRecord
from bulksms.use_cases.receipts.settle_by_receipts import settle_by_receipts
from bulksms.use_cases.reporting.read_deliveries import read_deliveries
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of

DORA, EMIL, STRANGER = 33639980104, 33639980105, 33639980199
ACCEPTED, REFUSED, IN_DOUBT, PLANNED = 1, 2, 3, 4  # the frames of the campaign
TICKETS = ("sms_1", "sms_3", "sms_forged", "")
STATUSES = ("ACK", "DELIVERED", "NOT_DELIVERED", "BAD_DESTINATION", "NEVER_HEARD_OF")
RECEIPTS = st.builds(
    ReceiptRecord,
    ticket=st.sampled_from(TICKETS),
    phone_number=st.sampled_from((ANNA, BERT, CARL, DORA, EMIL, STRANGER)),
    status=st.sampled_from(STATUSES),
    date=st.sampled_from(("", "2027-03-01 12:00:05")),
)


def _campaign(ledger: Ledger) -> CampaignRecord:
    """Make a campaign with a frame of each kind; the one in doubt has Carl and Dora."""
    made = ledger.campaigns.create(
        new_campaign(counts={"rejected": 0, "duplicates": 0, "opted_out": 0}),
        [
            frame_of(ANNA, number=ACCEPTED),
            frame_of(BERT, number=REFUSED),
            frame_of(CARL, DORA, number=IN_DOUBT),
            frame_of(EMIL, number=PLANNED),
        ],
    )
    for number, state, ticket in (
        (ACCEPTED, FrameState.ACCEPTED, "sms_1"),
        (REFUSED, FrameState.REFUSED, None),
        (IN_DOUBT, FrameState.IN_DOUBT, None),
    ):
        ledger.claims.claim(made.id, number, NOON)
        ledger.claims.record(made.id, number, state, LATER, ticket=ticket)
    return made


@contextmanager
def _ledger() -> Iterator[Ledger]:
    with TemporaryDirectory() as folder, ledger_in(Path(folder) / "home") as ledger:
        yield ledger


def _outcome(receipts: Sequence[ReceiptRecord]) -> tuple[object, ...]:
    """Receive them, act once, and give everything that receipts may change."""
    with _ledger() as ledger:
        made = _campaign(ledger)
        for start in range(0, len(receipts), 3):
            ledger.receipts.add(receipts[start : start + 3], LATER)
        settle_by_receipts(ledger, LATER)
        states = [(each.state, each.ticket) for each in ledger.frame_queries.each(made.id)]
        return (*states, dict(read_deliveries(ledger, made.name, LATER).groups))


@settings(max_examples=8, deadline=None)
@given(st.lists(RECEIPTS, max_size=30), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(
    receipts: list[ReceiptRecord], chance: random.Random
) -> None:
    shuffled = [*receipts, *(chance.choice(receipts) for _ in receipts[::2])]
    chance.shuffle(shuffled)

    assert _outcome(shuffled) == _outcome(receipts)


@settings(max_examples=10, deadline=None)
@given(st.lists(RECEIPTS, max_size=40))
def test_no_receipt_ever_changes_a_frame_but_from_doubt_to_sent(
    receipts: list[ReceiptRecord],
) -> None:
    with _ledger() as ledger:
        made = _campaign(ledger)
        seen: dict[str, set[int]] = {}
        was_sent = False
        for each in receipts:
            ledger.receipts.add([each], LATER)
            settle_by_receipts(ledger, LATER)
            seen.setdefault(each.ticket, set()).add(each.phone_number)
            frames = {frame.number: frame for frame in ledger.frame_queries.each(made.id)}
            is_sent = frames[IN_DOUBT].state is FrameState.ACCEPTED
            assert frames[ACCEPTED].state is FrameState.ACCEPTED
            assert frames[REFUSED].state is FrameState.REFUSED
            assert frames[PLANNED].state is FrameState.PLANNED
            assert is_sent or frames[IN_DOUBT].state is FrameState.IN_DOUBT
            assert is_sent or not was_sent
            if is_sent and not was_sent:
                assert seen[str(frames[IN_DOUBT].ticket)] == {CARL, DORA}
            was_sent = is_sent


def _receipt(person: int, ticket: str = "sms_3", status: str = "DELIVERED") -> ReceiptRecord:
    return ReceiptRecord(ticket=ticket, phone_number=person, status=status)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with _ledger() as opened:
        yield opened


def test_doubt_ends_with_the_ticket_the_count_and_a_sentence(ledger: Ledger) -> None:
    made = _campaign(ledger)
    ledger.receipts.add([_receipt(CARL), _receipt(DORA, status="BAD_DESTINATION")], LATER)

    (proved,) = settle_by_receipts(ledger, LATER)

    frame = ledger.frames.get(made.id, IN_DOUBT)
    assert (frame.state, frame.ticket, frame.number_of_contacts) == ("accepted", "sms_3", 2)
    assert proved.sentence() == (
        "Frame 3 of spring was sent: receipts came for all 2 of its people (ticket sms_3)."
    )
    assert [entry.person for entry in ledger.audit.all()] == ["delivery receipts"]
    assert settle_by_receipts(ledger, LATER) == []


def test_two_tickets_that_both_prove_it_are_left_to_an_operator(ledger: Ledger) -> None:
    made = _campaign(ledger)
    for ticket in ("sms_3", "sms_4"):
        ledger.receipts.add([_receipt(CARL, ticket), _receipt(DORA, ticket)], LATER)

    assert settle_by_receipts(ledger, LATER) == []
    assert ledger.frames.get(made.id, IN_DOUBT).state is FrameState.IN_DOUBT


def test_a_campaign_that_is_being_sent_keeps_its_doubt_until_then(ledger: Ledger) -> None:
    made = _campaign(ledger)
    ledger.receipts.add([_receipt(CARL), _receipt(DORA)], LATER)

    with ledger.locks.campaign("spring"):
        assert settle_by_receipts(ledger, LATER) == []

    assert [each.frame for each in settle_by_receipts(ledger, LATER)] == [IN_DOUBT]
    assert ledger.frames.get(made.id, IN_DOUBT).state is FrameState.ACCEPTED


def test_a_frame_that_a_crash_left_in_flight_is_proved_sent_too(ledger: Ledger) -> None:
    made = _campaign(ledger)
    ledger.claims.claim(made.id, PLANNED, NOON)
    ledger.receipts.add([_receipt(EMIL, "sms_4")], LATER)

    assert [each.frame for each in settle_by_receipts(ledger, LATER)] == [PLANNED]


def test_the_last_doubt_that_ends_finishes_the_campaign(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign("summer"), [frame_of(CARL, DORA)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, LATER)
    ledger.receipts.add([_receipt(CARL), _receipt(DORA)], LATER)

    settle_by_receipts(ledger, LATER)

    assert ledger.campaigns.get("summer").state == "done"
