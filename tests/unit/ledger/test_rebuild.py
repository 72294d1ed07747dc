"""What mending a restored ledger takes over of frames that it does not know as planned."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bulksms.ledger import FrameState, open_ledger
from tests.unit.ledger.test_ledger import LATER, NOON, frozen, make


def test_a_frame_sent_again_after_the_backup_is_not_repeated_by_itself(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with open_ledger(home) as ledger:
        made = make(ledger)
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.doubt_in_flight(made.id, NOON)
        assert ledger.frames.get(made.id, 1).repeatable
    shutil.copytree(home, backup)
    with open_ledger(home) as ledger:
        again = replace(frozen(1), wave=2, request_id="bs1-again")
        ledger.settlements.resend(made.id, again, LATER, "by order")
        ledger.claims.claim(made.id, 1, LATER)
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER)
    shutil.rmtree(home)
    shutil.copytree(backup, home)

    with open_ledger(home) as ledger:
        ledger.reconciler.rebuild(LATER)
        frame = ledger.frames.get(made.id, 1)
    # The first wave was perhaps never taken, so that its repeat would be a second text.
    assert (frame.state, frame.repeatable, frame.attempts) == ("in_doubt", False, 2)


@pytest.mark.parametrize("cut_again", [False, True])
def test_a_refused_frame_that_went_out_in_parts_after_the_backup_is_in_doubt(
    tmp_path: Path, cut_again: bool
) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with open_ledger(home) as ledger:
        made = make(ledger, frames=1)
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.REFUSED, NOON)
    shutil.copytree(home, backup)
    with open_ledger(home) as ledger:
        last = 2
        ledger.frames.split(made.id, 1, [replace(frozen(2), parent=1)], LATER)
        if cut_again:
            ledger.frames.split(made.id, 2, [replace(frozen(3), parent=2)], LATER)
            last = 3
        ledger.claims.claim(made.id, last, LATER)
        ledger.claims.record(made.id, last, FrameState.ACCEPTED, LATER)
    shutil.rmtree(home)
    shutil.copytree(backup, home)

    with open_ledger(home) as ledger:
        ledger.reconciler.rebuild(LATER)
        whole = ledger.frames.get(made.id, 1)
        texted = ledger.history.numbers_texted("t" * 64, rehearsal=False, since=NOON)
    assert whole.state == "in_doubt"
    assert len(texted)
