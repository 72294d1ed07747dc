"""Frames that one worker cuts while others work: none is lost, and none of theirs is cut."""

import threading
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from bulksms.ledger import CampaignRecord, ClaimTerms, FrameState, Ledger
from bulksms.ledger.posts.claims import Claims
from bulksms.octopush.outcomes import Outcome
from bulksms.sender import Pacing, RunOutcome
from bulksms.sender.send_lane import Lane, conclude_run, send_lane
from bulksms.sender.shared_queue import LaneShare
from bulksms.sender.worker_lease import WorkerLease
from tests.builders import new_campaign
from tests.fakes import FakeClock, RecordingObserver
from tests.unit.sender.test_split_frames import FIRST, Picky, freeze_frame


@pytest.fixture
def ledger(timed_ledger: Ledger) -> Ledger:
    return timed_ledger


def make_shared(ledger: Ledger, *sizes: int) -> CampaignRecord:
    frames = [freeze_frame(number, size) for number, size in enumerate(sizes, start=1)]
    made = ledger.campaigns.create(new_campaign(account="a"), frames)
    ledger.shared_runs.open(made.id, {})
    return made


def work(
    ledger: Ledger, campaign: CampaignRecord, picky: Picky, clock: FakeClock
) -> RunOutcome | None:
    return send_lane(
        ledger,
        lambda: picky,
        campaign,
        Pacing(chance=lambda: 1.0, isolate_refused=True),
        clock,
        RecordingObserver(),
        threading.Event(),
        Lane(lease=WorkerLease(ledger, clock, "east", 7), share=LaneShare()),
    )


class Watched:
    """Claims after whose refused answers something happens elsewhere."""

    def __init__(self, claims: Claims, after_refusal: Callable[[], object]) -> None:
        self._claims, self._after_refusal = claims, after_refusal

    def record(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - passed on
        self._claims.record(*args, **more)
        if FrameState.REFUSED in args:
            self._after_refusal()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - passed on
        return getattr(self._claims, name)


def test_a_run_that_others_ended_before_a_refused_frame_was_cut_continues_with_its_halves(
    ledger: Ledger, clock: FakeClock
) -> None:
    campaign = make_shared(ledger, 200)
    picky = Picky(bad=frozenset({f"+{FIRST + 1000}"}))
    outcomes: list[RunOutcome | None] = []
    watched: Any = Watched(ledger.claims, lambda: outcomes.append(conclude_run(ledger, campaign)))
    east = copy(ledger)
    east.claims = watched
    work(east, campaign, picky, clock)
    assert outcomes[0] == RunOutcome(state="done")  # nothing was planned at that moment
    for _ in range(20):  # as the ticks do, while a run is open
        if ledger.shared_runs.all_open():
            work(ledger, campaign, picky, clock)
    assert ledger.frames.count_by_state(campaign.id)[FrameState.PLANNED] == 0
    assert len(picky.texted) == 199
    assert ledger.campaigns.get("spring").state == "done"


def test_a_frame_that_another_worker_has_is_not_cut(ledger: Ledger, clock: FakeClock) -> None:
    campaign = make_shared(ledger, 100, 400, 400)
    other = ledger.holders.register("west", 7).id

    class Slow(Picky):
        def post(self, body: bytes) -> Outcome:
            run = ledger.shared_runs.get(campaign.id)
            if self.posts == 1 and run is not None:
                terms, now = ClaimTerms(holder=other, version=run.version), clock.now()
                assert ledger.claims.claim(campaign.id, 3, now, account="a", terms=terms)
            return super().post(body)

    picky = Slow(most=100)
    assert work(ledger, campaign, picky, clock) is None
    assert len(picky.texted) == 500
    assert ledger.frames.get(campaign.id, 3).state is FrameState.INTENT
