"""Who may post a frame, under which account, and what is recorded of the answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    FrozenFrame,
    Ledger,
    ProofRecord,
    RecordedAnswer,
)
from tests.builders import new_campaign, witness_of
from tests.unit.ledger.samples import ALICE, BOB, LATER, NOON, frozen, make

SERVER = datetime(2027, 3, 1, 12, 0, 3, tzinfo=UTC)


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    ledger.reconciler.verify()
    return make(ledger, frames=3)


def proof(account: str) -> ProofRecord:
    return ProofRecord(account=account, base_url="https://x", proved_at=NOON, protects=True)


def in_doubt(ledger: Ledger, account: str | None) -> CampaignRecord:
    """Post a frame under an account, and hear nothing of it."""
    made = ledger.campaigns.create(new_campaign(account=account), [frozen(1)])
    assert ledger.claims.claim(made.id, 1, NOON, account=account, server_time=SERVER)
    ledger.claims.record(made.id, 1, FrameState.IN_DOUBT, NOON, repeatable=True)
    return made


def test_a_frame_with_an_opted_out_member_is_not_claimed(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    before = ledger.frames.get(campaign.id, 1)
    ledger.opt_outs.add([int(ledger.frames.phone_numbers(campaign.id, 1)[0])], "typed", NOON)
    contents = witness_of(ledger).read_bytes()
    assert not ledger.claims.claim(campaign.id, 1, NOON)
    assert not ledger.claims.claim(campaign.id, 1, NOON, before)
    assert ledger.frames.get(campaign.id, 1) == before
    assert ledger.frames.entries(campaign.id, 1) == []
    assert witness_of(ledger).read_bytes() == contents
    assert ledger.claims.claim(campaign.id, 2, NOON)


def test_an_unchanged_frame_is_claimed(ledger: Ledger, campaign: CampaignRecord) -> None:
    as_read = ledger.frames.get(campaign.id, 1)
    assert ledger.claims.claim(campaign.id, 1, NOON, as_read)
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    assert not ledger.claims.claim(campaign.id, 1, NOON, as_read)


def test_a_frame_that_was_replaced_since_is_not_claimed(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    as_read = ledger.frames.get(campaign.id, 1)
    kept = ledger.frames.phone_numbers(campaign.id, 1)[1:]
    new = FrozenFrame(
        number=1,
        first_row=as_read.first_row,
        last_row=as_read.last_row,
        body=b"smaller",
        request_id="bs1-new",
        numbers=kept.astype("<i8").tobytes(),
    )
    assert ledger.frames.replace(campaign.id, new, NOON)
    assert not ledger.claims.claim(campaign.id, 1, NOON, as_read)
    assert ledger.claims.claim(campaign.id, 1, NOON, ledger.frames.get(campaign.id, 1))


def test_a_frame_that_was_posted_since_is_not_claimed(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    as_read = ledger.frames.get(campaign.id, 1)
    assert ledger.claims.claim(campaign.id, 1, NOON, as_read)
    ledger.claims.record(campaign.id, 1, FrameState.PLANNED, LATER, message="no connection")
    assert not ledger.claims.claim(campaign.id, 1, LATER, as_read)
    assert ledger.claims.claim(campaign.id, 1, LATER, replace(as_read, attempts=1))


def test_a_frame_in_doubt_with_an_opted_out_member_is_not_repeated(
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


def test_a_frame_is_claimed_once_however_many_try(ledger: Ledger) -> None:
    made = make(ledger)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: ledger.claims.claim(made.id, 1, NOON), range(24)))
    assert won.count(True) == 1
    assert ledger.frames.get(made.id, 1).attempts == 1


def test_an_answer_is_kept_to_the_cent(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(
        made.id,
        1,
        FrameState.ACCEPTED,
        LATER,
        ticket="sms_1",
        total_cost=Decimal("0.10"),
        number_of_contacts=2,
        number_of_sms_needed=2,
        residual_credit=Decimal("7.30"),
    )
    record = ledger.frames.get(made.id, 1)
    assert (record.state, record.ticket, str(record.total_cost)) == ("accepted", "sms_1", "0.10")
    assert (record.started_at, record.finished_at) == (NOON, LATER)


def test_a_frame_that_was_not_accepted_can_be_claimed_again(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.PLANNED, LATER, message="refused the connection")
    assert ledger.claims.claim(made.id, 1, LATER)
    assert ledger.frames.get(made.id, 1).attempts == 2


def test_an_answer_without_a_claim_is_refused(ledger: Ledger) -> None:
    made = make(ledger)
    with pytest.raises(LedgerError, match="Frame 1 is no longer in state intent"):
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)


def test_every_change_leaves_an_entry(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.REFUSED, LATER, code=122, message="no")
    lines = [(e.state, e.code, e.request_id) for e in ledger.frames.entries(made.id, 1)]
    assert lines == [("intent", None, "bs1-1"), ("refused", 122, "bs1-1")]


def test_an_intent_knows_its_account_and_the_servers_time(ledger: Ledger) -> None:
    made = in_doubt(ledger, ALICE)
    intent, doubt = ledger.frames.entries(made.id, 1)
    assert (intent.account, intent.server_time) == (ALICE, SERVER)
    assert (doubt.account, doubt.server_time) == (None, None)
    first = ledger.claims.first_post(made.id, 1, "bs1-1")
    assert first is not None
    assert (first.at, first.account, first.server_time) == (NOON, ALICE, SERVER)
    assert first.times == (NOON, NOON)
    line = witness_of(ledger).read_text().splitlines()[-1]
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
