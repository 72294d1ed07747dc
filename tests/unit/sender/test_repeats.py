"""Frames in doubt on a proved account: the very same post again, as long as that is safe."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bulksms.ledger import Ledger, ProofRecord
from bulksms.octopush.outcomes import Outcome, RefusalScope, Refused, Unknown
from bulksms.sender import Pacing, StopCause
from tests.fakes import (
    ACCEPTED,
    LOGIN_PAGE,
    NO_ANSWER,
    NO_CREDIT,
    UNREACHABLE,
    FakeClock,
    ScriptedGateway,
    SenderFixture,
)

DUPLICATE = Unknown(reason="seen before", code=182, stop=True, duplicate=True)
BAD_CONTACT = Refused(code=117, message="", scope=RefusalScope.FRAME, reason="No correct number.")
NOON = FakeClock().now()
PROOF = ProofRecord(
    account="a", base_url="b", proved_at=NOON, protects=True, window=timedelta(hours=24)
)


@pytest.fixture
def proved(ledger: Ledger) -> SenderFixture:
    return SenderFixture(ledger, proof=PROOF)


def gateway(sender: SenderFixture, *outcomes: Outcome, then: Outcome = ACCEPTED) -> ScriptedGateway:
    return ScriptedGateway(list(outcomes), then, server_clock=sender.clock.now)


def posts_of_first(posted: ScriptedGateway) -> int:
    return posted.bodies.count(b"frame 1")


@pytest.mark.parametrize("after", [UNREACHABLE, BAD_CONTACT, NO_CREDIT])
def test_whatever_the_answer_to_a_repeat_the_first_post_may_have_been_taken(
    proved: SenderFixture, after: Outcome
) -> None:
    proved.send(gateway(proved, NO_ANSWER, after, LOGIN_PAGE))
    assert proved.states[0] == "in_doubt"


def test_a_repeat_continues_where_no_one_answered_it(proved: SenderFixture) -> None:
    posted = gateway(proved, NO_ANSWER, UNREACHABLE, DUPLICATE)
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
        (replace(PROOF, account="another"), 0, timedelta()),
        (replace(PROOF, window=None), 0, timedelta()),
        (replace(PROOF, window=timedelta(hours=5)), 5, timedelta()),
        (PROOF, 22, timedelta()),
    ],
    ids=["none", "no protection", "old", "of another account", "nothing tried", "short", "closed"],
)
def test_without_proof_or_with_a_doubtful_clock_nothing_is_repeated(
    ledger: Ledger, proof: ProofRecord | None, hours: float, apart: timedelta
) -> None:
    sender = SenderFixture(ledger, proof=proof)

    def late(_count: int) -> None:
        sender.clock.seconds += hours * 3600

    posted = ScriptedGateway(
        [NO_ANSWER], on_post=late, server_clock=lambda: sender.clock.now() + apart
    )
    sender.send(posted)
    assert posts_of_first(posted) == 1
    assert sender.states[0] == "in_doubt"


def test_a_server_that_gives_no_time_gets_no_repeat(proved: SenderFixture) -> None:
    posted = ScriptedGateway([NO_ANSWER], server_clock=lambda: None)
    proved.send(posted)
    assert posts_of_first(posted) == 1


def test_the_server_is_asked_for_its_time_once(proved: SenderFixture) -> None:
    posted = gateway(proved, replace(NO_ANSWER, date=NOON))
    assert proved.send(posted).state == "done"
    assert posted.asked == 1
    assert posts_of_first(posted) == 2


def test_a_doubt_that_a_repeat_ends_does_not_count(proved: SenderFixture) -> None:
    taken_at_last: list[Outcome] = [NO_ANSWER, ACCEPTED]
    posted = gateway(proved, *taken_at_last * 6)
    assert proved.send(posted).state == "done"
    assert proved.states == ["accepted"] * 6


def test_answers_that_make_no_sense_are_never_repeated(proved: SenderFixture) -> None:
    posted = gateway(proved, LOGIN_PAGE)
    assert proved.send(posted).cause is StopCause.DOUBT
    resumed = gateway(proved)
    proved.send(resumed)
    assert posts_of_first(posted) + posts_of_first(resumed) == 1


def test_a_server_in_trouble_for_ten_minutes_is_sat_out(proved: SenderFixture) -> None:
    trouble = gateway(proved, ACCEPTED, *[NO_ANSWER] * 6)
    assert proved.send(trouble).state == "done"
    assert proved.states == ["accepted"] * 6
    assert proved.clock.seconds >= 600


class Crash(BaseException):
    """The machine dies while the frame is on its way."""


@pytest.mark.parametrize("hours", [0, 21, 23, 25, 14 * 24])
def test_after_a_crash_resume_repeats_only_within_the_window(
    proved: SenderFixture, hours: float
) -> None:
    with pytest.raises(Crash):
        proved.send(ScriptedGateway([Crash()], server_clock=proved.clock.now))
    proved.clock.seconds += hours * 3600
    resumed = gateway(proved, DUPLICATE) if hours < 22 else gateway(proved)
    assert proved.send(resumed).state == "done"
    assert posts_of_first(resumed) == (hours < 22)
    assert proved.states == ["accepted" if hours < 22 else "in_doubt", *["accepted"] * 5]


def test_a_clock_set_back_closes_the_window(proved: SenderFixture) -> None:
    with pytest.raises(Crash):
        proved.send(ScriptedGateway([Crash()], server_clock=proved.clock.now))
    proved.clock.seconds -= 3600
    resumed = gateway(proved)
    proved.send(resumed)
    assert posts_of_first(resumed) == 0


def test_a_person_who_opted_out_since_keeps_their_frame_from_being_repeated(
    proved: SenderFixture,
) -> None:
    with pytest.raises(Crash):
        proved.send(ScriptedGateway([Crash()], server_clock=proved.clock.now))
    people = proved.ledger.frames.phone_numbers(proved.campaign.id, 1)
    proved.ledger.opt_outs.add(people[:1].tolist(), "typed", NOON)
    resumed = gateway(proved)
    proved.send(resumed)
    assert posts_of_first(resumed) == 0
    assert proved.states[0] == "in_doubt"


def test_the_first_use_of_an_id_that_is_known_stops_the_line(proved: SenderFixture) -> None:
    outcome = proved.send(gateway(proved, DUPLICATE))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.DOUBT)
    assert proved.states == ["in_doubt"] + ["planned"] * 5


@pytest.mark.parametrize(("burn", "said"), [(True, "as was proved"), (None, "it seems")])
def test_an_id_known_though_no_post_was_taken_stops_the_line(
    ledger: Ledger, burn: bool | None, said: str
) -> None:
    sender = SenderFixture(ledger, proof=replace(PROOF, refusals_burn=burn))
    outcome = sender.send(gateway(sender, UNREACHABLE, DUPLICATE))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.DOUBT)
    assert said in (outcome.reason or "")


def test_what_stays_in_doubt_is_left_to_the_next_run_when_the_repeats_are_spent(
    proved: SenderFixture,
) -> None:
    outcome = proved.send(gateway(proved, ACCEPTED, then=NO_ANSWER), Pacing(chance=lambda: 0.0))
    assert outcome.state == "paused"
    assert proved.states[:2] == ["accepted", "in_doubt"]
    resumed = gateway(proved, DUPLICATE)
    assert proved.send(resumed).state == "done"
    assert proved.states == ["accepted"] * 6
