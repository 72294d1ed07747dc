"""Receipts are facts: each is kept once, for whatever campaign has its ticket."""

from dataclasses import replace

from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    FrozenFrame,
    Ledger,
    MessageGroup,
    ReceiptRecord,
)
from tests.builders import new_campaign
from tests.unit.ledger.samples import (
    ANNA,
    BERT,
    CARL,
    EDITS_NOTHING,
    LATER,
    NOON,
    frame_of,
)

PERSON = 33639980101


def _receipt(status: str = "DELIVERED", ticket: str = "sms_1", date: str = "") -> ReceiptRecord:
    return ReceiptRecord(ticket=ticket, phone_number=PERSON, status=status, date=date)


def _about(person: int, status: str) -> ReceiptRecord:
    return ReceiptRecord(ticket="sms_1", phone_number=person, status=status)


def _sent(ledger: Ledger, frozen: FrozenFrame) -> CampaignRecord:
    """Send a campaign of one frame, whose ticket is sms_1."""
    made = ledger.campaigns.create(new_campaign(), [frozen])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_1")
    return made


def test_a_repeated_receipt_is_kept_once(ledger: Ledger) -> None:
    assert ledger.receipts.add([_receipt(), _receipt(), _receipt("ACK")], NOON) == 2
    assert ledger.receipts.add([_receipt()], LATER) == 0

    assert sorted(each.status for each in ledger.receipts.of_number(PERSON)) == ["ACK", "DELIVERED"]


def test_many_receipts_are_kept_at_once(ledger: Ledger) -> None:
    many = [replace(_receipt(), phone_number=PERSON + at) for at in range(1000)]

    assert ledger.receipts.add(many, NOON) == 1000


def test_a_status_that_is_repeated_with_ever_new_dates_does_not_fill_the_disk(
    ledger: Ledger,
) -> None:
    many = [_receipt(date=str(at)) for at in range(1000)]

    assert ledger.receipts.add(many, NOON) == 5
    assert ledger.receipts.add([_receipt(date="another"), _receipt("READ")], NOON) == 1


def test_receipts_are_read_by_ticket(ledger: Ledger) -> None:
    made = _sent(ledger, frame_of(PERSON))
    assert not ledger.receipts.any_of(made.id)

    ledger.receipts.add([_receipt(), _receipt(ticket="sms_2")], LATER)

    assert ledger.receipts.any_of(made.id)
    assert ledger.receipts.of_tickets(["sms_1"]) == [("sms_1", PERSON, "DELIVERED")]


def test_a_receipt_of_another_ticket_is_none_of_the_campaign(ledger: Ledger) -> None:
    made = _sent(ledger, frame_of(PERSON))

    ledger.receipts.add([_receipt(ticket="sms_2")], LATER)

    assert not ledger.receipts.any_of(made.id)


def test_a_receipt_about_someone_who_is_not_in_the_frame_of_its_ticket_is_not_kept(
    ledger: Ledger,
) -> None:
    _sent(ledger, frame_of(PERSON))

    forged = [replace(_receipt(), phone_number=PERSON + at) for at in range(1, 100)]

    assert ledger.receipts.add(forged, LATER) == 0
    assert ledger.receipts.add([_receipt()], LATER) == 1


def test_the_state_of_each_message_is_its_highest_rank(ledger: Ledger) -> None:
    made = _sent(ledger, frame_of(ANNA, BERT, CARL))
    ledger.receipts.add([_about(ANNA, "ACK"), _about(BERT, "ACK")], NOON)
    ledger.receipts.add([_about(ANNA, "DELIVERED"), _about(ANNA, "ACK")], LATER)

    states = ledger.receipts.messages(made.id, {"ACK": 1, "DELIVERED": 9})
    late = ledger.receipts.messages(made.id, {"ACK": 1, "DELIVERED": 9}, since=NOON)

    assert states.phone_numbers.tolist() == [ANNA, BERT]
    assert states.ranks.tolist() == [9, 1]
    assert states.frames.tolist() == [1, 1]
    assert states.received_at == LATER
    assert late.phone_numbers.tolist() == [ANNA]


def test_a_campaign_without_receipts_has_no_states(ledger: Ledger) -> None:
    made = _sent(ledger, frame_of(ANNA))

    states = ledger.receipts.messages(made.id, {"ACK": 1})

    assert (len(states.frames), states.received_at) == (0, None)


def test_an_erased_person_has_no_receipts(ledger: Ledger) -> None:
    other = ReceiptRecord(ticket="sms_1", phone_number=PERSON + 1, status="ACK")
    ledger.receipts.add([_receipt(), other], NOON)

    ledger.erasures.erase(PERSON, EDITS_NOTHING)

    assert ledger.receipts.of_number(PERSON) == []
    assert ledger.receipts.of_number(PERSON + 1) == [other]


def test_messages_are_counted_by_their_strongest_receipt_and_the_age_of_their_frame(
    ledger: Ledger,
) -> None:
    made = ledger.campaigns.create(
        new_campaign(),
        [frame_of(ANNA, BERT), frame_of(CARL, number=2), frame_of(PERSON, number=3)],
    )
    for number, answered_at in ((1, NOON), (2, LATER)):
        ledger.claims.claim(made.id, number, NOON)
        ledger.claims.record(
            made.id, number, FrameState.ACCEPTED, answered_at, ticket=f"sms_{number}"
        )
    ranks = {"ACK": 1, "DELIVERED": 2}
    assert ledger.receipts.groups(made.id, ranks, NOON) == []
    ledger.receipts.add([_about(ANNA, "ACK"), _about(BERT, "DELIVERED")], NOON)
    ledger.receipts.add(
        [_about(BERT, "ACK"), replace(_receipt("ACK", "sms_2"), phone_number=CARL)], LATER
    )

    groups = ledger.receipts.groups(made.id, ranks, NOON)

    assert sorted(groups, key=lambda each: (each.rank, each.is_overdue)) == [
        MessageGroup(rank=1, is_overdue=False, messages=1, received_at=LATER),
        MessageGroup(rank=1, is_overdue=True, messages=1, received_at=NOON),
        MessageGroup(rank=2, is_overdue=True, messages=1, received_at=LATER),
    ]
    assert not any(each.is_overdue for each in ledger.receipts.groups(made.id, ranks, None))
    assert ledger.frame_queries.texted(made.id, NOON) == (3, 2)
    assert ledger.frame_queries.texted(made.id, None) == (3, 0)
