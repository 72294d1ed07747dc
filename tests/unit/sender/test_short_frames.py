"""Frames of which the API accepts fewer contacts: asked about once for a campaign."""

from dataclasses import replace

import pytest

from bulksms.ledger import Ledger
from bulksms.octopush.outcomes import Accepted
from bulksms.sender import Pacing, StopCause
from tests.fakes import ACCEPTED, ScriptedGateway, SenderFixture, freeze_frame


def short(missing: int) -> Accepted:
    return replace(ACCEPTED, number_of_contacts=100 - missing)


def test_251_short_frames_need_one_answer(ledger: Ledger) -> None:
    sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 252)])
    outcome = sender.send(ScriptedGateway([], then=short(6)))
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.SHORT)
    assert (outcome.reason or "").startswith(
        "Octopush accepted only 94 of 100 contacts of frame 1: find out why. "
        "`bulksms resume` accepts this for the rest of the campaign"
    )
    assert sender.send(ScriptedGateway([], then=short(6))).state == "done"
    assert sender.states == ["accepted_short"] * 251


def test_accepted_from_the_start_nothing_stops(sender: SenderFixture) -> None:
    pacing = Pacing(accept_short_frames=True)
    assert sender.send(ScriptedGateway([], then=short(90)), pacing).state == "done"


@pytest.mark.parametrize(("missing", "state"), [(49, "done"), (51, "stopped"), (99, "stopped")])
def test_the_answer_is_not_for_frames_that_lack_far_more(
    sender: SenderFixture, missing: int, state: str
) -> None:
    sender.send(ScriptedGateway([short(6)]))
    assert sender.send(ScriptedGateway([short(missing)])).state == state


def test_a_count_that_opt_outs_explain_is_no_answer(sender: SenderFixture) -> None:
    sender.send(ScriptedGateway([short(5), ACCEPTED, short(6)]))
    assert sender.states == ["accepted_short", "accepted", "accepted_short", *["planned"] * 3]
