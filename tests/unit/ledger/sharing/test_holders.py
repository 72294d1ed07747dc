"""Workers are alive by their lease; what a dead one had in flight is in doubt."""

from datetime import timedelta

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.ledger.records.shared_records import ClaimTerms
from tests.fakes import FakeClock
from tests.unit.ledger.samples import ALICE, make


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    record = make(ledger, frames=3)
    ledger.shared_runs.open(record.id, {})
    return record


def claim(ledger: Ledger, campaign: CampaignRecord, number: int, holder: str) -> bool:
    terms = ClaimTerms(holder=holder, version=1)
    now = ledger.holders.database_time()
    return ledger.claims.claim(campaign.id, number, now, account=ALICE, terms=terms)


def test_a_worker_lives_for_thirty_seconds_and_for_thirty_more_when_it_renews(
    ledger: Ledger, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    clock.seconds = 29
    renewed = ledger.holders.renew(worker.id)
    assert renewed == clock.now() + timedelta(seconds=30)
    clock.seconds = 58
    assert [(live.id, live.machine, live.process) for live in ledger.holders.live()] == [
        (worker.id, "east", 7)
    ]


def test_a_lease_that_has_passed_is_not_renewed(ledger: Ledger, clock: FakeClock) -> None:
    worker = ledger.holders.register("east", 7)
    clock.seconds = 30
    assert ledger.holders.renew(worker.id) is None
    assert ledger.holders.live() == []


def test_only_what_dead_workers_left_in_flight_is_in_doubt(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    dead = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, dead.id)
    clock.seconds = 20
    alive = ledger.holders.register("west", 7)
    assert claim(ledger, campaign, 2, alive.id)
    assert ledger.holders.doubt_ended(clock.now()) == []
    clock.seconds = 31
    assert ledger.holders.doubt_ended(clock.now()) == [(campaign.id, 1)]
    states = [frame.state.value for frame in ledger.frame_queries.each(campaign.id)]
    assert states == ["in_doubt", "intent", "planned"]
    assert ledger.frames.get(campaign.id, 1).repeatable


def test_a_run_that_begins_leaves_living_workers_alone(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    assert ledger.claims.claim(campaign.id, 2, clock.now())
    assert ledger.claims.doubt_in_flight(campaign.id, clock.now()) == 1
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    clock.seconds = 30
    assert ledger.claims.doubt_in_flight(campaign.id, clock.now()) == 1
    assert ledger.frames.get(campaign.id, 1).state is FrameState.IN_DOUBT


def test_a_dead_worker_claims_nothing(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    assert not claim(ledger, campaign, 1, worker.id)
    assert ledger.frames.get(campaign.id, 1).attempts == 0


def test_a_late_answer_proves_that_a_frame_in_doubt_was_accepted(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    ledger.claims.record(
        campaign.id,
        1,
        FrameState.ACCEPTED,
        clock.now(),
        claimed_by=(worker.id, 1),
        ticket="sms_1",
    )
    frame = ledger.frames.get(campaign.id, 1)
    assert (frame.state, frame.ticket) == (FrameState.ACCEPTED, "sms_1")


@pytest.mark.parametrize("answer", [FrameState.PLANNED, FrameState.REFUSED, FrameState.IN_DOUBT])
def test_any_other_late_answer_leaves_it_in_doubt_and_stops_nothing(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock, answer: FrameState
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    ledger.claims.record(campaign.id, 1, answer, clock.now(), claimed_by=(worker.id, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.IN_DOUBT
    assert ledger.claims.claim(campaign.id, 2, clock.now())


def test_an_answer_to_an_earlier_post_of_a_frame_settles_nothing(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    ledger.claims.record(campaign.id, 1, FrameState.PLANNED, clock.now())
    assert claim(ledger, campaign, 1, worker.id)
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    with pytest.raises(LedgerError, match="no longer in state intent"):
        ledger.claims.record(
            campaign.id, 1, FrameState.ACCEPTED, clock.now(), claimed_by=(worker.id, 1)
        )


def test_a_claimed_frame_that_was_not_posted_is_planned_again(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker, other = ledger.holders.register("east", 7), ledger.holders.register("west", 7)
    assert claim(ledger, campaign, 1, worker.id)
    ledger.claims.release(campaign.id, 1, clock.now(), (other.id, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    ledger.claims.release(campaign.id, 1, clock.now(), (worker.id, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.PLANNED
    assert claim(ledger, campaign, 1, other.id)


def test_a_worker_that_was_declared_dead_releases_nothing(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    ledger.claims.release(campaign.id, 1, clock.now(), (worker.id, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.IN_DOUBT


def test_a_late_answer_may_come_until_the_lease_and_the_longest_post_have_passed(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    until = clock.now() + timedelta(seconds=210)
    assert ledger.holders.answer_until(campaign.id, 1) is None
    clock.seconds = 30
    ledger.holders.doubt_ended(clock.now())
    assert ledger.holders.answer_until(campaign.id, 1) == until
    assert ledger.holders.answer_until(campaign.id, 2) is None
    clock.seconds = 210
    assert ledger.holders.answer_until(campaign.id, 1) is None


def test_no_late_answer_comes_to_a_frame_whose_answer_left_it_in_doubt(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = ledger.holders.register("east", 7)
    assert claim(ledger, campaign, 1, worker.id)
    ledger.claims.record(
        campaign.id, 1, FrameState.IN_DOUBT, clock.now(), message="no answer in 120 s"
    )
    assert ledger.holders.answer_until(campaign.id, 1) is None


def test_a_worker_that_ended_gently_is_gone_at_once(ledger: Ledger) -> None:
    worker = ledger.holders.register("east", 7)
    ledger.holders.end(worker.id)
    assert ledger.holders.live() == []
    assert ledger.holders.renew(worker.id) is None


def test_what_a_run_of_its_own_left_behind_may_be_on_its_way_where_it_may_be_another_machines(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock, ledger_url: str | None
) -> None:
    assert ledger.claims.claim(campaign.id, 1, clock.now(), account=ALICE)
    # Half a lease until it posts, with a clock a minute off, and then the longest post.
    until = clock.now() + timedelta(minutes=1, seconds=210)
    clock.seconds = 31
    assert ledger.claims.doubt_in_flight(campaign.id, clock.now()) == 1
    assert ledger.holders.answer_until(campaign.id, 1) == (until if ledger_url else None)
    clock.seconds = 270
    assert ledger.holders.answer_until(campaign.id, 1) is None
