"""A claim is refused when somebody said no, or when the frame is not the one that was read."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    FrozenFrame,
    Ledger,
    ProofRecord,
    RecordedAnswer,
    open_ledger,
)
from tests.unit.ledger.test_ledger import LATER, NOON, make

WITNESS = "ledger.sqlite3.intents"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "home") as opened:
        opened.reconciler.verify()
        yield opened


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    return make(ledger, frames=3)


def test_a_frame_somebody_opted_out_of_is_not_taken_and_nothing_is_written(
    ledger: Ledger, campaign: CampaignRecord, tmp_path: Path
) -> None:
    before = ledger.frames.get(campaign.id, 1)
    ledger.opt_outs.add([int(ledger.frames.phone_numbers(campaign.id, 1)[0])], "typed", NOON)
    told = (tmp_path / "home" / WITNESS).read_bytes()
    assert not ledger.claims.claim(campaign.id, 1, NOON)
    assert not ledger.claims.claim(campaign.id, 1, NOON, before)
    assert ledger.frames.get(campaign.id, 1) == before
    assert ledger.frames.entries(campaign.id, 1) == []
    assert (tmp_path / "home" / WITNESS).read_bytes() == told
    assert ledger.claims.claim(campaign.id, 2, NOON)


def test_a_frame_as_it_is_known_is_taken(ledger: Ledger, campaign: CampaignRecord) -> None:
    known = ledger.frames.get(campaign.id, 1)
    assert ledger.claims.claim(campaign.id, 1, NOON, known)
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    assert not ledger.claims.claim(campaign.id, 1, NOON, known)


def test_a_frame_that_was_frozen_anew_since_is_not_taken(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    known = ledger.frames.get(campaign.id, 1)
    kept = ledger.frames.phone_numbers(campaign.id, 1)[1:]
    new = FrozenFrame(
        number=1,
        first_row=known.first_row,
        last_row=known.last_row,
        body=b"smaller",
        request_id="bs1-new",
        numbers=kept.astype("<i8").tobytes(),
    )
    assert ledger.frames.replace(campaign.id, new, NOON)
    assert not ledger.claims.claim(campaign.id, 1, NOON, known)
    assert ledger.claims.claim(campaign.id, 1, NOON, ledger.frames.get(campaign.id, 1))


def test_a_frame_that_was_posted_since_is_not_taken(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    known = ledger.frames.get(campaign.id, 1)
    assert ledger.claims.claim(campaign.id, 1, NOON, known)
    ledger.claims.record(campaign.id, 1, FrameState.PLANNED, LATER, message="no connection")
    assert not ledger.claims.claim(campaign.id, 1, LATER, known)
    assert ledger.claims.claim(campaign.id, 1, LATER, replace(known, attempts=1))


def test_a_frame_in_doubt_that_somebody_opted_out_of_is_not_posted_again(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    proof = ProofRecord(account="a", base_url="https://api", proved_at=NOON, protects=True)
    for number in (1, 2):
        assert ledger.claims.claim(campaign.id, number, NOON, account="a")
        ledger.claims.record(campaign.id, number, FrameState.IN_DOUBT, LATER, repeatable=True)
    ledger.opt_outs.add([int(ledger.frames.phone_numbers(campaign.id, 1)[0])], "typed", NOON)
    assert not ledger.claims.reclaim(campaign.id, 1, LATER, proof)
    assert ledger.claims.reclaim(campaign.id, 2, LATER, proof)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"ticket": "sms_\ud800"}, {"ticket": "sms_?"}),
        ({"ticket": "sms\0 1"}, {"ticket": "sms\ufffd 1"}),
        ({"ticket": "x" * 10_000}, {"ticket": "x" * 10_000}),
        ({"message": "\udfff\ud83d"}, {"message": "??"}),
        (
            {"ticket": "sms_1", "number_of_contacts": 2**63},
            {"ticket": "sms_1", "number_of_contacts": None},
        ),
        (
            {"number_of_sms_needed": -(2**70), "code": 2**64},
            {"number_of_sms_needed": None, "code": None},
        ),
        ({"number_of_contacts": 2**63 - 1}, {"number_of_contacts": 2**63 - 1}),
        ({"total_cost": Decimal("1e400")}, {"total_cost": Decimal("1e400")}),
    ],
)
def test_an_accepted_answer_is_recorded_whatever_it_holds(
    ledger: Ledger, campaign: CampaignRecord, answer: RecordedAnswer, kept: dict[str, Any]
) -> None:
    assert ledger.claims.claim(campaign.id, 1, NOON)
    ledger.claims.record(campaign.id, 1, FrameState.ACCEPTED, LATER, **answer)
    frame = ledger.frames.get(campaign.id, 1)
    assert frame.state == "accepted"
    assert {name: getattr(frame, name) for name in kept} == kept
    assert ledger.claims.claim(campaign.id, 2, NOON)
