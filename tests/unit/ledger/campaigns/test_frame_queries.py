"""Small reads of a campaign that has many frames."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from tests.unit.ledger.samples import NOON, make

SECOND = timedelta(seconds=1)


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    ledger.reconciler.verify()
    return make(ledger, frames=50)


def answer(ledger: Ledger, campaign: CampaignRecord, number: int, seconds: float) -> None:
    """Post a frame at a time after noon, answered two seconds later; its cost is 10."""
    key, at = (campaign.id, number), NOON + seconds * SECOND
    assert ledger.claims.claim(*key, at)
    ledger.claims.record(
        *key,
        FrameState.ACCEPTED,
        at + 2 * SECOND,
        ticket=f"sms_{number}",
        total_cost=Decimal(10),
        residual_credit=Decimal(1000 - 10 * number),
    )


def test_a_page_begins_after_a_frame_and_ends_at_its_limit(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    page = ledger.frame_queries.page(campaign.id, after=20, limit=3)
    assert page == [ledger.frames.get(campaign.id, number) for number in (21, 22, 23)]
    assert [each.number for each in ledger.frame_queries.page(campaign.id, 48, 20)] == [49, 50]
    assert ledger.frame_queries.page(campaign.id, 50, 20) == []


def test_a_page_may_have_frames_in_some_states_only(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    for number in (7, 30):
        answer(ledger, campaign, number, 0)
    accepted = ledger.frame_queries.page(campaign.id, 0, 20, [FrameState.ACCEPTED])
    assert [each.number for each in accepted] == [7, 30]


def test_old_answers_are_not_among_the_recent(ledger: Ledger, campaign: CampaignRecord) -> None:
    for number, seconds in ((1, 0), (2, 100), (3, 110)):
        answer(ledger, campaign, number, seconds)
    recent = ledger.frame_queries.recent_answers(campaign.id, NOON + 50 * SECOND)
    assert (recent.frames, recent.contacts) == (2, 4)
    assert recent.first_started_at == NOON + 100 * SECOND
    nothing = ledger.frame_queries.recent_answers(campaign.id, NOON + 200 * SECOND)
    assert (nothing.frames, nothing.contacts, nothing.first_started_at) == (0, 0, None)


def test_people_are_counted_by_the_second_of_the_answer(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    for number, seconds in ((1, 0.2), (2, 0.7), (3, 61)):
        answer(ledger, campaign, number, seconds)
    taken = ledger.frame_queries.taken_by_second(campaign.id)
    assert taken == [(NOON + 2 * SECOND, 4), (NOON + 63 * SECOND, 2)]
    assert {type(count) for _, count in taken} == {int}  # not decimal, which a chart cannot draw


def test_all_frames_are_read_in_order_whatever_the_pages(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    answer(ledger, campaign, 7, 0)
    many = make(ledger, name="autumn", frames=2500)

    singly = [ledger.frames.get(campaign.id, number) for number in range(1, 51)]
    assert list(ledger.frame_queries.each(campaign.id)) == singly
    assert [each.number for each in ledger.frame_queries.each(many.id)] == [*range(1, 2501)]
    planned = ledger.frame_queries.each(campaign.id, [FrameState.PLANNED])
    assert [each.number for each in planned] == [*range(1, 7), *range(8, 51)]


def test_a_frame_that_was_in_doubt_is_read_as_such(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert ledger.claims.claim(campaign.id, 3, NOON)
    ledger.claims.record(campaign.id, 3, FrameState.IN_DOUBT, NOON)
    ledger.settlements.settle(campaign.id, 3, FrameState.DROPPED, NOON, message="gone")

    assert [each.number for each in ledger.frame_queries.each(campaign.id) if each.doubted] == [3]


def test_numbers_and_sums_are_read_without_the_frames(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert ledger.frame_queries.last_used(campaign.id) is None
    for number, seconds in ((2, 0), (9, 100)):
        answer(ledger, campaign, number, seconds)

    assert ledger.frame_queries.numbers(campaign.id, [FrameState.ACCEPTED]) == [2, 9]
    assert ledger.frame_queries.last_used(campaign.id) == NOON + 102 * SECOND
    assert ledger.frame_queries.paid(campaign.id) == (4, Decimal(20))
