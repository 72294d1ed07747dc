"""A process that needs a campaign or an account exclusively waits for its workers."""

import threading
from collections.abc import Callable

import pytest

from bulksms.errors import LedgerBusy
from bulksms.ledger import CampaignRecord, Ledger
from tests.builders import new_campaign
from tests.fakes import FakeClock
from tests.unit.ledger.samples import ALICE, BOB, frozen


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    return ledger.campaigns.create(new_campaign(account=ALICE), [frozen(1)])


def open_lane(ledger: Ledger, campaign: CampaignRecord, machine: str) -> str:
    worker = ledger.holders.register(machine, 7)
    with ledger.locks.campaign_to_share(campaign.name):
        ledger.lanes.open(campaign.id, worker.id)
    return worker.id


def test_a_campaign_with_lanes_is_busy_and_says_where(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    for machine in ("west", "east", "west"):
        open_lane(ledger, campaign, machine)
    with (
        pytest.raises(LedgerBusy, match=r"\(east, 2 on west\)"),
        ledger.locks.campaign(campaign.name),
    ):
        pass
    assert ledger.locks.is_held(campaign.name)


def test_the_lane_of_a_dead_worker_is_in_nobodys_way(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    worker = open_lane(ledger, campaign, "east")
    clock.seconds = 30
    with ledger.locks.campaign(campaign.name):
        assert ledger.holders.renew(worker) is None
    assert not ledger.locks.is_held(campaign.name)


def test_a_closed_lane_is_in_nobodys_way(ledger: Ledger, campaign: CampaignRecord) -> None:
    worker = open_lane(ledger, campaign, "east")
    ledger.lanes.close(campaign.id, worker)
    with ledger.locks.campaign(campaign.name):
        pass


def test_no_lane_opens_while_a_run_has_the_campaign_to_itself(
    ledger: Ledger, campaign: CampaignRecord, open_again: Callable[[], Ledger]
) -> None:
    with (
        open_again() as other,
        other.locks.campaign(campaign.name),
        pytest.raises(LedgerBusy, match=r"Another process (on .+ )?is sending"),
    ):
        open_lane(ledger, campaign, "east")


def test_a_run_waits_for_the_lanes_of_its_account(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    open_lane(ledger, campaign, "east")
    waits: list[float] = []
    with ledger.locks.account(ALICE, lambda: waits.append(clock.seconds), threading.Event()) as its:
        assert its
        assert (waits, clock.seconds) == ([0.0], 30.0)
    with ledger.locks.account(BOB, lambda: waits.append(clock.seconds), threading.Event()):
        assert waits == [0.0]


def test_a_run_that_is_stopped_waits_for_no_lane(ledger: Ledger, campaign: CampaignRecord) -> None:
    open_lane(ledger, campaign, "east")
    stop = threading.Event()
    with ledger.locks.account(ALICE, stop.set, stop) as its:
        assert not its


def test_an_account_is_shared_only_while_no_run_has_it(
    ledger: Ledger, open_again: Callable[[], Ledger]
) -> None:
    with open_again() as other:
        with (
            other.locks.account(ALICE, lambda: None, threading.Event()),
            ledger.locks.account_to_share(ALICE) as shared,
        ):
            assert not shared
        with ledger.locks.account_to_share(ALICE) as shared:
            assert shared


def test_workers_of_an_account_are_those_of_other_campaigns_too(
    ledger: Ledger, campaign: CampaignRecord, clock: FakeClock
) -> None:
    other = ledger.campaigns.create(new_campaign(name="autumn", account=ALICE), [frozen(1)])
    foreign = ledger.campaigns.create(new_campaign(name="winter", account=BOB), [frozen(1)])
    open_lane(ledger, campaign, "east")
    open_lane(ledger, foreign, "north")
    assert ledger.lanes.machines_of_others(ALICE, campaign.name) == []
    assert ledger.lanes.machines_of_others(ALICE, other.name) == ["east"]
    clock.seconds = 30
    assert ledger.lanes.machines_of_others(ALICE, other.name) == []


def test_a_series_is_busy_under_any_capitals_of_its_name(
    ledger: Ledger, open_again: Callable[[], Ledger]
) -> None:
    """A file system may not tell `Welcome.toml` from `welcome.toml`."""
    with open_again() as other, other.locks.series("Welcome"):
        with pytest.raises(LedgerBusy, match="Another run of 'welcome'"):
            ledger.locks.series("welcome").__enter__()
        with ledger.locks.series("spring"):
            pass
