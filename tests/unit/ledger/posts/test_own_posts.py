"""An answer belongs to one post of a frame, and never to another post of any worker."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from bulksms.errors import CampaignTakenOver, LedgerBusy, LedgerError
from bulksms.ledger import CampaignRecord, ClaimTerms, FrameState, Ledger, ProofRecord
from bulksms.ledger.posts.claims import Claims
from bulksms.ledger.posts.group_commit import FrameCommit, PendingWrite
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_file import Intent
from bulksms.ledger.witness.witness_pair import WitnessPair
from tests.builders import new_campaign
from tests.unit.ledger.samples import ALICE, LATER, NOON, frozen

ANSWERS = [FrameState.PLANNED, FrameState.REFUSED, FrameState.IN_DOUBT, FrameState.ACCEPTED]


def proof_for(account: str) -> ProofRecord:
    return ProofRecord(
        account=account,
        base_url="https://api.octopush.com",
        proved_at=NOON,
        protects=True,
    )


@pytest.fixture
def campaign(ledger: Ledger) -> CampaignRecord:
    made = ledger.campaigns.create(new_campaign(account=ALICE), [frozen(1)])
    ledger.shared_runs.open(made.id, {})
    return made


def claim(ledger: Ledger, campaign: CampaignRecord, holder: str | None) -> bool:
    terms = None if holder is None else ClaimTerms(holder=holder, version=1)
    return ledger.claims.claim(campaign.id, 1, NOON, account=ALICE, terms=terms)


def doubt(ledger: Ledger, campaign: CampaignRecord, holder: str | None) -> None:
    """Declare a worker dead, or a run that had the campaign to itself."""
    if holder is not None:
        ledger.holders.end(holder)
    assert ledger.claims.doubt_in_flight(campaign.id, LATER) == 1


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("is_worker", [True, False])
def test_a_late_answer_is_not_taken_for_that_of_the_repeat_in_flight(
    ledger: Ledger, campaign: CampaignRecord, answer: FrameState, *, is_worker: bool
) -> None:
    frozen_holder = ledger.holders.register("east", 7).id if is_worker else None
    other = ledger.holders.register("west", 7).id if is_worker else None
    terms = None if other is None else ClaimTerms(holder=other, version=1)
    assert claim(ledger, campaign, frozen_holder)
    doubt(ledger, campaign, frozen_holder)
    assert ledger.claims.reclaim(campaign.id, 1, LATER, proof_for(ALICE), terms=terms)
    with pytest.raises(LedgerError, match="no longer in state intent"):
        ledger.claims.record(campaign.id, 1, answer, LATER, claimed_by=(frozen_holder, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    ledger.claims.record(
        campaign.id, 1, FrameState.ACCEPTED, LATER, claimed_by=(other, 2), ticket="sms_2"
    )
    assert ledger.frames.get(campaign.id, 1).ticket == "sms_2"


def test_a_run_taken_for_dead_records_that_its_frame_was_accepted_and_posts_no_more(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert claim(ledger, campaign, None)
    doubt(ledger, campaign, None)
    with pytest.raises(LedgerBusy, match="The answer to frame 1 is recorded, but another program"):
        ledger.claims.record(
            campaign.id, 1, FrameState.ACCEPTED, LATER, claimed_by=(None, 1), ticket="sms_1"
        )
    frame = ledger.frames.get(campaign.id, 1)
    assert (frame.state, frame.ticket) == (FrameState.ACCEPTED, "sms_1")


@pytest.mark.parametrize("answer", [FrameState.PLANNED, FrameState.REFUSED, FrameState.IN_DOUBT])
def test_any_other_answer_to_a_run_taken_for_dead_leaves_the_doubt(
    ledger: Ledger, campaign: CampaignRecord, answer: FrameState
) -> None:
    assert claim(ledger, campaign, None)
    doubt(ledger, campaign, None)
    with pytest.raises(LedgerError, match="no longer in state intent"):
        ledger.claims.record(campaign.id, 1, answer, LATER, claimed_by=(None, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.IN_DOUBT


def test_a_process_that_lost_its_lock_while_frozen_plans_no_frame_that_another_posts(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert claim(ledger, campaign, None)
    doubt(ledger, campaign, None)
    assert ledger.claims.reclaim(campaign.id, 1, LATER, proof_for(ALICE))
    ledger.claims.release(campaign.id, 1, LATER, (None, 1))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.INTENT
    ledger.claims.release(campaign.id, 1, LATER, (None, 2))
    assert ledger.frames.get(campaign.id, 1).state is FrameState.PLANNED


class CommitHeardOfLate(FrameCommit):
    """Commits a write but loses its result, and repeats it after something else."""

    def __init__(self, storage: Storage, between: Callable[[], object]) -> None:
        super().__init__(storage, WitnessPair(storage))
        self._between = between

    def _write(self, pending: PendingWrite) -> Intent | None:
        with self._storage.changing_frames() as connection, suppress(CampaignTakenOver):
            pending.write(connection, is_retry=False)
        self._between()
        with self._storage.changing_frames(alone=True) as connection:
            return pending.write(connection, is_retry=True)

    def _commit(self, group: list[PendingWrite], leader: PendingWrite) -> None:
        """Nothing waits in the queue."""


def claims_heard_of_late(ledger: Ledger, between: Callable[[], object]) -> Claims:
    storage = ledger._storage  # noqa: SLF001 - below the ledger's parts
    commit = CommitHeardOfLate(storage, between)
    return Claims(storage, ledger.reconciler, commit)


def test_an_answer_that_is_recorded_again_leaves_the_next_post_of_another_alone(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    east, west = (ledger.holders.register(name, 7).id for name in ("east", "west"))
    assert claim(ledger, campaign, east)
    late = claims_heard_of_late(ledger, lambda: claim(ledger, campaign, west))
    late.record(campaign.id, 1, FrameState.PLANNED, LATER, claimed_by=(east, 1), message="busy")
    frame = ledger.frames.get(campaign.id, 1)
    assert (frame.state, frame.attempts) == (FrameState.INTENT, 2)


def test_an_answer_is_recorded_once_though_it_is_tried_twice(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    east = ledger.holders.register("east", 7).id
    for attempt in (1, 2):  # at the same time by a coarse clock
        assert claim(ledger, campaign, east)
        late = claims_heard_of_late(ledger, lambda: None)
        late.record(campaign.id, 1, FrameState.PLANNED, LATER, claimed_by=(east, attempt))
        assert ledger.frames.get(campaign.id, 1).state is FrameState.PLANNED
    states = [entry.state.value for entry in ledger.frames.entries(campaign.id, 1)]
    assert states == ["intent", "planned"] * 2


def test_a_run_learns_that_its_campaign_was_taken_over_though_the_first_reply_is_lost(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    assert claim(ledger, campaign, None)
    doubt(ledger, campaign, None)
    late = claims_heard_of_late(ledger, lambda: None)
    with pytest.raises(CampaignTakenOver):
        late.record(campaign.id, 1, FrameState.ACCEPTED, LATER, claimed_by=(None, 1))
    states = [entry.state.value for entry in ledger.frames.entries(campaign.id, 1)]
    assert states == ["intent", "in_doubt", "accepted"]


def test_a_late_answer_of_a_worker_is_recorded_once_though_it_is_tried_twice(
    ledger: Ledger, campaign: CampaignRecord
) -> None:
    east = ledger.holders.register("east", 7).id
    assert claim(ledger, campaign, east)
    doubt(ledger, campaign, east)
    late = claims_heard_of_late(ledger, lambda: None)
    late.record(campaign.id, 1, FrameState.ACCEPTED, LATER, claimed_by=(east, 1))
    states = [entry.state.value for entry in ledger.frames.entries(campaign.id, 1)]
    assert states == ["intent", "in_doubt", "accepted"]
