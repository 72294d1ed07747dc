"""What the balance says about a frame in doubt; it is a hint, so in doubt it says nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.use_cases.reporting.balance_clue import (
    BalanceClue,
    BalanceReading,
    BalanceSign,
    read_clue,
)
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ALICE, frozen

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PRICE = Decimal("24.93")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "home") as opened:
        opened.reconciler.verify()
        yield opened


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    return create(ledger, "spring")


def create(ledger: Ledger, name: str) -> CampaignRecord:
    frames = [replace(frozen(number), cost_planned=PRICE) for number in range(1, 6)]
    return ledger.campaigns.create(new_campaign(name, account=ALICE), frames)


def post(
    ledger: Ledger,
    campaign: CampaignRecord,
    number: int,
    balance: str | None,
    at: float | None = None,
    seconds: float = 1,
) -> None:
    """Post a frame some seconds after noon; without a balance its answer was lost."""
    start = NOON + SECOND * (10 * number if at is None else at)
    key = (campaign.id, number)
    assert ledger.claims.claim(*key, start, account=ALICE)
    end = start + seconds * SECOND
    if balance is None:
        ledger.claims.record(*key, FrameState.IN_DOUBT, end)
    else:
        ledger.claims.record(
            *key,
            FrameState.ACCEPTED,
            end,
            total_cost=PRICE,
            residual_credit=Decimal(balance),
            ticket=f"{campaign.name}-{number}",
        )


def clue(
    ledger: Ledger, campaign: CampaignRecord, number: int, reading: BalanceReading | None = None
) -> BalanceClue:
    return read_clue(ledger, campaign, ledger.frames.get(campaign.id, number), reading)


@pytest.mark.parametrize(
    ("after", "sign", "change"),
    [
        ("250.14", BalanceSign.CHARGED, "24.93"),
        ("250.40", BalanceSign.CHARGED, "24.67"),
        ("275.07", BalanceSign.NOT_CHARGED, "0"),
        ("260.00", BalanceSign.UNCLEAR, "15.07"),
        ("400.00", BalanceSign.UNCLEAR, "-124.93"),
    ],
)
def test_the_fall_of_the_balance_is_compared_with_the_price(
    ledger: Ledger, campaign: CampaignRecord, after: str, sign: BalanceSign, change: str
) -> None:
    post(ledger, campaign, 1, "300")
    post(ledger, campaign, 2, None)
    post(ledger, campaign, 3, after)
    evidence = clue(ledger, campaign, 2)
    assert (evidence.sign, evidence.price) == (sign, PRICE)
    assert evidence.change == Decimal(change)


def test_two_in_doubt_between_the_same_balances_are_judged_together(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    post(ledger, campaign, 1, "300")
    post(ledger, campaign, 2, None)
    post(ledger, campaign, 3, None)
    post(ledger, campaign, 4, "225.21")
    for number in (2, 3):
        evidence = clue(ledger, campaign, number)
        assert (evidence.sign, evidence.frames, evidence.price) == (
            BalanceSign.CHARGED,
            2,
            2 * PRICE,
        )


def test_a_balance_on_one_side_says_nothing(ledger: Ledger, campaign: CampaignRecord) -> None:
    post(ledger, campaign, 1, None)
    post(ledger, campaign, 2, "300")
    post(ledger, campaign, 3, None)
    assert clue(ledger, campaign, 1).sign is BalanceSign.UNKNOWN
    assert clue(ledger, campaign, 3).sign is BalanceSign.UNKNOWN


def test_a_balance_that_was_asked_later_counts(ledger: Ledger, campaign: CampaignRecord) -> None:
    post(ledger, campaign, 1, "300")
    post(ledger, campaign, 2, None)
    before = BalanceReading(amount=Decimal(300), at=NOON + 15 * SECOND)
    later = BalanceReading(amount=Decimal("275.07"), at=NOON + 60 * SECOND)
    assert clue(ledger, campaign, 2, before).sign is BalanceSign.UNKNOWN
    assert clue(ledger, campaign, 2, later).sign is BalanceSign.CHARGED


def test_another_campaign_of_the_account_gives_a_balance_too(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    post(ledger, create(ledger, "autumn"), 1, "300", at=-100)
    post(ledger, campaign, 1, None)
    post(ledger, campaign, 2, "250.14")
    assert clue(ledger, campaign, 1).sign is BalanceSign.CHARGED


def test_frames_that_were_in_flight_together_are_unclear(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    post(ledger, campaign, 1, "300")
    post(ledger, campaign, 2, None, at=20)
    post(ledger, campaign, 3, "250.14", at=22)
    post(ledger, campaign, 4, "225.21", at=22.5, seconds=2)
    assert clue(ledger, campaign, 2).sign is BalanceSign.UNCLEAR


def test_one_that_was_sent_again_makes_it_unclear(ledger: Ledger, campaign: CampaignRecord) -> None:
    post(ledger, campaign, 1, "300")
    post(ledger, campaign, 2, None)
    post(ledger, campaign, 3, None)
    post(ledger, campaign, 4, "250.14")
    again = replace(frozen(2), wave=2, request_id="again", cost_planned=PRICE)
    ledger.settlements.resend(campaign.id, again, NOON + 80 * SECOND, "ordered")
    post(ledger, campaign, 2, "225.21", at=100)
    assert clue(ledger, campaign, 3).sign is BalanceSign.UNCLEAR
