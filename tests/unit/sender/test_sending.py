import threading
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulksms.errors import LedgerError
from bulksms.ledger import FrameRecord, FrameState, Ledger, open_ledger
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome
from bulksms.sender import Pacing, RunOutcome, StopCause
from tests.unit.sender.desk import (
    AWAY,
    BROKE,
    CONTACTS,
    DOUBT,
    HTML,
    IMPOSSIBLE,
    NEVER,
    NO,
    SHORT,
    TAKEN,
    VERY_SHORT,
    Desk,
    Ears,
    FakeClock,
    Script,
)


def test_every_frame_is_posted_once_and_in_order(desk: Desk) -> None:
    script = Script([])
    assert desk.send(script) == RunOutcome(state="done")
    assert script.bodies == [f"frame {n}".encode() for n in range(1, 7)]
    assert desk.states == ["accepted"] * 6
    assert desk.state == ("done", None)
    assert desk.ears.begun == (6, 600)
    assert desk.ears.settled == [(n, "accepted") for n in range(1, 7)]
    assert script.opened == script.closed == 1


def test_what_is_told_of_a_taken_frame_is_what_the_ledger_has(desk: Desk) -> None:
    class Exact(Ears):
        def frame_settled(self, record: FrameRecord) -> None:
            assert record == desk.ledger.frames.get(record.campaign_id, record.number)
            super().frame_settled(record)

    ears = Exact()
    desk.send(Script([TAKEN, SHORT, AWAY, NO]), observer=ears)
    assert [number for number, _ in ears.settled] == [1, 2, 3, 4, 5, 6]


def test_a_second_run_has_nothing_to_do(desk: Desk) -> None:
    desk.send(Script([]))
    again = Script([])
    assert desk.send(again) == RunOutcome(state="done")
    assert again.bodies == []


def test_the_claim_is_on_the_disk_before_the_first_byte(desk: Desk, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(count: int) -> None:
        with open_ledger(tmp_path) as other:
            seen.append(other.frames.all(desk.campaign.id)[count - 1].state)

    desk.send(Script([], on_post=look))
    assert seen == ["intent"] * 6


def test_what_was_not_taken_is_tried_again_with_growing_waits(desk: Desk) -> None:
    script = Script([AWAY, AWAY, AWAY])
    assert desk.send(script).state == "done"
    assert script.bodies[:4] == [b"frame 1"] * 4
    assert desk.clock.seconds == 1 + 2 + 4
    assert desk.ledger.frames.get(desk.campaign.id, 1).attempts == 4
    assert desk.ears.notes[0] == "Frame 1 was not taken, again in 1 s: connection refused"


def test_six_tries_are_enough(desk: Desk) -> None:
    script = Script([], then=AWAY)
    verdict = desk.send(script)
    assert (verdict.state, verdict.cause) == ("paused", StopCause.ACCOUNT)
    assert verdict.reason == "Frame 1 was not taken in 6 tries: connection refused"
    assert len(script.bodies) == 6
    assert desk.states == ["planned"] * 6
    assert desk.clock.seconds == 1 + 2 + 4 + 8 + 16


def test_the_wait_asked_for_is_kept(desk: Desk) -> None:
    desk.send(Script([NotSent(reason="slow down", code=429, retry_after=300)]))
    assert desk.clock.seconds == 300


def test_a_wait_of_more_than_fifteen_minutes_pauses(desk: Desk) -> None:
    verdict = desk.send(Script([NotSent(reason="slow down", code=429, retry_after=901)]))
    assert (verdict.state, verdict.cause) == ("paused", StopCause.ACCOUNT)
    assert desk.states == ["planned"] * 6


@pytest.mark.parametrize(
    ("outcomes", "states", "state", "cause"),
    [
        ([TAKEN, BROKE], ["accepted", "planned"], "stopped", StopCause.ACCOUNT),
        ([TAKEN, NEVER], ["accepted", "refused", "planned"], "stopped", StopCause.CAMPAIGN),
        ([NO, NO], ["refused", "refused", "planned"], "stopped", StopCause.CAMPAIGN),
        ([NO, TAKEN, NO], ["refused", "accepted", "refused", "accepted"], "done", StopCause.NONE),
        ([DOUBT, DOUBT], ["in_doubt", "in_doubt", "planned"], "paused", StopCause.DOUBT),
        (
            [DOUBT, TAKEN, DOUBT, TAKEN, DOUBT],
            ["in_doubt", "accepted", "in_doubt", "accepted", "in_doubt", "planned"],
            "paused",
            StopCause.DOUBT,
        ),
        ([DOUBT], ["in_doubt", "accepted"], "done", StopCause.NONE),
        ([HTML], ["in_doubt", "planned"], "stopped", StopCause.DOUBT),
        ([SHORT], ["accepted_short", "accepted"], "done", StopCause.NONE),
        ([VERY_SHORT], ["accepted_short", "planned"], "stopped", StopCause.CAMPAIGN),
        ([IMPOSSIBLE], ["in_doubt", "planned"], "stopped", StopCause.ACCOUNT),
    ],
)
def test_each_answer_has_its_state_and_its_verdict(
    desk: Desk, outcomes: list[Outcome], states: list[str], state: str, cause: StopCause
) -> None:
    verdict = desk.send(Script(outcomes))
    assert (verdict.state, verdict.cause) == (state, cause)
    assert desk.states == states + states[-1:] * (6 - len(states))
    assert desk.state == (verdict.state, verdict.reason)


def test_doubt_counts_anew_on_resume_and_doubtful_frames_are_left_alone(desk: Desk) -> None:
    desk.send(Script([DOUBT, DOUBT]))
    again = Script([DOUBT])
    assert desk.send(again).state == "done"
    assert again.bodies == [b"frame 3", b"frame 4", b"frame 5", b"frame 6"]


def test_the_ceiling_stops_before_the_next_frame_and_counts_earlier_runs(desk: Desk) -> None:
    pacing = Pacing(max_cost=Decimal(9), concurrency=4)
    verdict = desk.send(Script([]), pacing)
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.COST)
    assert verdict.reason == "The campaign has cost 9.00 of at most 9."
    assert desk.states == ["accepted"] * 2 + ["planned"] * 4
    again = Script([])
    assert desk.send(again, pacing).cause is StopCause.COST
    assert again.bodies == []


def test_an_unknown_price_stops_a_run_with_a_ceiling(desk: Desk) -> None:
    script = Script([Accepted(ticket="t", number_of_contacts=CONTACTS)])
    assert desk.send(script, Pacing(max_cost=Decimal(9))).cause is StopCause.COST
    assert len(script.bodies) == 1


def test_a_stop_before_the_start_posts_nothing(desk: Desk) -> None:
    stop = threading.Event()
    stop.set()
    script = Script([])
    assert desk.send(script, Pacing(concurrency=3), stop=stop).state == "interrupted"
    assert script.bodies == []


def test_the_rate_spaces_the_frames(desk: Desk) -> None:
    desk.send(Script([]), Pacing(rate=30))
    assert desk.clock.seconds == 10


def test_an_interruption_finishes_the_frame_in_flight(desk: Desk) -> None:
    stop = threading.Event()

    def interrupt(count: int) -> None:
        if count == 2:
            stop.set()

    verdict = desk.send(Script([], on_post=interrupt), stop=stop)
    assert (verdict.state, verdict.cause) == ("interrupted", StopCause.INTERRUPTED)
    assert desk.states == ["accepted"] * 2 + ["planned"] * 4
    assert desk.send(Script([])).state == "done"


def test_the_first_frame_goes_alone_then_all_workers_together(desk: Desk) -> None:
    together = threading.Barrier(3, timeout=10)
    alone: list[int] = []

    def meet(count: int) -> None:
        if count == 1:
            alone.append(len(script.bodies))
        elif count <= 4:
            together.wait()

    script = Script([], on_post=meet)
    assert desk.send(script, Pacing(concurrency=3)).state == "done"
    assert alone == [1]
    assert Counter(script.bodies).most_common(1)[0][1] == 1
    assert script.opened == script.closed == 3


def test_a_bug_leaves_the_frame_in_doubt_on_the_next_start(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        desk.send(Script([TAKEN, RuntimeError("a bug")]))
    assert desk.states[:2] == ["accepted", "intent"]
    again = Script([])
    assert desk.send(again).state == "done"
    assert b"frame 2" not in again.bodies
    assert desk.states[1] == "in_doubt"
    assert desk.ears.notes == ["Frames on their way when the last run ended, now in doubt: 1."]


def test_a_bug_in_a_worker_ends_the_others_and_comes_out(desk: Desk) -> None:
    script = Script([TAKEN, RuntimeError("a bug")])
    with pytest.raises(RuntimeError, match="a bug"):
        desk.send(script, Pacing(concurrency=2))
    assert desk.states.count("intent") == 1


def test_a_closed_pipe_cannot_lose_an_answer(desk: Desk) -> None:
    class Broken(Ears):
        def frame_settled(self, record: FrameRecord) -> None:
            raise BrokenPipeError(record.number)

    with pytest.raises(BrokenPipeError):
        desk.send(Script([]), observer=Broken())
    assert desk.states == ["accepted"] + ["planned"] * 5


@pytest.mark.parametrize("workers", [1, 3])
def test_nothing_more_is_posted_when_the_ledger_fails(desk: Desk, workers: int) -> None:
    def pull_the_rug(count: int) -> None:
        # Another program settles the frame behind our back: the answer cannot be written.
        if count == 2:
            for number in range(2, 7):
                if desk.ledger.frames.get(desk.campaign.id, number).state is FrameState.INTENT:
                    desk.ledger.claims.record(
                        desk.campaign.id, number, FrameState.IN_DOUBT, desk.clock.now()
                    )

    script = Script([], on_post=pull_the_rug)
    with pytest.raises(LedgerError, match="no longer in state intent"):
        desk.send(script, Pacing(concurrency=workers))
    assert len(script.bodies) <= 1 + 2 * workers


class Crash(BaseException):
    """The machine dies while the frame is on its way."""


OUTCOMES = st.one_of(
    st.sampled_from([TAKEN, SHORT, VERY_SHORT, NO, NEVER, AWAY, BROKE, DOUBT, HTML]),
    st.builds(Crash),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(runs=st.lists(st.lists(OUTCOMES, max_size=8), min_size=1, max_size=4))
def test_whatever_happens_no_frame_that_may_have_gone_is_posted_again(
    runs: list[list[Outcome | BaseException]],
) -> None:
    gone: Counter[bytes] = Counter()
    with TemporaryDirectory() as home:
        for number, outcomes in enumerate([*runs, []]):
            with open_ledger(Path(home)) as ledger:
                desk = Desk(ledger) if number == 0 else resumed(ledger)
                script = Script(outcomes)
                with suppress(Crash):
                    desk.send(script)
                told = [*outcomes, *[TAKEN] * 6]
                gone.update(
                    body
                    for body, outcome in zip(script.bodies, told, strict=False)
                    if not isinstance(outcome, NotSent)
                )
                assert max(gone.values(), default=0) <= 1
                assert len(desk.states) == 6
        assert set(gone) == {f"frame {n}".encode() for n in range(1, 7)}


def resumed(ledger: Ledger) -> Desk:
    desk = Desk.__new__(Desk)
    desk.ledger, desk.campaign = ledger, ledger.campaigns.get("spring")
    desk.clock, desk.ears, desk.proof = FakeClock(), Ears(), None
    return desk
