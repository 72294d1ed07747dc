"""Frames in doubt on a proved account: the very same post again, as long as that is safe."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.ledger import Ledger, ProofRecord, open_ledger
from bulksms.octopush.outcomes import Outcome, RefusalScope, Refused, Unknown
from bulksms.sender import Pacing, StopCause
from tests.unit.sender.desk import AWAY, BROKE, DOUBT, HTML, TAKEN, Desk, FakeClock, Script

DUPLICATE = Unknown(reason="seen before", code=182, stop=True, duplicate=True)
BAD_CONTACT = Refused(code=117, message="", scope=RefusalScope.FRAME, reason="No correct number.")
NOON = FakeClock().now()
PROOF = ProofRecord(account="a", base_url="b", proved_at=NOON, protects=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def proved(ledger: Ledger) -> Desk:
    return Desk(ledger, proof=PROOF)


def script(desk: Desk, *outcomes: Outcome, then: Outcome = TAKEN) -> Script:
    return Script(list(outcomes), then, hour=desk.clock.now)


def posts_of_first(posted: Script) -> int:
    return posted.bodies.count(b"frame 1")


@pytest.mark.parametrize("after", [AWAY, BAD_CONTACT, BROKE])
def test_whatever_a_repeat_is_told_the_first_post_may_have_been_taken(
    proved: Desk, after: Outcome
) -> None:
    proved.send(script(proved, DOUBT, after, HTML))
    assert proved.states[0] == "in_doubt"


def test_a_repeat_goes_on_where_nobody_answered_it(proved: Desk) -> None:
    posted = script(proved, DOUBT, AWAY, DUPLICATE)
    assert proved.send(posted).state == "done"
    assert posts_of_first(posted) == 3
    frame = proved.ledger.frames.get(proved.campaign.id, 1)
    assert (frame.state, frame.ticket) == ("accepted", None)
    assert frame.message.startswith("inferred: ")


@pytest.mark.parametrize(
    ("proof", "hours", "apart"),
    [
        (None, 0, timedelta()),
        (replace(PROOF, protects=False), 0, timedelta()),
        (replace(PROOF, proved_at=NOON - timedelta(days=31)), 0, timedelta()),
        (PROOF, 0, timedelta(minutes=5)),
        (PROOF, 0, timedelta(minutes=-5)),
        (PROOF, 22, timedelta()),
    ],
    ids=["none", "no protection", "old", "ahead", "behind", "closed"],
)
def test_without_proof_or_with_a_doubtful_clock_nothing_is_repeated(
    ledger: Ledger, proof: ProofRecord | None, hours: float, apart: timedelta
) -> None:
    desk = Desk(ledger, proof=proof)

    def late(_count: int) -> None:
        desk.clock.seconds += hours * 3600

    posted = Script([DOUBT], on_post=late, hour=lambda: desk.clock.now() + apart)
    desk.send(posted)
    assert posts_of_first(posted) == 1
    assert desk.states[0] == "in_doubt"


def test_a_server_that_tells_no_hour_gets_no_repeat(proved: Desk) -> None:
    posted = Script([DOUBT], hour=lambda: None)
    proved.send(posted)
    assert posts_of_first(posted) == 1


def test_the_hour_in_an_answer_saves_the_question(proved: Desk) -> None:
    posted = script(proved, replace(DOUBT, date=NOON))
    assert proved.send(posted).state == "done"
    assert posted.asked == 0
    assert posts_of_first(posted) == 2


def test_a_doubt_that_a_repeat_ends_does_not_count(proved: Desk) -> None:
    taken_at_last: list[Outcome] = [DOUBT, TAKEN]
    posted = script(proved, *taken_at_last * 6)
    assert proved.send(posted).state == "done"
    assert proved.states == ["accepted"] * 6


def test_answers_that_make_no_sense_are_never_repeated(proved: Desk) -> None:
    posted = script(proved, HTML)
    assert proved.send(posted).cause is StopCause.DOUBT
    resumed = script(proved)
    proved.send(resumed)
    assert posts_of_first(posted) + posts_of_first(resumed) == 1


def test_a_server_in_trouble_for_ten_minutes_is_sat_out(proved: Desk) -> None:
    trouble = script(proved, TAKEN, *[DOUBT] * 6)
    assert proved.send(trouble).state == "done"
    assert proved.states == ["accepted"] * 6
    assert proved.clock.seconds >= 600


class Crash(BaseException):
    """The machine dies while the frame is on its way."""


@pytest.mark.parametrize("hours", [0, 21, 23, 25, 14 * 24])
def test_after_a_crash_resume_repeats_only_within_the_window(proved: Desk, hours: float) -> None:
    with pytest.raises(Crash):
        proved.send(Script([Crash()]))
    proved.clock.seconds += hours * 3600
    resumed = script(proved, DUPLICATE) if hours < 22 else script(proved)
    assert proved.send(resumed).state == "done"
    assert posts_of_first(resumed) == (hours < 22)
    assert proved.states == ["accepted" if hours < 22 else "in_doubt", *["accepted"] * 5]


def test_a_clock_set_back_closes_the_window(proved: Desk) -> None:
    with pytest.raises(Crash):
        proved.send(Script([Crash()]))
    proved.clock.seconds -= 3600
    resumed = script(proved)
    proved.send(resumed)
    assert posts_of_first(resumed) == 0


def test_who_opted_out_since_keeps_their_frame_from_being_repeated(proved: Desk) -> None:
    with pytest.raises(Crash):
        proved.send(Script([Crash()]))
    people = proved.ledger.frames.phone_numbers(proved.campaign.id, 1)
    proved.ledger.opt_outs.add(people[:1].tolist(), "typed", NOON)
    resumed = script(proved)
    proved.send(resumed)
    assert posts_of_first(resumed) == 0
    assert proved.states[0] == "in_doubt"


def test_the_first_use_of_an_id_that_is_known_stops_the_line(proved: Desk) -> None:
    verdict = proved.send(script(proved, DUPLICATE))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.DOUBT)
    assert proved.states == ["in_doubt"] + ["planned"] * 5


@pytest.mark.parametrize(("burn", "said"), [(True, "as was proved"), (None, "it seems")])
def test_an_id_known_though_no_post_was_taken_stops_the_line(
    ledger: Ledger, burn: bool | None, said: str
) -> None:
    desk = Desk(ledger, proof=replace(PROOF, refusals_burn=burn))
    verdict = desk.send(script(desk, AWAY, DUPLICATE))
    assert (verdict.state, verdict.cause) == ("stopped", StopCause.DOUBT)
    assert said in (verdict.reason or "")


def test_what_stays_in_doubt_is_left_to_the_next_run_when_the_repeats_are_spent(
    proved: Desk,
) -> None:
    verdict = proved.send(script(proved, TAKEN, then=DOUBT), Pacing(chance=lambda: 0.0))
    assert verdict.state == "paused"
    assert proved.states[:2] == ["accepted", "in_doubt"]
    resumed = script(proved, DUPLICATE)
    assert proved.send(resumed).state == "done"
    assert proved.states == ["accepted"] * 6
