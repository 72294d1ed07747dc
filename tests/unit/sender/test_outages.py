"""What a run does when the API takes nothing: waits that grow, one probe, and a pause."""

import threading
from dataclasses import replace
from itertools import pairwise

import pytest

from bulksms.ledger import Ledger
from bulksms.octopush.outcomes import NotSent, Outcome
from bulksms.sender import Pacing, StopCause
from tests.fakes import (
    ACCEPTED,
    UNREACHABLE,
    FakeClock,
    RecordingObserver,
    ScriptedGateway,
    SenderFixture,
    freeze_frame,
)

SLOW_DOWN = NotSent(reason="slow down", retry_after=0.0)
BUSY = NotSent(reason="another campaign is being processed", code=127, retry_after=60.0)
CONGESTED = NotSent(reason="the route is congested", code=153, retry_after=900.0)


class Posts(ScriptedGateway):
    """Remembers at which second each post came."""

    def __init__(
        self, sender: SenderFixture, outcomes: list[Outcome], then: Outcome = ACCEPTED
    ) -> None:
        self.at: list[float] = []
        super().__init__(outcomes, then, lambda _count: self.at.append(sender.clock.seconds))


def test_no_one_who_is_never_answered_waits_for_long(sender: SenderFixture) -> None:
    posts = Posts(sender, [], then=UNREACHABLE)
    outcome = sender.send(posts)
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert outcome.reason == "Frame 1 was not accepted in 6 tries: connection refused"
    assert posts.at == [0, 1, 3, 7, 15, 31]


def test_an_outage_of_ten_minutes_is_sat_out_with_five_posts_of_one_frame(
    sender: SenderFixture,
) -> None:
    posts = Posts(sender, [ACCEPTED, *[UNREACHABLE] * 6])
    assert sender.send(posts).state == "done"
    assert posts.bodies[1:8] == [b"frame 2"] * 7
    assert posts.at[1:9] == [0, 1, 3, 63, 183, 423, 903, 903]


def test_an_outage_without_end_pauses_after_five_waits(sender: SenderFixture) -> None:
    posts = Posts(sender, [ACCEPTED], then=UNREACHABLE)
    outcome = sender.send(posts)
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert outcome.reason is not None
    assert "accepted nothing" in outcome.reason
    assert len(posts.bodies) == 1 + 3 + 5
    assert sender.states == ["accepted"] + ["planned"] * 5
    assert sender.send(ScriptedGateway([])).state == "done"


def test_a_storm_of_refusals_to_listen_gets_less_than_a_post_a_second(
    sender: SenderFixture,
) -> None:
    posts = Posts(sender, [ACCEPTED], then=SLOW_DOWN)
    assert sender.send(posts, Pacing(chance=lambda: 0.0)).state == "paused"
    assert min(after - before for before, after in pairwise(posts.at[1:])) >= 1


def test_four_workers_in_such_a_storm_post_less_than_once_a_second(sender: SenderFixture) -> None:
    posts = Posts(sender, [ACCEPTED], then=SLOW_DOWN)
    outcome = sender.send(posts, Pacing(chance=lambda: 0.0, concurrency=4))
    assert outcome.state == "paused"
    # All workers may be on their way when the first refusal comes.
    after_the_first = posts.at[1 + 4 :]
    assert 0 < len(after_the_first) < posts.at[-1]


def test_what_the_api_asks_for_is_waited_by_all_workers(sender: SenderFixture) -> None:
    posts = Posts(sender, [ACCEPTED, replace(SLOW_DOWN, retry_after=300.0)])
    assert sender.send(posts, Pacing(concurrency=3)).state == "done"
    assert sum(at < 300 for at in posts.at) <= 1 + 3


def test_codes_that_say_wait_are_waited_for_and_a_second_quarter_of_an_hour_is_too_long(
    sender: SenderFixture,
) -> None:
    posts = Posts(sender, [BUSY, CONGESTED])
    outcome = sender.send(posts)
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert posts.at == [0, 60]


class NotesCounter(RecordingObserver):
    """Sets an event at the fourth note."""

    def __init__(self) -> None:
        super().__init__()
        self.four = threading.Event()

    def note(self, sentence: str) -> None:
        super().note(sentence)
        if len(self.notes) == 4:
            self.four.set()


class StandingClock(FakeClock):
    """A clock that does not move until an event."""

    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        assert self._event.wait(30)
        return super().wait(seconds, wake)


def test_one_worker_probes_while_the_others_wait(sender: SenderFixture) -> None:
    beside: list[int] = []

    def probe(count: int) -> None:
        if count == 6:  # one alone, four together, and then the probe
            began, passing = sender.clock.seconds, threading.Event()
            for _ in range(30_000):  # the others wait, and time passes
                if sender.clock.seconds >= began + 50 or passing.wait(0.001):
                    break
            else:
                pytest.fail("no one waits")
            beside.append(len(gateway.bodies) - 6)

    gateway = ScriptedGateway(
        [ACCEPTED, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE], on_post=probe
    )
    together = threading.Barrier(4, timeout=30)
    meet = gateway.on_post
    # Time passes once all four failures are counted, each of which is noted after that.
    sender.observer = NotesCounter()
    sender.clock = StandingClock(sender.observer.four)
    gateway.on_post = lambda count: (together.wait(), None)[1] if 1 < count < 6 else meet(count)
    assert sender.send(gateway, Pacing(concurrency=4, chance=lambda: 0.0)).state == "done"
    assert beside == [0]
    assert sender.states == ["accepted"] * 6


def test_a_run_may_repeat_ten_posts_and_earns_one_with_every_second_frame(ledger: Ledger) -> None:
    # Each frame takes two tries too many, which the breaker bears and the budget does not.
    sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 13)])
    flaky: list[Outcome] = [UNREACHABLE, UNREACHABLE, ACCEPTED]
    outcomes: list[Outcome] = [ACCEPTED, *flaky * 6, UNREACHABLE, UNREACHABLE]
    posts = Posts(sender, outcomes)
    outcome = sender.send(posts)
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert outcome.reason is not None
    assert "more than once" in outcome.reason
    assert len(posts.bodies) == 1 + 6 * 3 + 2


def test_an_outage_can_be_interrupted_while_it_is_waited_for(sender: SenderFixture) -> None:
    stop = threading.Event()
    posts = Posts(sender, [ACCEPTED], then=UNREACHABLE)
    posts.on_post = lambda count: stop.set() if count == 5 else None
    assert sender.send(posts, stop=stop).state == "interrupted"
    assert len(posts.bodies) == 5
