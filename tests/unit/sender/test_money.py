"""Dearer than planned stops the line once; who resumes has accepted that price."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.ledger import Ledger, open_ledger
from bulksms.octopush.outcomes import Accepted
from bulksms.sender import Pacing, StopCause
from tests.unit.sender.desk import CONTACTS, DOUBT, TAKEN, Desk, Script, frozen

PLANNED = Decimal("4.50")
DOUBLE = replace(TAKEN, total_cost=Decimal(9))
TWO_PARTS = replace(TAKEN, number_of_sms_needed=2 * CONTACTS, total_cost=Decimal(9))
TRIPLE = replace(TAKEN, total_cost=Decimal("13.50"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def priced(ledger: Ledger) -> Desk:
    return Desk(ledger, [frozen(n, CONTACTS, PLANNED) for n in range(1, 7)])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (DOUBLE, "Frame 1 cost 9 EUR where 4.50 EUR were planned"),
        (TWO_PARTS, "Frame 1 needed 200 SMS where 100 were planned"),
    ],
)
def test_a_dearer_first_frame_stops_all_workers_and_resume_accepts_it(
    priced: Desk, answer: Accepted, reason: str
) -> None:
    first = Script([], then=answer)
    verdict = priced.send(first, Pacing(concurrency=4))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.COST)
    assert (verdict.reason or "").startswith(reason)
    assert len(first.bodies) == 1
    assert priced.send(Script([], then=answer)).state == "done"


def test_what_is_dearer_still_stops_a_resumed_campaign_again(priced: Desk) -> None:
    priced.send(Script([DOUBLE]))
    verdict = priced.send(Script([DOUBLE, TRIPLE]))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.COST)
    assert priced.states == ["accepted"] * 3 + ["planned"] * 3


def test_a_rounded_cent_stops_nothing(priced: Desk) -> None:
    rounded = replace(TAKEN, total_cost=Decimal("4.54"))
    assert priced.send(Script([], then=rounded)).state == "done"


def test_what_was_noticed_at_the_last_frame_is_said_though_all_is_done(priced: Desk) -> None:
    verdict = priced.send(Script([TAKEN] * 5, then=DOUBLE))
    assert verdict.state == "done"
    assert "Frame 6 cost 9 EUR" in (verdict.reason or "")


def test_money_that_doubt_may_have_cost_counts_towards_the_ceiling(priced: Desk) -> None:
    verdict = priced.send(Script([DOUBT]), Pacing(max_cost=Decimal(9)))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.COST)
    assert priced.states == ["in_doubt", "accepted", *["planned"] * 4]
    again = Script([])
    assert priced.send(again, Pacing(max_cost=Decimal(9))).cause is StopCause.COST
    assert again.bodies == []


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_the_ceiling_is_passed_by_one_frame_at_the_most(ledger: Ledger, factor: int) -> None:
    desk = Desk(ledger, [frozen(n, CONTACTS, PLANNED * factor) for n in range(1, 7)])
    dear = replace(TAKEN, total_cost=PLANNED * factor)
    ceiling = Decimal(10)
    desk.send(Script([], then=dear), Pacing(max_cost=ceiling))
    spent = sum(one.total_cost or 0 for one in desk.ledger.frames.all(desk.campaign.id))
    assert ceiling <= spent < ceiling + PLANNED * factor
