"""A frame posted under one account is never repeated under another, not even by order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bulksms.ledger import Ledger, ProofRecord
from tests.fakes import FakeClock, ScriptedGateway, SenderFixture

NOON = FakeClock().now()
PROOF_A = ProofRecord(
    account="a", base_url="x", proved_at=NOON, protects=True, window=timedelta(hours=24)
)
PROOF_B = replace(PROOF_A, account="b")


class Crash(BaseException):
    """The machine dies while the frame is in flight."""


@pytest.mark.parametrize(
    ("account", "proof", "repeats"),
    [("a", PROOF_A, 1), ("b", PROOF_B, 0), ("b", PROOF_A, 0), ("a", PROOF_B, 0)],
    ids=["same", "moved to B", "moved to B, proof of A", "proof of B"],
)
def test_a_repeat_is_only_made_under_the_account_of_the_first_post(
    ledger: Ledger, account: str, proof: ProofRecord, repeats: int
) -> None:
    sender = SenderFixture(ledger, proof=PROOF_A)
    with pytest.raises(Crash):
        sender.send(ScriptedGateway([Crash()], server_clock=sender.clock.now))
    if account != "a":  # an operator ordered the campaign to continue there
        ledger.campaigns.set_account(sender.campaign.id, account)
        sender.campaign = ledger.campaigns.get("spring")
    sender.proof = proof
    resumed = ScriptedGateway([], server_clock=sender.clock.now)
    sender.send(resumed)
    assert resumed.bodies.count(b"frame 1") == repeats
    assert len(resumed.bodies) == 5 + repeats
    assert sender.states == ["accepted" if repeats else "in_doubt", *["accepted"] * 5]
