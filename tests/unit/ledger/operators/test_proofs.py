"""What was tried of an account is kept, and counts for a while."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulksms.ledger import Ledger, ProofRecord
from bulksms.octopush import Credentials
from tests.builders import ledger_in
from tests.unit.ledger.samples import ALICE

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ADDRESS = "https://api.octopush.com/v1/public"
PROOF = ProofRecord(
    account="a" * 64, base_url=ADDRESS, proved_at=NOON, protects=True, refusals_burn=False
)


def proof(account: str) -> ProofRecord:
    return ProofRecord(account=account, base_url="https://x", proved_at=NOON, protects=True)


def test_an_untried_account_has_no_proof(ledger: Ledger) -> None:
    ledger.proofs.save(PROOF)
    assert ledger.proofs.get("b" * 64) is None


def test_a_proof_outlives_the_program(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.proofs.save(PROOF)
    with ledger_in(tmp_path) as ledger:
        assert ledger.proofs.get(PROOF.account) == PROOF


def test_a_new_proof_replaces_the_old_one(ledger: Ledger) -> None:
    worse = replace(PROOF, protects=False, refusals_burn=None, proved_at=NOON + timedelta(days=1))
    ledger.proofs.save(PROOF)
    ledger.proofs.save(worse)
    assert ledger.proofs.get(PROOF.account) == worse


def test_a_proof_is_valid_for_thirty_days_at_its_address_and_version() -> None:
    assert PROOF.valid(NOON, ADDRESS)
    assert PROOF.valid(NOON, ADDRESS + "/")
    assert PROOF.valid(NOON + timedelta(days=29, hours=23), ADDRESS)
    assert not PROOF.valid(NOON + timedelta(days=30), ADDRESS)
    assert not PROOF.valid(NOON, "http://127.0.0.1:8900/v1/public")
    assert not replace(PROOF, version="0.0.1").valid(NOON, ADDRESS)


def test_a_proof_from_the_future_or_of_the_contrary_is_invalid() -> None:
    assert not PROOF.valid(NOON - timedelta(seconds=1), ADDRESS)
    assert not replace(PROOF, protects=False).valid(NOON, ADDRESS)


def test_an_account_is_named_by_address_and_login_alone() -> None:
    ours = Credentials(login="desk@example.com", key="test-1")
    renewed = Credentials(login="desk@example.com", key="test-2")
    other = Credentials(login="shop@example.com", key="test-1")
    assert ours.account_at(ADDRESS) == renewed.account_at(ADDRESS + "/")
    assert ours.account_at(ADDRESS) != ours.account_at("https://api.example.com/v1/public")
    assert ours.account_at(ADDRESS) != other.account_at(ADDRESS)
    assert "desk" not in ours.account_at(ADDRESS)


def test_a_proof_keeps_the_age_that_was_tried(ledger: Ledger) -> None:
    from dataclasses import replace

    ledger.proofs.save(replace(proof(ALICE), window=timedelta(hours=2, seconds=5)))
    saved = ledger.proofs.get(ALICE)
    assert saved is not None
    assert saved.window == timedelta(hours=2, seconds=5)
