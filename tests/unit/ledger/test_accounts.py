"""A post is known with its account and the server's time, and repeated only under that account."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.ledger import CampaignRecord, FrameState, Ledger, ProofRecord, open_ledger
from tests.builders import new_campaign
from tests.unit.ledger.test_ledger import LATER, NOON, frozen, make

ALICE, BOB = "a" * 64, "b" * 64
SERVER = datetime(2027, 3, 1, 12, 0, 3, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "home") as opened:
        yield opened


def proof(account: str) -> ProofRecord:
    return ProofRecord(account=account, base_url="https://x", proved_at=NOON, protects=True)


def in_doubt(ledger: Ledger, account: str | None) -> CampaignRecord:
    """Post a frame under an account, and hear nothing of it."""
    made = ledger.campaigns.create(new_campaign(account=account), [frozen(1)])
    assert ledger.claims.claim(made.id, 1, NOON, account=account, server_time=SERVER)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, NOON, repeatable=True)
    return made


def test_a_campaign_knows_its_account(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(account=ALICE), [frozen(1)])
    assert ledger.campaigns.get("spring").account == ALICE
    ledger.campaigns.set_account(made.id, BOB)
    assert ledger.campaigns.get("spring").account == BOB


def test_an_intent_knows_its_account_and_the_servers_time(ledger: Ledger, tmp_path: Path) -> None:
    made = in_doubt(ledger, ALICE)
    intent, doubt = ledger.frames.entries(made.id, 1)
    assert (intent.account, intent.server_time) == (ALICE, SERVER)
    assert (doubt.account, doubt.server_time) == (None, None)
    first = ledger.claims.first_post(made.id, 1, "bs1-1")
    assert first is not None
    assert (first.at, first.account, first.server_time) == (NOON, ALICE, SERVER)
    assert first.times == (NOON, NOON)
    line = (tmp_path / "home" / "ledger.sqlite3.intents").read_text().splitlines()[-1]
    assert line.split("\t")[-2:] == [ALICE, "2027-03-01T12:00:03.000000+00:00"]


def test_an_id_that_was_never_posted_has_no_first_post(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(account=ALICE), [frozen(1)])
    assert ledger.claims.first_post(made.id, 1, "bs1-1") is None


def test_a_repeat_is_made_only_under_the_account_of_the_first_post(ledger: Ledger) -> None:
    made = in_doubt(ledger, ALICE)
    assert not ledger.claims.reclaim(made.id, 1, LATER, proof(BOB))
    assert ledger.frames.get(made.id, 1).state == "in_doubt"
    assert ledger.claims.reclaim(made.id, 1, LATER, proof(ALICE))


def test_a_post_under_an_unknown_account_is_never_repeated(ledger: Ledger) -> None:
    made = in_doubt(ledger, None)
    assert not ledger.claims.reclaim(made.id, 1, LATER, proof(ALICE))


def test_a_resend_by_order_may_be_repeated_under_its_own_account(ledger: Ledger) -> None:
    made = in_doubt(ledger, ALICE)
    ledger.settlements.resend(made.id, frozen(1, request_id="bs1-new"), LATER, "ordered")
    assert ledger.claims.claim(made.id, 1, LATER, account=BOB)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, LATER, repeatable=True)
    assert not ledger.claims.reclaim(made.id, 1, LATER, proof(ALICE))
    assert ledger.claims.reclaim(made.id, 1, LATER, proof(BOB))


def test_accounts_and_server_times_come_back_from_the_witnesses(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_ledger(home) as ledger:
        made = ledger.campaigns.create(new_campaign(account=ALICE), map(frozen, (1, 2)))
        assert ledger.claims.claim(made.id, 1, NOON, account=ALICE)
    shutil.copytree(home, tmp_path / "backup")
    with open_ledger(home) as ledger:
        assert ledger.claims.claim(made.id, 2, NOON, account=BOB, server_time=SERVER)
    shutil.copy(tmp_path / "backup" / "ledger.sqlite3", home)
    with open_ledger(home) as ledger:
        assert ledger.reconciler.rebuild(LATER).doubted_frames == 1
        intent = ledger.frames.entries(made.id, 2)[0]
        assert (intent.account, intent.server_time) == (BOB, SERVER)
    (home / "ledger.sqlite3").unlink()
    with open_ledger(home) as ledger:
        assert ledger.reconciler.rebuild(LATER).lost_campaigns == ("spring",)
        made = ledger.campaigns.create(new_campaign(account=ALICE), map(frozen, (1, 2)))
        accounts = [ledger.frames.entries(made.id, number)[0].account for number in (1, 2)]
    assert accounts == [ALICE, BOB]


def test_a_witness_of_an_older_version_is_understood(ledger: Ledger, tmp_path: Path) -> None:
    import zlib

    made = make(ledger)
    assert ledger.claims.claim(made.id, 1, NOON, account=ALICE)
    for file in (
        tmp_path / "home" / "ledger.sqlite3.intents",
        next((tmp_path / "home-witness").glob("*.intents")),
    ):
        lines = [line.split(b"\t")[1:] for line in file.read_bytes().splitlines()]
        short = [b"\t".join(fields[:8] if len(fields) > 8 else fields) for fields in lines]
        file.write_bytes(b"".join(b"%08x\t%b\n" % (zlib.crc32(text), text) for text in short))
    assert ledger.reconciler.verify() == ()


def test_the_newest_change_tells_a_clock_that_went_back(ledger: Ledger) -> None:
    assert ledger.history.newest_change() is None
    made = make(ledger)
    assert ledger.history.newest_change() is None
    ledger.claims.claim(made.id, 1, LATER)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER - timedelta(hours=3))
    assert ledger.history.newest_change() == LATER


def test_a_proof_keeps_the_age_that_was_tried(ledger: Ledger) -> None:
    from dataclasses import replace

    ledger.proofs.save(replace(proof(ALICE), window=timedelta(hours=2, seconds=5)))
    saved = ledger.proofs.get(ALICE)
    assert saved is not None
    assert saved.window == timedelta(hours=2, seconds=5)
