"""Dearer than planned stops the line once; who resumes has accepted that price."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bulksms.ledger import Ledger
from bulksms.octopush.outcomes import Accepted
from bulksms.sender import Pacing, StopCause
from tests.fakes import ACCEPTED, CONTACTS, NO_ANSWER, ScriptedGateway, SenderFixture, freeze_frame

PLANNED = Decimal("4.50")
DOUBLE = replace(ACCEPTED, total_cost=Decimal(9))
TWO_PARTS = replace(ACCEPTED, number_of_sms_needed=2 * CONTACTS, total_cost=Decimal(9))
TRIPLE = replace(ACCEPTED, total_cost=Decimal("13.50"))


@pytest.fixture
def priced(ledger: Ledger) -> SenderFixture:
    return SenderFixture(ledger, [freeze_frame(n, CONTACTS, PLANNED) for n in range(1, 7)])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (DOUBLE, "Frame 1 cost 9.00 EUR where 4.50 EUR were planned"),
        (TWO_PARTS, "Frame 1 needed 200 SMS where 100 were planned"),
    ],
)
def test_a_dearer_first_frame_stops_all_workers_and_resume_accepts_it(
    priced: SenderFixture, answer: Accepted, reason: str
) -> None:
    first = ScriptedGateway([], then=answer)
    outcome = priced.send(first, Pacing(concurrency=4))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.COST)
    assert (outcome.reason or "").startswith(reason)
    assert len(first.bodies) == 1
    assert priced.send(ScriptedGateway([], then=answer)).state == "done"


def test_what_is_dearer_still_stops_a_resumed_campaign_again(priced: SenderFixture) -> None:
    priced.send(ScriptedGateway([DOUBLE]))
    outcome = priced.send(ScriptedGateway([DOUBLE, TRIPLE]))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.COST)
    assert priced.states == ["accepted"] * 3 + ["planned"] * 3


@pytest.mark.parametrize(
    ("learnt", "state"),
    [("0.09", "done"), ("0.0895", "done"), ("0.08", "stopped"), (None, "stopped")],
)
def test_the_price_of_the_last_campaign_is_no_surprise(
    priced: SenderFixture, learnt: str | None, state: str
) -> None:
    """A frame costs twice its plan, 0.09 EUR an SMS."""
    priced.learnt_price = None if learnt is None else Decimal(learnt)
    assert priced.send(ScriptedGateway([], then=DOUBLE)).state == state


def test_more_segments_than_planned_stop_though_their_price_is_known(
    priced: SenderFixture,
) -> None:
    priced.learnt_price = Decimal("0.09")
    assert priced.send(ScriptedGateway([], then=TWO_PARTS)).cause is StopCause.COST


def test_a_rounded_cent_stops_nothing(priced: SenderFixture) -> None:
    rounded = replace(ACCEPTED, total_cost=Decimal("4.54"))
    assert priced.send(ScriptedGateway([], then=rounded)).state == "done"


def test_what_was_noticed_at_the_last_frame_is_said_though_all_is_done(
    priced: SenderFixture,
) -> None:
    outcome = priced.send(ScriptedGateway([ACCEPTED] * 5, then=DOUBLE))
    assert outcome.state == "done"
    assert "Frame 6 cost 9.00 EUR" in (outcome.reason or "")


def test_money_that_doubt_may_have_cost_counts_towards_the_ceiling(priced: SenderFixture) -> None:
    outcome = priced.send(ScriptedGateway([NO_ANSWER]), Pacing(max_cost=Decimal(9)))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.COST)
    assert priced.states == ["in_doubt", "accepted", *["planned"] * 4]
    again = ScriptedGateway([])
    assert priced.send(again, Pacing(max_cost=Decimal(9))).cause is StopCause.COST
    assert again.bodies == []


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_the_ceiling_is_passed_by_one_frame_at_the_most(ledger: Ledger, factor: int) -> None:
    sender = SenderFixture(
        ledger, [freeze_frame(n, CONTACTS, PLANNED * factor) for n in range(1, 7)]
    )
    expensive = replace(ACCEPTED, total_cost=PLANNED * factor)
    ceiling = Decimal(10)
    sender.send(ScriptedGateway([], then=expensive), Pacing(max_cost=ceiling))
    spent = sum(
        frame.total_cost or 0 for frame in sender.ledger.frame_queries.each(sender.campaign.id)
    )
    assert ceiling <= spent < ceiling + PLANNED * factor
