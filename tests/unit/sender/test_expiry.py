"""A campaign that expires while it is sent, and one whose operator asked to wait for hours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.ledger import FrameRecord, Ledger, ProofRecord, open_ledger
from bulksms.sender import ClosedHours, Pacing, StopCause
from tests.unit.sender.desk import Desk, FakeClock, Script

NOON = FakeClock().now()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def test_nothing_is_posted_past_the_expiry_though_the_run_began_before(ledger: Ledger) -> None:
    desk = Desk(ledger, expires_at=NOON + timedelta(minutes=5))
    script = Script([])
    verdict = desk.send(script, Pacing(rate=0.5))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.EXPIRED)
    assert len(script.bodies) == 3
    assert desk.states == ["accepted"] * 3 + ["planned"] * 3


def test_an_expired_campaign_posts_nothing(ledger: Ledger) -> None:
    desk, script = Desk(ledger, expires_at=NOON), Script([])
    verdict = desk.send(script)
    assert script.bodies == []
    assert verdict.reason == (
        "The campaign spring was to be sent before 2027-03-01 12:00 UTC, and nothing is sent late "
        "by itself: if it still makes sense, `bulksms resume spring --approve-late` goes on."
    )


def test_who_asks_to_wait_for_the_hours_means_it_to_go_on_then(ledger: Ledger) -> None:
    desk = Desk(ledger, expires_at=NOON + timedelta(hours=1))
    opens_at = NOON + timedelta(hours=20)

    def gate(frame: FrameRecord) -> ClosedHours | None:
        shut = frame.number > 3 and desk.clock.now() < opens_at
        return ClosedHours(reason="It is night.", opens_at=opens_at) if shut else None

    assert desk.send(Script([]), Pacing(gate=gate, wait_for_hours=True)).state == "done"
    assert ledger.campaigns.get("spring").expires_at == opens_at + timedelta(hours=12)


@pytest.mark.parametrize("in_doubt", [False, True])
def test_once_its_hour_has_come_nothing_more_is_handed_over(ledger: Ledger, in_doubt: bool) -> None:
    # The API sends at once what is to leave at an hour that has passed, be it in the night.
    proof = ProofRecord(account="a", base_url="b", proved_at=NOON, protects=True)
    desk = Desk(ledger, proof=proof)
    leaves_at = NOON + timedelta(minutes=5)
    told = {**desk.campaign.parameters, "send_at": leaves_at.isoformat()}
    desk.campaign = replace(desk.campaign, parameters=told)
    if in_doubt:
        for number in range(1, 7):
            ledger.claims.claim(desk.campaign.id, number, NOON)
        desk.clock.seconds = 300
    script = Script([], hour=desk.clock.now)
    verdict = desk.send(script, Pacing(rate=0.5))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.EXPIRED)
    assert len(script.bodies) == (0 if in_doubt else 3)
