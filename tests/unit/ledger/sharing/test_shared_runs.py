"""Workers share the limits of a run, and a claim holds only with the limits it has read."""

from decimal import Decimal

import pytest

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.ledger.records.shared_records import ClaimTerms
from tests.builders import new_campaign
from tests.fakes import freeze_frame
from tests.unit.ledger.samples import ALICE, NOON


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    frames = [freeze_frame(number, cost_planned=Decimal("4.50")) for number in (1, 2, 3)]
    record = ledger.campaigns.create(new_campaign(account=ALICE), [*frames, freeze_frame(4)])
    ledger.shared_runs.open(record.id, {"rate": 60})
    return record


@pytest.fixture
def holder(ledger: Ledger) -> str:
    return ledger.holders.register("east", 7).id


def claim(ledger: Ledger, campaign: CampaignRecord, number: int, terms: ClaimTerms) -> bool:
    return ledger.claims.claim(campaign.id, number, NOON, account=ALICE, terms=terms)


def test_a_run_is_opened_once_and_counts_again_when_it_is_opened_again(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert ledger.shared_runs.save_limits(campaign.id, 1, {"doubts": 2})
    assert not ledger.shared_runs.save_limits(campaign.id, 1, {"doubts": 3})
    opened = ledger.shared_runs.get(campaign.id)
    assert opened is not None
    assert (opened.options, opened.limits, opened.version) == ({"rate": 60}, {"doubts": 2}, 2)
    ledger.shared_runs.close(campaign.id)
    assert ledger.shared_runs.all_open() == []
    assert not ledger.shared_runs.save_limits(campaign.id, 3, {"doubts": 3})
    ledger.shared_runs.open(campaign.id, {})
    (again,) = ledger.shared_runs.all_open()
    assert (again.options, again.limits, again.version) == ({}, {}, 4)


def test_a_claim_fails_when_the_limits_changed_or_the_run_was_closed(
    ledger: Ledger, campaign: CampaignRecord, holder: str
) -> None:
    assert not claim(ledger, campaign, 1, ClaimTerms(holder=holder, version=2))
    assert claim(ledger, campaign, 1, ClaimTerms(holder=holder, version=1))
    assert ledger.shared_runs.save_limits(campaign.id, 1, {})
    assert not claim(ledger, campaign, 2, ClaimTerms(holder=holder, version=1))
    assert claim(ledger, campaign, 2, ClaimTerms(holder=holder, version=2))
    ledger.shared_runs.close(campaign.id)
    assert not claim(ledger, campaign, 3, ClaimTerms(holder=holder, version=3))


def test_a_frame_that_goes_alone_waits_for_every_other(
    ledger: Ledger, campaign: CampaignRecord, holder: str
) -> None:
    alone = ClaimTerms(holder=holder, version=1, alone=True)
    assert claim(ledger, campaign, 1, alone)
    assert not claim(ledger, campaign, 2, alone)
    ledger.claims.record(campaign.id, 1, FrameState.ACCEPTED, NOON)
    assert claim(ledger, campaign, 2, alone)


def test_money_in_flight_and_in_doubt_is_reserved(
    ledger: Ledger, campaign: CampaignRecord, holder: str
) -> None:
    capped = ClaimTerms(holder=holder, version=1, max_cost=Decimal(9))
    assert claim(ledger, campaign, 1, capped)
    assert claim(ledger, campaign, 2, capped)
    assert not claim(ledger, campaign, 3, capped)
    ledger.claims.record(campaign.id, 1, FrameState.IN_DOUBT, NOON)
    assert not claim(ledger, campaign, 3, capped)
    ledger.claims.record(campaign.id, 2, FrameState.ACCEPTED, NOON, total_cost=Decimal("4.40"))
    assert claim(ledger, campaign, 3, capped)


def test_with_a_ceiling_a_frame_of_unknown_price_goes_alone(
    ledger: Ledger, campaign: CampaignRecord, holder: str
) -> None:
    capped = ClaimTerms(holder=holder, version=1, max_cost=Decimal(100))
    assert claim(ledger, campaign, 4, capped)
    assert not claim(ledger, campaign, 1, capped)
    ledger.claims.record(campaign.id, 4, FrameState.ACCEPTED, NOON, total_cost=Decimal(4))
    assert claim(ledger, campaign, 1, capped)
