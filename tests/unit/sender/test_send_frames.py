import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameRecord, FrameState, Ledger
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome
from bulksms.sender import Pacing, RunOutcome, StopCause
from tests.fakes import (
    ACCEPTED,
    CONTACTS,
    IMPOSSIBLE_COUNT,
    LOGIN_PAGE,
    NO_ANSWER,
    NO_CREDIT,
    REFUSED,
    REFUSED_ALL,
    SHORT,
    TOO_SHORT,
    UNREACHABLE,
    RecordingObserver,
    ScriptedGateway,
    SenderFixture,
)


def test_every_frame_is_posted_once_and_in_order(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([])
    assert sender.send(gateway) == RunOutcome(state="done")
    assert gateway.bodies == [f"frame {n}".encode() for n in range(1, 7)]
    assert sender.states == ["accepted"] * 6
    assert sender.state == ("done", None)
    assert sender.observer.started_with == (6, 600)
    assert sender.observer.settled == [(n, "accepted") for n in range(1, 7)]
    assert gateway.opened == gateway.closed == 1


def test_what_is_reported_of_a_taken_frame_is_what_the_ledger_has(sender: SenderFixture) -> None:
    class Exact(RecordingObserver):
        def frame_settled(self, record: FrameRecord) -> None:
            assert record == sender.ledger.frames.get(record.campaign_id, record.number)
            super().frame_settled(record)

    observer = Exact()
    sender.send(ScriptedGateway([ACCEPTED, SHORT, UNREACHABLE, REFUSED]), observer=observer)
    assert [number for number, _ in observer.settled] == [1, 2, 3, 4, 5, 6]


def test_a_second_run_has_nothing_to_do(sender: SenderFixture) -> None:
    sender.send(ScriptedGateway([]))
    again = ScriptedGateway([])
    assert sender.send(again) == RunOutcome(state="done")
    assert again.bodies == []


def test_the_claim_is_on_the_disk_before_the_first_byte(
    sender: SenderFixture, open_again: Callable[[], Ledger]
) -> None:
    seen: list[str] = []

    def look(count: int) -> None:
        with open_again() as other:
            seen.append(list(other.frame_queries.each(sender.campaign.id))[count - 1].state)

    sender.send(ScriptedGateway([], on_post=look))
    assert seen == ["intent"] * 6


def test_what_was_not_taken_is_tried_again_with_growing_waits(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([UNREACHABLE, UNREACHABLE, UNREACHABLE])
    assert sender.send(gateway).state == "done"
    assert gateway.bodies[:4] == [b"frame 1"] * 4
    assert sender.clock.seconds == 1 + 2 + 4
    assert sender.ledger.frames.get(sender.campaign.id, 1).attempts == 4
    assert (
        sender.observer.notes[0]
        == "Frame 1 was not accepted, next attempt in 1 s: connection refused"
    )


def test_six_tries_are_enough(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([], then=UNREACHABLE)
    outcome = sender.send(gateway)
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert outcome.reason == "Frame 1 was not accepted in 6 tries: connection refused"
    assert len(gateway.bodies) == 6
    assert sender.states == ["planned"] * 6
    assert sender.clock.seconds == 1 + 2 + 4 + 8 + 16


def test_the_wait_asked_for_is_kept(sender: SenderFixture) -> None:
    sender.send(ScriptedGateway([NotSent(reason="slow down", code=429, retry_after=300)]))
    assert sender.clock.seconds == 300


def test_a_wait_of_more_than_fifteen_minutes_pauses(sender: SenderFixture) -> None:
    outcome = sender.send(ScriptedGateway([NotSent(reason="slow down", code=429, retry_after=901)]))
    assert (outcome.state, outcome.cause) == ("paused", StopCause.ACCOUNT)
    assert sender.states == ["planned"] * 6


@pytest.mark.parametrize(
    ("outcomes", "states", "state", "cause"),
    [
        ([ACCEPTED, NO_CREDIT], ["accepted", "planned"], "stopped", StopCause.ACCOUNT),
        (
            [ACCEPTED, REFUSED_ALL],
            ["accepted", "refused", "planned"],
            "stopped",
            StopCause.CAMPAIGN,
        ),
        ([REFUSED, REFUSED], ["refused", "refused", "planned"], "stopped", StopCause.CAMPAIGN),
        (
            [REFUSED, ACCEPTED, REFUSED],
            ["refused", "accepted", "refused", "accepted"],
            "done",
            StopCause.NONE,
        ),
        (
            [NO_ANSWER, NO_ANSWER],
            ["in_doubt", "in_doubt", "planned"],
            "paused",
            StopCause.DOUBT,
        ),
        (
            [NO_ANSWER, ACCEPTED, NO_ANSWER, ACCEPTED, NO_ANSWER],
            ["in_doubt", "accepted", "in_doubt", "accepted", "in_doubt", "planned"],
            "paused",
            StopCause.DOUBT,
        ),
        ([NO_ANSWER], ["in_doubt", "accepted"], "done", StopCause.NONE),
        ([LOGIN_PAGE], ["in_doubt", "planned"], "stopped", StopCause.DOUBT),
        ([SHORT], ["accepted_short", "accepted"], "done", StopCause.NONE),
        ([TOO_SHORT], ["accepted_short", "planned"], "stopped", StopCause.SHORT),
        ([IMPOSSIBLE_COUNT], ["in_doubt", "planned"], "stopped", StopCause.ACCOUNT),
    ],
)
def test_each_answer_has_its_state_and_its_verdict(
    sender: SenderFixture, outcomes: list[Outcome], states: list[str], state: str, cause: StopCause
) -> None:
    outcome = sender.send(ScriptedGateway(outcomes))
    assert (outcome.state, outcome.cause) == (state, cause)
    assert sender.states == states + states[-1:] * (6 - len(states))
    assert sender.state == (outcome.state, outcome.reason)


def test_doubts_that_end_a_campaign_advise_no_rest_to_continue_with(sender: SenderFixture) -> None:
    outcome = sender.send(ScriptedGateway([ACCEPTED] * 4 + [NO_ANSWER] * 2))
    assert sender.states == ["accepted"] * 4 + ["in_doubt"] * 2
    assert outcome == RunOutcome(state="done")


def test_doubt_counts_again_on_resume_and_doubtful_frames_are_left_alone(
    sender: SenderFixture,
) -> None:
    sender.send(ScriptedGateway([NO_ANSWER, NO_ANSWER]))
    again = ScriptedGateway([NO_ANSWER])
    assert sender.send(again).state == "done"
    assert again.bodies == [b"frame 3", b"frame 4", b"frame 5", b"frame 6"]


def test_the_ceiling_stops_before_the_next_frame_and_counts_earlier_runs(
    sender: SenderFixture,
) -> None:
    pacing = Pacing(max_cost=Decimal(9), concurrency=4)
    outcome = sender.send(ScriptedGateway([]), pacing)
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.COST)
    assert outcome.reason == "The campaign has cost 9.00 of at most 9."
    assert sender.states == ["accepted"] * 2 + ["planned"] * 4
    again = ScriptedGateway([])
    assert sender.send(again, pacing).cause is StopCause.COST
    assert again.bodies == []


def test_an_unknown_price_stops_a_run_with_a_ceiling(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([Accepted(ticket="t", number_of_contacts=CONTACTS)])
    assert sender.send(gateway, Pacing(max_cost=Decimal(9))).cause is StopCause.COST
    assert len(gateway.bodies) == 1


def test_a_stop_before_the_start_posts_nothing(sender: SenderFixture) -> None:
    stop = threading.Event()
    stop.set()
    gateway = ScriptedGateway([])
    assert sender.send(gateway, Pacing(concurrency=3), stop=stop).state == "interrupted"
    assert gateway.bodies == []


def test_the_rate_spaces_the_frames(sender: SenderFixture) -> None:
    sender.send(ScriptedGateway([]), Pacing(rate=30))
    assert sender.clock.seconds == 10


def test_an_interruption_finishes_the_frame_in_flight(sender: SenderFixture) -> None:
    stop = threading.Event()

    def interrupt(count: int) -> None:
        if count == 2:
            stop.set()

    outcome = sender.send(ScriptedGateway([], on_post=interrupt), stop=stop)
    assert (outcome.state, outcome.cause) == ("interrupted", StopCause.INTERRUPTED)
    assert sender.states == ["accepted"] * 2 + ["planned"] * 4
    assert sender.send(ScriptedGateway([])).state == "done"


def test_the_first_frame_goes_alone_then_all_workers_together(sender: SenderFixture) -> None:
    together = threading.Barrier(3, timeout=10)
    alone: list[int] = []

    def meet(count: int) -> None:
        if count == 1:
            alone.append(len(gateway.bodies))
        elif count <= 4:
            together.wait()

    gateway = ScriptedGateway([], on_post=meet)
    assert sender.send(gateway, Pacing(concurrency=3)).state == "done"
    assert alone == [1]
    assert Counter(gateway.bodies).most_common(1)[0][1] == 1
    assert gateway.opened == gateway.closed == 3


def test_a_bug_leaves_the_frame_in_doubt_on_the_next_start(sender: SenderFixture) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        sender.send(ScriptedGateway([ACCEPTED, RuntimeError("a bug")]))
    assert sender.states[:2] == ["accepted", "intent"]
    again = ScriptedGateway([])
    assert sender.send(again).state == "done"
    assert b"frame 2" not in again.bodies
    assert sender.states[1] == "in_doubt"
    assert sender.observer.notes == ["Frames in flight when the last run crashed, now in doubt: 1."]


def test_a_bug_in_a_worker_ends_the_others_and_comes_out(sender: SenderFixture) -> None:
    gateway = ScriptedGateway([ACCEPTED, RuntimeError("a bug")])
    with pytest.raises(RuntimeError, match="a bug"):
        sender.send(gateway, Pacing(concurrency=2))
    assert sender.states.count("intent") == 1


def test_a_closed_pipe_cannot_lose_an_answer(sender: SenderFixture) -> None:
    class Broken(RecordingObserver):
        def frame_settled(self, record: FrameRecord) -> None:
            raise BrokenPipeError(record.number)

    with pytest.raises(BrokenPipeError):
        sender.send(ScriptedGateway([]), observer=Broken())
    assert sender.states == ["accepted"] + ["planned"] * 5


@pytest.mark.parametrize("workers", [1, 3])
def test_nothing_more_is_posted_when_the_ledger_fails(sender: SenderFixture, workers: int) -> None:
    def pull_the_rug(count: int) -> None:
        # Another program settles the frame behind our back: the answer cannot be written.
        if count == 2:
            for number in range(2, 7):
                if sender.ledger.frames.get(sender.campaign.id, number).state is FrameState.INTENT:
                    sender.ledger.claims.record(
                        sender.campaign.id, number, FrameState.REFUSED, sender.clock.now()
                    )

    gateway = ScriptedGateway([], on_post=pull_the_rug)
    with pytest.raises(LedgerError, match="no longer in state intent"):
        sender.send(gateway, Pacing(concurrency=workers))
    assert len(gateway.bodies) <= 1 + 2 * workers
