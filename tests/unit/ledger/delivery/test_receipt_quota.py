"""Receipts of texts that are in no campaign are bounded; the newest are kept."""

from datetime import timedelta

from bulksms.ledger import FrameState, Ledger, ReceiptRecord
from tests.builders import new_campaign
from tests.unit.ledger.samples import ANNA, LATER, NOON, frame_of


def _receive(ledger: Ledger, *tickets: str, people: int, hours: int = 0) -> None:
    records = [
        ReceiptRecord(ticket=ticket, phone_number=ANNA + at, status="ACK")
        for ticket in tickets
        for at in range(people)
    ]
    ledger.receipts.add(records, NOON + timedelta(hours=hours))


def _tickets(ledger: Ledger) -> set[str]:
    return {each.ticket for each in ledger.receipts.of_number(ANNA)}


def test_the_oldest_tickets_without_a_frame_are_deleted(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(), [frame_of(ANNA)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_own")
    _receive(ledger, "sms_own", people=1)
    _receive(ledger, "", people=10)
    for hour in range(15):  # more than a page of tickets
        _receive(ledger, *(f"sms_{hour:02}{at}" for at in range(10)), people=2, hours=hour)

    assert ledger.receipt_quota.enforce(most=310) == 0
    assert ledger.receipt_quota.enforce(most=100) == 230

    assert _tickets(ledger) == {"sms_own", *(f"sms_{at}" for at in range(110, 150))}
    assert ledger.receipt_quota.enforce(most=100) == 0


def test_one_ticket_with_too_many_goes_as_a_whole(ledger: Ledger) -> None:
    _receive(ledger, "sms_forged", people=300, hours=1)
    _receive(ledger, "sms_other", people=10, hours=2)

    assert ledger.receipt_quota.enforce(most=100) == 300
    assert _tickets(ledger) == {"sms_other"}


def test_receipts_without_a_frame_are_deleted_by_their_age(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(), [frame_of(ANNA)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_own")
    _receive(ledger, "sms_own", people=1)
    _receive(ledger, "sms_old", people=3)
    _receive(ledger, "sms_new", people=3, hours=2)

    assert ledger.receipt_quota.forget_before(NOON + timedelta(hours=1)) == 3
    assert _tickets(ledger) == {"sms_own", "sms_new"}
