"""A campaign whose texts fail too often at the phones is paused, with its figures."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.ledger import FrameState, Ledger, OrderKind, OrderRecord, ReceiptRecord
from bulksms.use_cases.context import MAX_UNDELIVERED
from bulksms.use_cases.receipts.pause_undelivered import pause_undelivered
from tests.builders import ledger_in, new_campaign
from tests.fakes import FakeClock, freeze_frame
from tests.unit.ledger.samples import LATER, NOON

FIRST, SECOND = 33_639_980_100, 33_639_980_200  # the first person of each frame of 100


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "home") as opened:
        yield opened


def _campaign(ledger: Ledger, accepted: int = 2, limit: float | None = None) -> int:
    """Make a campaign of four frames of 100, some of them sent."""
    parameters = {} if limit is None else {MAX_UNDELIVERED: limit}
    counts = {"rejected": 0, "duplicates": 0, "opted_out": 0}
    made = ledger.campaigns.create(
        new_campaign(parameters=parameters, counts=counts), map(freeze_frame, range(1, 5))
    )
    for number in range(1, accepted + 1):
        ledger.claims.claim(made.id, number, NOON)
        ledger.claims.record(made.id, number, FrameState.ACCEPTED, NOON, ticket=f"sms_{number}")
    return made.id


def _receive(ledger: Ledger, first: int, ticket: str, failed: int, delivered: int) -> None:
    words = ["NOT_DELIVERED"] * failed + ["DELIVERED"] * delivered
    ledger.receipts.add(
        [
            ReceiptRecord(ticket=ticket, phone_number=first + at, status=word)
            for at, word in enumerate(words)
        ],
        LATER,
    )


def test_more_failures_than_the_limit_pause_with_a_sentence(ledger: Ledger) -> None:
    campaign_id = _campaign(ledger)
    _receive(ledger, FIRST, "sms_1", failed=40, delivered=60)

    (sentence,) = pause_undelivered(ledger, FakeClock())

    assert sentence == (
        "spring: Paused by delivery receipts on 2027-03-01 at 12:00 UTC: 40 of 100 texts with a "
        "final receipt were not delivered (40%; the limit of --max-undelivered is 30 %), so find "
        "out why before you resume."
    )
    assert ledger.campaigns.get("spring").state == "paused"
    assert ledger.campaigns.get("spring").reason == sentence.removeprefix("spring: ")
    assert not ledger.claims.claim(campaign_id, 3, LATER)
    assert pause_undelivered(ledger, FakeClock()) == []


@pytest.mark.parametrize(
    ("failed", "delivered", "limit"),
    [
        (30, 70, None),  # the limit itself
        (39, 60, None),  # too few to judge by
        (40, 60, 40.0),
        (100, 0, 100.0),
    ],
)
def test_up_to_the_limit_the_campaign_continues(
    ledger: Ledger, failed: int, delivered: int, limit: float | None
) -> None:
    campaign_id = _campaign(ledger, limit=limit)
    _receive(ledger, FIRST, "sms_1", failed=failed, delivered=delivered)

    assert pause_undelivered(ledger, FakeClock()) == []
    assert ledger.claims.claim(campaign_id, 3, LATER)


def test_a_text_that_failed_and_then_arrived_did_not_fail(ledger: Ledger) -> None:
    _campaign(ledger)
    _receive(ledger, FIRST, "sms_1", failed=40, delivered=60)
    _receive(ledger, FIRST, "sms_1", failed=0, delivered=40)

    assert pause_undelivered(ledger, FakeClock()) == []


def test_receipts_from_before_a_resume_do_not_count_again(ledger: Ledger) -> None:
    campaign_id = _campaign(ledger)
    _receive(ledger, FIRST, "sms_1", failed=40, delivered=60)
    pause_undelivered(ledger, FakeClock())
    resumed = OrderRecord(kind=OrderKind.RESUME, who="zoe", at=LATER + timedelta(hours=1))
    ledger.orders.give(campaign_id, resumed)

    assert pause_undelivered(ledger, FakeClock()) == []


def test_a_campaign_with_nothing_left_to_send_is_not_paused(ledger: Ledger) -> None:
    _campaign(ledger, accepted=4)
    _receive(ledger, FIRST, "sms_1", failed=100, delivered=0)

    assert pause_undelivered(ledger, FakeClock()) == []


def test_receipts_about_no_one_in_the_campaign_pause_nothing(ledger: Ledger) -> None:
    _campaign(ledger)
    _receive(ledger, FIRST + 5_000, "sms_1", failed=100, delivered=0)
    _receive(ledger, SECOND, "sms_1", failed=100, delivered=0)

    assert pause_undelivered(ledger, FakeClock()) == []
