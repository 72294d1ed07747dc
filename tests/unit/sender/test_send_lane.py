"""Workers that share a campaign post each frame once, and know of each other what matters."""

import threading
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    Ledger,
    OrderKind,
    OrderRecord,
)
from bulksms.octopush.outcomes import NotSent, Outcome
from bulksms.sender import Pacing, RunOutcome
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.send_lane import Lane, conclude_run, send_lane
from bulksms.sender.shared_queue import LaneShare, LedgerLimits
from bulksms.sender.worker_lease import WorkerLease
from tests.builders import new_campaign, with_parts
from tests.fakes import (
    ACCEPTED,
    LOGIN_PAGE,
    NO_ANSWER,
    NO_CREDIT,
    UNREACHABLE,
    FakeClock,
    RecordingObserver,
    ScriptedGateway,
    SleepyClaims,
    freeze_frame,
)


@pytest.fixture
def ledger(timed_ledger: Ledger) -> Ledger:
    return timed_ledger


class Workers:
    """A campaign that workers are asked to post."""

    def __init__(self, ledger: Ledger, clock: FakeClock, cost: Decimal | None = None) -> None:
        self.ledger, self.clock = ledger, clock
        frames = [freeze_frame(number, 100, cost) for number in range(1, 7)]
        self.campaign: CampaignRecord = ledger.campaigns.create(new_campaign(account="a"), frames)
        ledger.shared_runs.open(self.campaign.id, {})
        self.observer = RecordingObserver()

    def lease(self, machine: str = "east") -> WorkerLease:
        return WorkerLease(self.ledger, self.clock, machine, 7)

    def work(
        self,
        gateway: ScriptedGateway,
        lease: WorkerLease | None = None,
        share: LaneShare | None = None,
        **pacing: Any,  # noqa: ANN401 - whatever the pacing has
    ) -> RunOutcome | None:
        return send_lane(
            self.ledger,
            gateway,
            self.campaign,
            Pacing(chance=lambda: 1.0, **pacing),
            self.clock,
            self.observer,
            threading.Event(),
            Lane(lease=lease or self.lease(), share=share or LaneShare()),
        )

    @property
    def states(self) -> list[str]:
        return [frame.state.value for frame in self.ledger.frame_queries.each(self.campaign.id)]

    @property
    def version(self) -> int:
        run = self.ledger.shared_runs.get(self.campaign.id)
        assert run is not None
        return run.version


@pytest.fixture
def workers(ledger: Ledger, clock: FakeClock) -> Workers:
    return Workers(ledger, clock)


class Renewing(FakeClock):
    """The same clock; while someone waits, a lease is renewed."""

    def __init__(self, clock: FakeClock, lease: WorkerLease) -> None:
        super().__init__()
        self._clock, self._lease = clock, lease

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self._lease.renew()
        return self._clock.wait(seconds, wake)


def stopping(stop: threading.Event, posts: int) -> Callable[[int], None]:
    """Return what orders a lane to end after so many posts."""

    def on_post(count: int) -> None:
        if count >= posts:
            stop.set()

    return on_post


def numbers_in(bodies: Sequence[bytes]) -> list[int]:
    return [int(body.split()[1]) for body in bodies]


def test_a_lane_posts_all_frames_and_ends_the_campaign(workers: Workers) -> None:
    gateway = ScriptedGateway([])
    assert workers.work(gateway) == RunOutcome(state="done")
    assert numbers_in(gateway.bodies) == [1, 2, 3, 4, 5, 6]
    assert workers.states == ["accepted"] * 6
    assert workers.ledger.campaigns.get("spring").state == "done"
    assert workers.ledger.shared_runs.all_open() == []


def test_a_lane_takes_its_own_share_first(workers: Workers) -> None:
    gateway = ScriptedGateway([])
    workers.work(gateway, share=LaneShare(lane=1, lanes=3))
    assert numbers_in(gateway.bodies) == [1, 4, 2, 3, 5, 6]


def test_a_good_answer_changes_nothing_that_is_shared(workers: Workers) -> None:
    versions: list[int] = []
    workers.work(ScriptedGateway([], on_post=lambda _: versions.append(workers.version)))
    # The first answer proved the run.
    assert versions == [1, 2, 2, 2, 2, 2]


def test_a_lane_that_is_opened_late_posts_nothing(workers: Workers) -> None:
    workers.work(ScriptedGateway([]))
    gateway = ScriptedGateway([])
    assert workers.work(gateway) is None
    assert gateway.bodies == []


def test_lanes_at_the_same_time_post_each_frame_once(
    workers: Workers, open_timed: Callable[[], Ledger]
) -> None:
    gateway = ScriptedGateway([])

    def work() -> None:
        with open_timed() as ledger:
            other = copy(workers)
            other.ledger, other.observer = ledger, RecordingObserver()
            other.work(gateway, concurrency=2)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers_in(gateway.bodies)) == [1, 2, 3, 4, 5, 6]
    assert workers.states == ["accepted"] * 6
    assert workers.ledger.campaigns.get("spring").state == "done"


def test_a_lane_begins_on_all_connections_once_another_has_proved_the_first_frame(
    workers: Workers, open_timed: Callable[[], Ledger], clock: FakeClock
) -> None:
    stop, is_waiting = threading.Event(), threading.Event()
    together = threading.Barrier(3)

    def meet(count: int) -> None:
        if count <= 3:
            together.wait(30)

    class Waiting(Renewing):
        def wait(self, seconds: float, wake: threading.Event) -> bool:
            is_waiting.set()
            return super().wait(seconds, wake)

    def follow() -> None:
        with open_timed() as ledger:
            other = copy(workers)
            other.ledger, other.observer = ledger, RecordingObserver()
            lease = other.lease("west")
            other.clock = Waiting(clock, lease)
            other.work(followers, lease, concurrency=3)

    def prove(_count: int) -> None:
        follower.start()
        assert is_waiting.wait(30)
        assert followers.bodies == []
        stop.set()

    followers = ScriptedGateway([], on_post=meet)
    follower = threading.Thread(target=follow)
    send_lane(
        workers.ledger,
        ScriptedGateway([], on_post=prove),
        workers.campaign,
        Pacing(),
        clock,
        workers.observer,
        stop,
        Lane(lease=workers.lease(), share=LaneShare()),
    )
    follower.join()
    assert not together.broken
    assert clock.waited[0] == 0.02
    assert workers.states == ["accepted"] * 6


def test_a_frame_that_goes_alone_waits_until_the_answer_before_it_counts(
    workers: Workers, clock: FakeClock
) -> None:
    ledger, campaign_id = workers.ledger, workers.campaign.id
    limits = LedgerLimits(ledger, campaign_id, RunLimits(), workers.lease())
    assert not limits.is_in_the_way()
    assert ledger.claims.claim(campaign_id, 1, clock.now())
    assert limits.is_in_the_way()
    ledger.claims.record(campaign_id, 1, FrameState.REFUSED, clock.now())
    assert limits.is_in_the_way()
    assert not limits.is_in_the_way()


def test_a_lane_whose_limits_are_old_reads_them_before_it_claims_again(workers: Workers) -> None:
    claims: list[int] = []
    real = workers.ledger.claims

    class Overtaken:
        """Claims just before which another worker changes the limits, once."""

        def claim(self, *args: Any, **more: Any) -> bool:  # noqa: ANN401 - passed on
            if not claims:
                campaign_id, version = workers.campaign.id, workers.version
                assert workers.ledger.shared_runs.save_limits(campaign_id, version, {})
            claims.append(args[1])
            claimed: bool = real.claim(*args, **more)
            return claimed

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - passed on
            return getattr(real, name)

    overtaken = copy(workers)
    overtaken.ledger = with_parts(workers.ledger, claims=Overtaken())
    assert overtaken.work(ScriptedGateway([])) == RunOutcome(state="done")
    assert claims.count(1) == 3  # as read ahead, as it is, and with the new limits


def test_what_one_worker_learns_ends_the_run_of_all(workers: Workers) -> None:
    end = workers.work(ScriptedGateway([ACCEPTED, NO_CREDIT]))
    assert end is not None
    assert end.state == "stopped"
    gateway = ScriptedGateway([])
    assert workers.work(gateway) is None
    assert gateway.bodies == []
    assert workers.ledger.campaigns.get("spring").state == "stopped"


def test_doubts_of_all_workers_count_together(workers: Workers, clock: FakeClock) -> None:
    first = workers.lease()
    stop = threading.Event()
    gateway = ScriptedGateway([ACCEPTED, NO_ANSWER], on_post=stopping(stop, 2))
    send_lane(
        workers.ledger,
        gateway,
        workers.campaign,
        Pacing(),
        clock,
        workers.observer,
        stop,
        Lane(lease=first, share=LaneShare()),
    )
    assert workers.states.count("in_doubt") == 1
    end = workers.work(ScriptedGateway([NO_ANSWER]), workers.lease("west"))
    assert end is not None
    assert end.state == "paused"
    assert end.reason == (
        "2 frames of this run are in doubt: look them up in the Octopush console; "
        "`bulksms resume` continues with the rest."
    )


def test_doubts_at_the_end_of_a_shared_run_advise_no_rest_to_continue_with(
    workers: Workers,
) -> None:
    answers = [ACCEPTED] * 4 + [NO_ANSWER] * 2
    assert workers.work(ScriptedGateway(answers)) == RunOutcome(state="done")
    assert workers.states == ["accepted"] * 4 + ["in_doubt"] * 2


def test_a_run_that_is_opened_again_counts_doubts_again(workers: Workers) -> None:
    workers.work(ScriptedGateway([ACCEPTED, LOGIN_PAGE]))
    workers.ledger.shared_runs.open(workers.campaign.id, {})
    assert workers.work(ScriptedGateway([])) == RunOutcome(state="done")
    assert workers.states == ["accepted", "in_doubt", *["accepted"] * 4]


def test_the_breaker_of_one_worker_delays_the_other(workers: Workers, clock: FakeClock) -> None:
    busy = NotSent(reason="busy", code=429, date=clock.now())
    stop = threading.Event()
    gateway = ScriptedGateway([ACCEPTED, busy, busy, busy], on_post=stopping(stop, 4))
    send_lane(
        workers.ledger,
        gateway,
        workers.campaign,
        Pacing(chance=lambda: 0.0),
        clock,
        workers.observer,
        stop,
        Lane(lease=workers.lease(), share=LaneShare()),
    )
    opened_at = clock.seconds
    other = workers.lease("west")
    posted_at: list[float] = []

    def note(_count: int) -> None:
        posted_at.append(clock.seconds)

    sharing = copy(workers)
    sharing.clock = Renewing(clock, other)
    sharing.work(ScriptedGateway([], on_post=note), other)
    assert posted_at[0] >= opened_at + 60
    assert workers.states == ["accepted"] * 6


def test_the_rate_holds_for_all_workers_together(workers: Workers, clock: FakeClock) -> None:
    posted_at: list[float] = []
    gateway = ScriptedGateway([], on_post=lambda _: posted_at.append(clock.seconds))
    stop = threading.Event()
    lanes = [Lane(lease=workers.lease(m), share=LaneShare()) for m in ("east", "west")]

    def note_and_stop(count: int) -> None:
        gateway.on_post(count)
        stopping(stop, 3)(count)

    halfway = ScriptedGateway([], on_post=note_and_stop)
    for lane, api, event in ((lanes[0], halfway, stop), (lanes[1], gateway, threading.Event())):
        send_lane(
            workers.ledger,
            api,
            workers.campaign,
            Pacing(rate=60),
            clock,
            workers.observer,
            event,
            lane,
        )
    spaces = [after - before for before, after in pairwise(posted_at)]
    assert len(spaces) == 5
    assert all(space == pytest.approx(1.0) for space in spaces)


def test_spending_of_all_workers_counts_together(ledger: Ledger, clock: FakeClock) -> None:
    workers = Workers(ledger, clock, Decimal("4.50"))
    end = workers.work(ScriptedGateway([]), max_cost=Decimal(9))
    assert end is not None
    assert end.reason == "The campaign has cost 9.00 of at most 9."
    assert workers.states.count("accepted") == 2


def test_an_order_ends_the_run_of_all(workers: Workers, clock: FakeClock) -> None:
    def pause(count: int) -> None:
        if count == 2:
            order = OrderRecord(kind=OrderKind.PAUSE, who="Anna", at=clock.now())
            workers.ledger.orders.give(workers.campaign.id, order)

    end = workers.work(ScriptedGateway([], on_post=pause))
    assert end is not None
    assert end.state == "paused"
    assert workers.states == ["accepted"] * 2 + ["planned"] * 4


def sleeping_after_a_claim(workers: Workers, seconds: float) -> Workers:
    sleepy: Any = SleepyClaims(workers.ledger.claims, workers.clock, seconds)
    other = copy(workers)
    other.ledger = copy(workers.ledger)
    other.ledger.claims = sleepy
    return other


def test_a_worker_that_slept_after_its_claim_posts_nothing_and_plans_the_frame_again(
    workers: Workers,
) -> None:
    lease = workers.lease()
    gateway = ScriptedGateway([], on_post=lambda _: lease.lost.set())
    stop = threading.Event()

    class Tired(RecordingObserver):
        def note(self, sentence: str) -> None:
            super().note(sentence)
            stop.set()

    tired = Tired()
    send_lane(
        sleeping_after_a_claim(workers, 16).ledger,
        gateway,
        workers.campaign,
        Pacing(),
        workers.clock,
        tired,
        stop,
        Lane(lease=lease, share=LaneShare()),
    )
    assert gateway.bodies == []
    assert tired.notes == ["Frame 1 was not posted: the machine slept or the ledger was slow."]
    assert workers.states == ["planned"] * 6
    assert workers.work(ScriptedGateway([]), workers.lease("west")) == RunOutcome(state="done")
    assert workers.ledger.frames.get(workers.campaign.id, 1).attempts == 2


def test_a_worker_declared_dead_after_its_claim_posts_nothing(
    workers: Workers, clock: FakeClock
) -> None:
    lease, stop = workers.lease(), threading.Event()
    gateway = ScriptedGateway([])
    sleepy = sleeping_after_a_claim(workers, 31)

    class Declared(RecordingObserver):
        def note(self, sentence: str) -> None:
            super().note(sentence)
            stop.set()
            workers.ledger.holders.doubt_ended(clock.now())

    send_lane(
        sleepy.ledger,
        gateway,
        workers.campaign,
        Pacing(),
        clock,
        Declared(),
        stop,
        Lane(lease=lease, share=LaneShare()),
    )
    assert gateway.bodies == []
    assert workers.states == ["in_doubt"] + ["planned"] * 5
    assert not lease.renew()
    assert lease.lost.is_set()


def test_the_late_answer_of_a_worker_declared_dead_settles_the_doubt(
    workers: Workers, clock: FakeClock
) -> None:
    lease, stop = workers.lease(), threading.Event()

    def freeze(_count: int) -> None:
        clock.seconds += 31
        assert workers.ledger.holders.doubt_ended(clock.now()) == [(workers.campaign.id, 1)]
        assert workers.states[0] == "in_doubt"
        stop.set()

    send_lane(
        workers.ledger,
        ScriptedGateway([], on_post=freeze),
        workers.campaign,
        Pacing(),
        clock,
        workers.observer,
        stop,
        Lane(lease=lease, share=LaneShare()),
    )
    frame = workers.ledger.frames.get(workers.campaign.id, 1)
    assert (frame.state, frame.ticket) == (FrameState.ACCEPTED, "sms_1")


def test_a_campaign_whose_last_worker_died_is_concluded_by_anyone(
    workers: Workers, clock: FakeClock
) -> None:
    assert conclude_run(workers.ledger, workers.campaign) is None
    lease = workers.lease()

    def die(count: int) -> None:
        if count == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.work(ScriptedGateway([], on_post=die), lease)
    assert conclude_run(workers.ledger, workers.campaign) is None
    clock.seconds += 31
    workers.ledger.holders.doubt_ended(clock.now())
    assert conclude_run(workers.ledger, workers.campaign) == RunOutcome(state="done")
    assert workers.states == ["accepted"] * 5 + ["in_doubt"]
    assert conclude_run(workers.ledger, workers.campaign) is None


def test_an_unreachable_server_pauses_for_all(workers: Workers) -> None:
    outcomes: list[Outcome | BaseException] = [UNREACHABLE] * 6
    lease = workers.lease()
    renewing = copy(workers)
    renewing.clock = Renewing(workers.clock, lease)
    end = renewing.work(ScriptedGateway(outcomes), lease)
    assert end is not None
    assert (end.state, end.reason) == (
        "paused",
        "Frame 1 was not accepted in 6 tries: connection refused",
    )


def test_a_lease_is_fresh_for_half_its_time(workers: Workers, clock: FakeClock) -> None:
    lease = workers.lease()
    clock.seconds = 14
    assert lease.is_fresh()
    clock.seconds = 15
    assert not lease.is_fresh()
    assert lease.renew()
    assert lease.is_fresh()
    assert lease.database_seconds() == clock.now().timestamp()


def test_a_worker_that_lost_its_lease_ends_its_lane(workers: Workers, clock: FakeClock) -> None:
    lease = workers.lease()

    def freeze(count: int) -> None:
        clock.seconds += 31 if count == 2 else 0

    renewing = copy(workers)
    renewing.clock = Renewing(clock, lease)
    gateway = ScriptedGateway([], on_post=freeze)
    assert renewing.work(gateway, lease) is None
    assert numbers_in(gateway.bodies) == [1, 2]
    assert workers.states == ["accepted"] * 2 + ["planned"] * 4
