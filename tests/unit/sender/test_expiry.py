"""A campaign that expires while it is sent, and one whose operator asked to wait for hours."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bulksms.ledger import FrameRecord, Ledger, ProofRecord
from bulksms.sender import ClosedHours, Pacing, StopCause
from tests.fakes import FakeClock, ScriptedGateway, SenderFixture

NOON = FakeClock().now()


def test_nothing_is_posted_past_the_expiry_though_the_run_began_before(ledger: Ledger) -> None:
    sender = SenderFixture(ledger, expires_at=NOON + timedelta(minutes=5))
    gateway = ScriptedGateway([])
    outcome = sender.send(gateway, Pacing(rate=0.5))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.EXPIRED)
    assert len(gateway.bodies) == 3
    assert sender.states == ["accepted"] * 3 + ["planned"] * 3


def test_an_expired_campaign_posts_nothing(ledger: Ledger) -> None:
    sender, gateway = SenderFixture(ledger, expires_at=NOON), ScriptedGateway([])
    outcome = sender.send(gateway)
    assert gateway.bodies == []
    assert outcome.reason == (
        "The campaign spring expired at 2027-03-01 12:00 UTC, and expired campaigns are not "
        "posted without --approve-late: to send the rest anyway, run "
        "`bulksms resume spring --approve-late`."
    )


def test_a_run_that_waits_for_the_hours_continues_then(ledger: Ledger) -> None:
    sender = SenderFixture(ledger, expires_at=NOON + timedelta(hours=1))
    opens_at = NOON + timedelta(hours=2)

    def gate(frame: FrameRecord) -> ClosedHours | None:
        shut = frame.number > 3 and sender.clock.now() < opens_at
        return ClosedHours(reason="It is night.", opens_at=opens_at) if shut else None

    assert (
        sender.send(ScriptedGateway([]), Pacing(closed_hours=gate, wait_for_hours=True)).state
        == "done"
    )
    assert ledger.campaigns.get("spring").expires_at == opens_at + timedelta(hours=12)


@pytest.mark.parametrize("in_doubt", [False, True])
def test_once_its_hour_has_come_nothing_more_is_handed_over(ledger: Ledger, in_doubt: bool) -> None:
    # The API sends at once what is to leave at an hour that has passed, be it in the night.
    proof = ProofRecord(
        account="a", base_url="b", proved_at=NOON, protects=True, window=timedelta(hours=24)
    )
    sender = SenderFixture(ledger, proof=proof)
    leaves_at = NOON + timedelta(minutes=5)
    parameters = {**sender.campaign.parameters, "send_at": leaves_at.isoformat()}
    sender.campaign = replace(sender.campaign, parameters=parameters)
    if in_doubt:
        for number in range(1, 7):
            ledger.claims.claim(sender.campaign.id, number, NOON)
        sender.clock.seconds = 300
    gateway = ScriptedGateway([], server_clock=sender.clock.now)
    outcome = sender.send(gateway, Pacing(rate=0.5))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.EXPIRED)
    assert len(gateway.bodies) == (0 if in_doubt else 3)
