"""What a rebuild imports of posts after the backup."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms.ledger import FrameState
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ALICE, BOB, LATER, NOON, frozen, make

SERVER = datetime(2027, 3, 1, 12, 0, 3, tzinfo=UTC)


def test_a_frame_resent_after_the_backup_is_not_repeated_automatically(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with ledger_in(home) as ledger:
        made = make(ledger)
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.doubt_in_flight(made.id, NOON)
        assert ledger.frames.get(made.id, 1).repeatable
    shutil.copytree(home, backup)
    with ledger_in(home) as ledger:
        again = replace(frozen(1), wave=2, request_id="bs1-again")
        ledger.settlements.resend(made.id, again, LATER, "by order")
        ledger.claims.claim(made.id, 1, LATER)
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER)
    shutil.rmtree(home)
    shutil.copytree(backup, home)

    with ledger_in(home) as ledger:
        ledger.reconciler.rebuild(LATER)
        frame = ledger.frames.get(made.id, 1)
    # The first wave was perhaps never taken, so that its repeat would be a second text.
    assert (frame.state, frame.repeatable, frame.attempts) == ("in_doubt", False, 2)


@pytest.mark.parametrize("cut_again", [False, True])
def test_a_refused_frame_sent_in_parts_after_the_backup_is_in_doubt(
    tmp_path: Path, cut_again: bool
) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with ledger_in(home) as ledger:
        made = make(ledger, frames=1)
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.REFUSED, NOON)
    shutil.copytree(home, backup)
    with ledger_in(home) as ledger:
        last = 2
        ledger.frames.split(made.id, 1, [replace(frozen(2), parent=1)], LATER)
        if cut_again:
            ledger.frames.split(made.id, 2, [replace(frozen(3), parent=2)], LATER)
            last = 3
        ledger.claims.claim(made.id, last, LATER)
        ledger.claims.record(made.id, last, FrameState.ACCEPTED, LATER)
    shutil.rmtree(home)
    shutil.copytree(backup, home)

    with ledger_in(home) as ledger:
        ledger.reconciler.rebuild(LATER)
        whole = ledger.frames.get(made.id, 1)
        texted = ledger.history.numbers_texted("t" * 64, rehearsal=False, since=NOON)
    assert whole.state == "in_doubt"
    assert len(texted)


def test_accounts_and_server_times_are_imported_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ledger_in(home) as ledger:
        made = ledger.campaigns.create(new_campaign(account=ALICE), map(frozen, (1, 2)))
        assert ledger.claims.claim(made.id, 1, NOON, account=ALICE)
    shutil.copytree(home, tmp_path / "backup")
    with ledger_in(home) as ledger:
        assert ledger.claims.claim(made.id, 2, NOON, account=BOB, server_time=SERVER)
    shutil.copy(tmp_path / "backup" / "ledger.sqlite3", home)
    with ledger_in(home) as ledger:
        assert ledger.reconciler.rebuild(LATER).doubted_frames == 1
        intent = ledger.frames.entries(made.id, 2)[0]
        assert (intent.account, intent.server_time) == (BOB, SERVER)
    (home / "ledger.sqlite3").unlink()
    with ledger_in(home) as ledger:
        assert ledger.reconciler.rebuild(LATER).lost_campaigns == ("spring",)
        made = ledger.campaigns.create(new_campaign(account=ALICE), map(frozen, (1, 2)))
        accounts = [ledger.frames.entries(made.id, number)[0].account for number in (1, 2)]
    assert accounts == [ALICE, BOB]
