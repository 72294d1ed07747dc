"""An operator decides on frames in doubt; what may have reached people stays in doubt."""

from datetime import timedelta

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.results import summarise
from tests.builders import edit_by_hand, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of, frozen, make


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    """Return a campaign whose only frame, of three people, is in doubt."""
    counts = {"rows": 3, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 0}
    made = ledger.campaigns.create(new_campaign(counts=counts), [frame_of(ANNA, BERT, CARL)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, NOON, message="no answer")
    return made


def classes(ledger: Ledger) -> dict[str, int]:
    record = ledger.campaigns.get("spring")
    counts = summarise(record, ledger.frames.totals(record.id)).contacts
    assert sum(counts.values()) == record.counts["rows"]
    return {name: count for name, count in counts.items() if count}


def texted(ledger: Ledger) -> list[int]:
    return list(ledger.history.numbers_texted("t", False, NOON - timedelta(days=7)))


def test_a_decision_is_recorded_with_the_ticket_and_the_entries_stay(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.settlements.settle(
        campaign.id, 1, FrameState.ACCEPTED, LATER, ticket="sms_9", message="sent"
    )
    frame = ledger.frames.get(campaign.id, 1)
    assert (frame.state, frame.ticket, frame.message) == ("accepted", "sms_9", "sent")
    past = [
        (entry.at, entry.state, entry.message) for entry in ledger.frames.entries(campaign.id, 1)
    ]
    assert past == [
        (NOON, "intent", ""),
        (NOON, "in_doubt", "no answer"),
        (LATER, "accepted", "sent"),
    ]
    assert classes(ledger) == {"sent": 3}


def test_people_in_a_frame_dropped_after_doubt_may_have_the_text(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.settlements.settle(campaign.id, 1, FrameState.DROPPED, LATER)
    assert ledger.frames.count_by_state(campaign.id)[FrameState.DROPPED] == 1
    assert classes(ledger) == {"in_doubt": 3}
    assert texted(ledger) == [ANNA, BERT, CARL]


def test_people_in_a_frame_dropped_before_any_post_do_not_have_the_text(ledger: Ledger) -> None:
    counts = {"rows": 2, "sendable": 2, "rejected": 0, "duplicates": 0, "opted_out": 0}
    made = ledger.campaigns.create(new_campaign(counts=counts), [frame_of(ANNA, BERT)])
    ledger.settlements.settle(made.id, 1, FrameState.DROPPED, LATER)
    assert classes(ledger) == {"not_attempted": 2}
    assert texted(ledger) == []


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (FrameState.ACCEPTED, "sent"),
        (FrameState.REFUSED, "in_doubt"),
        (FrameState.IN_DOUBT, "in_doubt"),
        (FrameState.PLANNED, "in_doubt"),
    ],
)
def test_a_resend_does_not_undo_the_first_post(
    ledger: Ledger, campaign: CampaignRecord, end: FrameState, expected: str
) -> None:
    again = frame_of(ANNA, BERT, CARL, body=b"{2}", wave=2)
    ledger.settlements.resend(campaign.id, again, LATER, "ordered")
    frame = ledger.frames.get(campaign.id, 1)
    assert (frame.wave, frame.request_id, frame.state) == (2, "bs1-2-3", "planned")
    assert classes(ledger) == {"in_doubt": 3}
    ledger.claims.claim(campaign.id, 1, LATER)
    ledger.claims.record(campaign.id, 1, end, LATER)
    assert classes(ledger) == {expected: 3}
    assert texted(ledger) == [ANNA, BERT, CARL]


def test_members_who_opted_out_before_a_resend_stay_in_doubt_in_their_own_frame(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.settlements.resend(
        campaign.id, frame_of(ANNA, CARL, body=b"{2}", wave=2), LATER, "ordered"
    )
    behind = ledger.frames.get(campaign.id, 2)
    assert (behind.state, behind.contacts, behind.parent) == ("dropped", 1, 1)
    assert (behind.request_id, behind.wave) == ("bs1-1-3", 1)
    assert ledger.frames.body(campaign.id, 2) == b"{}"
    assert ledger.frames.body(campaign.id, 1) == b"{2}"
    ledger.claims.claim(campaign.id, 1, LATER)
    ledger.claims.record(campaign.id, 1, FrameState.ACCEPTED, LATER)
    assert classes(ledger) == {"sent": 2, "in_doubt": 1}
    numbers, frames = ledger.frames.frame_by_phone_number(campaign.id)
    assert (numbers.tolist(), frames.tolist()) == ([ANNA, BERT, CARL], [1, 2, 1])
    assert texted(ledger) == [ANNA, BERT, CARL]


def test_members_who_opt_out_between_the_order_and_the_post_stay_in_doubt_too(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.settlements.resend(
        campaign.id, frame_of(ANNA, BERT, CARL, body=b"{2}", wave=2), LATER, "ordered"
    )
    assert ledger.frames.replace(campaign.id, frame_of(ANNA, body=b"{3}", wave=2), LATER)
    assert not ledger.frames.replace(campaign.id, frame_of(ANNA, body=b"{3}", wave=2), LATER)
    assert [frame.contacts for frame in ledger.frame_queries.each(campaign.id)] == [1, 2]
    assert classes(ledger) == {"in_doubt": 3}


def test_no_frame_is_added_when_the_frame_cannot_be_resent(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    ledger.settlements.settle(campaign.id, 1, FrameState.DROPPED, LATER)
    with pytest.raises(LedgerError, match="not in doubt"):
        ledger.settlements.resend(
            campaign.id, frame_of(ANNA, body=b"{2}", wave=2), LATER, "ordered"
        )
    assert len(list(ledger.frame_queries.each(campaign.id))) == 1


def test_people_posted_only_according_to_a_witness_may_have_the_text(
    ledger: Ledger,
) -> None:
    counts = {"rows": 2, "sendable": 2, "rejected": 0, "duplicates": 0, "opted_out": 0}
    made = ledger.campaigns.create(new_campaign(counts=counts), [frame_of(ANNA, BERT)])
    # As after mending, when a part of this frame was posted and is not in the ledger.
    edit_by_hand(ledger, "UPDATE frame SET state = 'in_doubt', message = 'a witness saw it posted'")
    edit_by_hand(
        ledger,
        "INSERT INTO entry (campaign_id, number, at, state, request_id, digest) "
        "VALUES (:id, 1, '2027-03-01T12:00:00.000000+00:00', 'in_doubt', 'bs1', 'd')",
        id=made.id,
    )
    ledger.settlements.resend(made.id, frame_of(ANNA, BERT, body=b"{2}", wave=2), LATER, "ordered")
    assert classes(ledger) == {"in_doubt": 2}
    assert ledger.frames.replace(made.id, frame_of(ANNA, body=b"{3}", wave=2), LATER)
    assert classes(ledger) == {"in_doubt": 2}
    ledger.settlements.settle(made.id, 1, FrameState.DROPPED, LATER)
    assert classes(ledger) == {"in_doubt": 2}


def test_an_operator_settles_doubt(ledger: Ledger) -> None:
    made = make(ledger)
    for number in (1, 2, 3):
        ledger.claims.claim(made.id, number, NOON)
    assert ledger.claims.doubt_in_flight(made.id, LATER) == 3
    ledger.settlements.settle(made.id, 1, FrameState.ACCEPTED, LATER, message="seen in the console")
    ledger.settlements.settle(made.id, 2, FrameState.DROPPED, LATER, message="not wanted")
    again = frozen(3, b"other bytes")
    ledger.settlements.resend(made.id, again, LATER, "ordered")
    assert ledger.frames.body(made.id, 3) == b"other bytes"
    assert [frame.state for frame in ledger.frame_queries.each(made.id)] == [
        "accepted",
        "dropped",
        "planned",
    ]
    with pytest.raises(LedgerError, match="Frame 1 is accepted and cannot be made dropped"):
        ledger.settlements.settle(made.id, 1, FrameState.DROPPED, LATER)
    with pytest.raises(LedgerError, match="not in doubt"):
        ledger.settlements.resend(made.id, frozen(1), LATER, "")
