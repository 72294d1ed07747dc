"""What earlier campaigns tell: who was texted, by which kind of campaign, and at what price."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    Ledger,
)
from tests.builders import new_campaign
from tests.unit.ledger.samples import ALICE, BOB, LATER, NOON, frozen, make

MARKETING = {"purpose": "wholesale", "type": "sms_premium"}
FIRST = [33639980001, 33639981001]
SECOND = [33639980002, 33639981002]


def sent(
    ledger: Ledger,
    number: int,
    state: FrameState = FrameState.ACCEPTED,
    **campaign: Any,  # noqa: ANN401 - fields
) -> CampaignRecord:
    """Send a campaign of the one frame of this number."""
    name = f"campaign-{len(ledger.campaigns.all())}"
    answer = campaign.pop("answer", {})
    fields = {"text_digest": "t" * 64, "account": ALICE, **campaign}
    made = ledger.campaigns.create(new_campaign(name, **fields), [frozen(number)])
    assert ledger.claims.claim(made.id, number, NOON, account=made.account)
    ledger.claims.record(made.id, number, state, LATER, **answer)
    return made


def charged(cost: str, sms: int) -> dict[str, Any]:
    return {"total_cost": Decimal(cost), "number_of_sms_needed": sms}


def test_people_who_ever_got_a_text_can_be_queried(ledger: Ledger) -> None:
    sent(ledger, 1)
    since = NOON + timedelta(seconds=1)
    assert ledger.history.numbers_texted("t" * 64, False, since).tolist() == []
    assert ledger.history.numbers_texted("t" * 64, False, NOON).tolist() == FIRST
    assert ledger.history.numbers_texted("t" * 64, False, None).tolist() == FIRST


def test_a_simulated_frame_reached_no_one(ledger: Ledger) -> None:
    sent(ledger, 1, FrameState.SIMULATED, parameters=MARKETING, answer=charged("1.00", 10))
    assert ledger.history.numbers_texted("t" * 64, False, None).tolist() == []
    assert ledger.history.numbers_texted_by_marketing(False, None).tolist() == []
    assert ledger.history.learnt_price(ALICE, "sms_premium") is None


def test_any_marketing_campaign_counts_for_the_frequency_cap(ledger: Ledger) -> None:
    sent(ledger, 1, parameters=MARKETING, text_digest="u" * 64)
    sent(ledger, 2, FrameState.IN_DOUBT, parameters=MARKETING)
    assert ledger.history.numbers_texted_by_marketing(False, NOON).tolist() == [
        FIRST[0],
        SECOND[0],
        FIRST[1],
        SECOND[1],
    ]
    assert ledger.history.numbers_texted_by_marketing(False, NOON + timedelta(days=8)).size == 0
    assert ledger.history.numbers_texted_by_marketing(True, None).size == 0


@pytest.mark.parametrize(
    ("state", "campaign"),
    [
        (FrameState.ACCEPTED, {"parameters": {"purpose": "alert"}}),
        (FrameState.ACCEPTED, {"parameters": MARKETING | {"test": True}}),
        (FrameState.ACCEPTED, {"parameters": MARKETING | {"simulation_mode": True}}),
        (FrameState.ACCEPTED, {"parameters": MARKETING, "rehearsal": True}),
        (FrameState.REFUSED, {"parameters": MARKETING}),
    ],
)
def test_a_person_who_got_no_marketing_is_not_counted(
    ledger: Ledger, state: FrameState, campaign: dict[str, Any]
) -> None:
    sent(ledger, 1, state, **campaign)
    assert ledger.history.numbers_texted_by_marketing(False, None).size == 0


def test_people_who_wait_for_marketing_count_however_long(ledger: Ledger) -> None:
    ledger.campaigns.create(new_campaign(parameters=MARKETING), [frozen(1)])
    late = NOON + timedelta(days=99)
    assert ledger.history.numbers_texted_by_marketing(False, late).tolist() == FIRST


def test_a_price_is_learnt_from_the_newest_campaign_of_the_account_that_paid(
    ledger: Ledger,
) -> None:
    assert ledger.history.learnt_price(ALICE, "sms_premium") is None
    sent(ledger, 1, parameters=MARKETING, answer=charged("0.90", 10))
    made = sent(ledger, 2, parameters=MARKETING, answer=charged("1.00", 20))
    sent(ledger, 3, parameters=MARKETING, answer=charged("0", 20))
    sent(ledger, 4, FrameState.REFUSED, parameters=MARKETING, answer=charged("7.00", 20))
    sent(ledger, 5, parameters=MARKETING | {"type": "sms_low_cost"}, answer=charged("3", 100))
    sent(ledger, 6, parameters=MARKETING, account=BOB, answer=charged("9.00", 10))
    learnt = ledger.history.learnt_price(ALICE, "sms_premium")
    assert learnt is not None
    assert (learnt.cost, learnt.sms, learnt.campaign) == (Decimal("1.00"), 20, made.name)
    assert learnt.at == NOON
    other = ledger.history.learnt_price(BOB, "sms_premium")
    assert other is not None
    assert other.cost / other.sms == Decimal("0.90")


def test_texted_numbers_leave_out_refused_and_dropped_frames(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.REFUSED, NOON)
    ledger.claims.claim(made.id, 2, NOON)
    numbers = ledger.history.numbers_texted("t" * 64, False, NOON - timedelta(days=999))
    assert numbers.tolist() == [33639980002, 33639980003, 33639981002, 33639981003]
    assert numbers.dtype == np.int64
    assert ledger.history.numbers_texted("t" * 64, True, NOON - timedelta(days=999)).size == 0
    assert ledger.history.numbers_texted("u" * 64, False, NOON - timedelta(days=999)).size == 0


def test_numbers_texted_before_the_period_do_not_count(ledger: Ledger) -> None:
    made = make(ledger, frames=1)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)
    assert ledger.history.numbers_texted("t" * 64, False, NOON).size == 2
    assert ledger.history.numbers_texted("t" * 64, False, NOON + timedelta(seconds=1)).size == 0


def test_people_waiting_for_a_text_count_however_long_they_wait(ledger: Ledger) -> None:
    made = make(ledger, frames=2)
    ledger.claims.claim(made.id, 1, NOON)  # a run that died on the way: no one knows
    assert ledger.history.numbers_texted("t" * 64, False, NOON + timedelta(days=99)).size == 4


def test_a_scheduled_text_counts_from_the_time_it_is_read(ledger: Ledger) -> None:
    read_at = NOON + timedelta(days=10)
    made = ledger.campaigns.create(
        new_campaign("later", text_digest="t" * 64, parameters={"send_at": read_at.isoformat()}),
        [frozen(1)],
    )
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)
    assert ledger.history.numbers_texted("t" * 64, False, read_at).size == 2
    assert ledger.history.numbers_texted("t" * 64, False, read_at + timedelta(seconds=1)).size == 0


def test_the_newest_change_is_the_latest_time_in_the_ledger(ledger: Ledger) -> None:
    assert ledger.history.newest_change() is None
    made = make(ledger)
    assert ledger.history.newest_change() is None
    ledger.claims.claim(made.id, 1, LATER)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER - timedelta(hours=3))
    assert ledger.history.newest_change() == LATER
