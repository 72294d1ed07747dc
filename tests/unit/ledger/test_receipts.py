"""Receipts are facts: each is kept once, for whatever campaign has its ticket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import FrameState, Ledger, ReceiptRecord, open_ledger
from bulksms.ledger.erasures import ContentEditor
from tests.builders import new_campaign
from tests.unit.ledger.samples import LATER, NOON, frozen

PERSON = 33639980101


def _receipt(status: str = "DELIVERED", ticket: str = "sms_1", date: str = "") -> ReceiptRecord:
    return ReceiptRecord(ticket=ticket, phone_number=PERSON, status=status, date=date)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as ledger:
        yield ledger


def test_a_repeated_receipt_is_kept_once(ledger: Ledger) -> None:
    assert ledger.receipts.add([_receipt(), _receipt(), _receipt("ACK")], NOON) == 2
    assert ledger.receipts.add([_receipt()], LATER) == 0

    assert sorted(each.status for each in ledger.receipts.of_number(PERSON)) == ["ACK", "DELIVERED"]


def test_many_receipts_are_kept_at_once(ledger: Ledger) -> None:
    many = [_receipt(date=str(at)) for at in range(1000)]

    assert ledger.receipts.add(many, NOON) == 1000


def test_a_campaign_has_the_receipts_of_its_own_tickets(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(), [frozen(1)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_1")

    ledger.receipts.add([_receipt(), _receipt(ticket="sms_2")], LATER)

    assert ledger.receipts.of_campaign(made.id) == [("sms_1", PERSON, "DELIVERED")]


def test_an_erased_person_has_no_receipts(ledger: Ledger) -> None:
    other = ReceiptRecord(ticket="sms_1", phone_number=PERSON + 1, status="ACK")
    ledger.receipts.add([_receipt(), other], NOON)
    unused = ContentEditor(
        remove_recipients=lambda body, _numbers: body,
        finished_texts=lambda _body: {},
        remove_row=lambda _packed, _pseudonym: None,
        mask=lambda text: text,
    )

    ledger.erasures.erase(PERSON, unused)

    assert ledger.receipts.of_number(PERSON) == []
    assert ledger.receipts.of_number(PERSON + 1) == [other]
