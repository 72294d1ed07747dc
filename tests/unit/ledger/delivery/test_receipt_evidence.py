"""A ticket proves that a frame in doubt was sent only if it can be no other frame's."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bulksms.ledger import CampaignRecord, Evidence, FrameState, FrozenFrame, Ledger, ReceiptRecord
from tests.builders import new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of

DORA = 33639980104
BEFORE = NOON - timedelta(seconds=1)


def _in_doubt(
    ledger: Ledger, frozen: FrozenFrame, name: str = "spring", ticket: str | None = None
) -> CampaignRecord:
    made = ledger.campaigns.create(new_campaign(name), [frozen])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, LATER, ticket=ticket)
    return made


def _receive(ledger: Ledger, ticket: str, people: Sequence[int], status: str = "ACK") -> None:
    records = [ReceiptRecord(ticket=ticket, phone_number=each, status=status) for each in people]
    ledger.receipts.add(records, LATER)


def test_receipts_about_all_its_people_and_no_one_else_are_proof(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT, CARL))
    _receive(ledger, "sms_7", [CARL, ANNA])
    _receive(ledger, "sms_7", [BERT], status="BAD_DESTINATION")

    (evidence,) = ledger.evidence.of_frame(made.id, 1)

    assert evidence == Evidence(ticket="sms_7", members=3, reported=3, strangers=0, rivals=0)
    assert evidence.is_proof


@pytest.mark.parametrize(
    ("people", "reported", "strangers"),
    [([ANNA, BERT], 2, 0), ([ANNA, BERT, CARL, DORA], 3, 1), ([ANNA], 1, 0)],
)
def test_receipts_about_some_of_its_people_or_others_too_are_no_proof(
    ledger: Ledger, people: list[int], reported: int, strangers: int
) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT, CARL))
    _receive(ledger, "sms_7", people)

    (evidence,) = ledger.evidence.of_frame(made.id, 1)

    assert (evidence.reported, evidence.strangers) == (reported, strangers)
    assert not evidence.is_proof


def test_receipts_about_no_one_in_it_say_nothing(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    _receive(ledger, "sms_7", [CARL, DORA])
    _receive(ledger, "", [ANNA, BERT])

    assert ledger.evidence.of_frame(made.id, 1) == ()


def test_receipts_with_the_ticket_of_another_frame_say_nothing(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    other = ledger.campaigns.create(new_campaign("summer"), [frame_of(ANNA, BERT)])
    ledger.claims.claim(other.id, 1, NOON)
    ledger.claims.record(other.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_7")
    _receive(ledger, "sms_7", [ANNA, BERT])

    assert ledger.evidence.of_frame(made.id, 1) == ()


def test_receipts_that_came_before_the_post_say_nothing(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    old = ReceiptRecord(ticket="sms_7", phone_number=ANNA, status="ACK")
    ledger.receipts.add([old], BEFORE)
    _receive(ledger, "sms_7", [ANNA, BERT], status="DELIVERED")

    assert ledger.evidence.of_frame(made.id, 1) == ()


@pytest.mark.parametrize("state", [FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED])
def test_another_frame_of_these_people_without_a_ticket_may_be_the_one(
    ledger: Ledger, state: FrameState
) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    other = ledger.campaigns.create(new_campaign("summer"), [frame_of(BERT, CARL)])
    ledger.claims.claim(other.id, 1, NOON)
    if state is not FrameState.INTENT:
        ledger.claims.record(other.id, 1, state, LATER)
    _receive(ledger, "sms_7", [ANNA, BERT])

    (evidence,) = ledger.evidence.of_frame(made.id, 1)

    assert evidence.rivals == 1
    assert not evidence.is_proof


def test_a_frame_that_was_never_posted_is_no_rival(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    ledger.campaigns.create(new_campaign("summer"), [frame_of(ANNA, BERT)])
    _receive(ledger, "sms_7", [ANNA, BERT])

    (evidence,) = ledger.evidence.of_frame(made.id, 1)

    assert evidence.is_proof


def test_a_ticket_that_the_api_gave_is_looked_at_alone(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT), ticket="sms_1")
    _in_doubt(ledger, frame_of(ANNA, BERT), name="summer")
    _receive(ledger, "sms_7", [ANNA, BERT])
    _receive(ledger, "sms_1", [ANNA, BERT])

    (evidence,) = ledger.evidence.of_frame(made.id, 1)

    assert (evidence.ticket, evidence.is_proof) == ("sms_1", True)


def test_frames_in_doubt_and_in_flight_are_listed(ledger: Ledger) -> None:
    made = _in_doubt(ledger, frame_of(ANNA, BERT))
    flying = ledger.campaigns.create(new_campaign("summer"), [frame_of(CARL)])
    ledger.claims.claim(flying.id, 1, NOON)
    ledger.campaigns.create(new_campaign("autumn"), [frame_of(DORA)])

    assert ledger.evidence.frames_in_doubt() == [(made.id, 1), (flying.id, 1)]
