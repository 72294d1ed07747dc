"""Opt-outs survive a restore: the witnesses know every change, and mending puts the noes back."""

import shutil
import stat
from pathlib import Path

import pytest

from bulksms.errors import LedgerRolledBack
from bulksms.ledger import Ledger, open_ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import LATER, NOON, frozen

ANNA, BERT, CARL = 33639980001, 33639981001, 33639980009


class Folder:
    """A state folder with one campaign of Anna and Bert, and a copy of it from before."""

    def __init__(self, folder: Path) -> None:
        self.home, self.backup = folder / "home", folder / "backup"
        self.beside = self.home / "ledger.sqlite3.intents"
        with ledger_in(self.home) as ledger:
            self.campaign = ledger.campaigns.create(new_campaign(), [frozen(1), frozen(2)])
            ledger.reconciler.verify()

    @property
    def outside(self) -> Path:
        return next((self.home.parent / "home-witness").glob("*.intents"))

    def back_up(self) -> None:
        shutil.copytree(self.home, self.backup)

    def restore(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.backup, self.home)

    def opt_out(self, *numbers: int) -> None:
        with open_ledger(self.home) as ledger:
            ledger.opt_outs.add(numbers, "typed", NOON)

    def take_back(self, *numbers: int) -> None:
        with open_ledger(self.home) as ledger:
            ledger.opt_outs.remove(numbers)

    def refused(self) -> str:
        with open_ledger(self.home) as ledger:
            with pytest.raises(LedgerRolledBack) as refusal:
                ledger.reconciler.verify()
            with pytest.raises(LedgerRolledBack):
                ledger.claims.claim(self.campaign.id, 2, NOON)
        return str(refusal.value)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def verified(ledger: Ledger) -> Ledger:
    assert ledger.reconciler.verify() == ()
    return ledger


@pytest.mark.parametrize("number", [ANNA, CARL])
def test_a_restored_folder_is_refused_and_a_rebuild_restores_its_opt_outs(
    folder: Folder, number: int
) -> None:
    """Anna is in a frame, so that her number is known; Carl is known by his hash alone."""
    folder.back_up()
    folder.opt_out(number)
    folder.restore()
    assert "list 1 opt-out change missing from the ledger" in folder.refused()
    with open_ledger(folder.home) as ledger:
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.opt_outs_restored, rebuilt.opt_outs_unreadable) == (1, 0)
        assert ledger.opt_outs.among([ANNA, BERT, CARL]).tolist() == [number]
        assert ledger.opt_outs.all().tolist() == ([ANNA] if number == ANNA else [])
        verified(ledger)
        assert ledger.claims.claim(folder.campaign.id, 1, LATER) == (number != ANNA)


def test_a_number_known_by_its_hash_alone_is_never_texted(folder: Folder) -> None:
    folder.back_up()
    folder.opt_out(CARL)
    folder.restore()
    with open_ledger(folder.home) as ledger:
        ledger.reconciler.rebuild(LATER)
        made = ledger.campaigns.create(new_campaign("later"), [frozen(9)])
        assert frozen(9).numbers[:8] == CARL.to_bytes(8, "little")
        assert ledger.opt_outs.in_frame(made.id, 9).tolist() == [CARL]
        assert not ledger.claims.claim(made.id, 9, LATER)
        assert ledger.opt_outs.remove([CARL]) == 1
        assert ledger.opt_outs.in_frame(made.id, 9).tolist() == []
        verified(ledger)
        assert ledger.claims.claim(made.id, 9, LATER)


def test_a_rebuild_makes_no_one_textable(folder: Folder) -> None:
    folder.opt_out(ANNA, BERT)
    folder.back_up()
    folder.take_back(ANNA)
    folder.opt_out(CARL)
    folder.take_back(CARL)
    folder.restore()
    assert "list 3 opt-out changes" in folder.refused()
    with open_ledger(folder.home) as ledger:
        assert ledger.reconciler.rebuild(LATER).opt_outs_restored == 0
        assert ledger.opt_outs.all().tolist() == [ANNA, BERT]
        assert ledger.opt_outs.among([CARL]).tolist() == []
        verified(ledger)


def test_missing_posts_and_opt_outs_are_reported_together(folder: Folder) -> None:
    folder.back_up()
    folder.opt_out(CARL)
    with open_ledger(folder.home) as ledger:
        assert ledger.claims.claim(folder.campaign.id, 1, NOON)
    folder.restore()
    assert "list 1 post and 1 opt-out change missing" in folder.refused()


def test_a_restored_ledger_accepts_opt_outs(folder: Folder) -> None:
    folder.back_up()
    folder.opt_out(ANNA)
    folder.restore()
    folder.opt_out(BERT)
    assert "list 1 opt-out change" in folder.refused()
    with open_ledger(folder.home) as ledger:
        ledger.reconciler.rebuild(LATER)
        assert ledger.opt_outs.all().tolist() == [ANNA, BERT]
        verified(ledger)


@pytest.mark.parametrize("lost", ["ledger", "folder"])
def test_a_lost_ledger_gets_its_opt_outs_back(folder: Folder, lost: str) -> None:
    folder.opt_out(ANNA, CARL)
    with open_ledger(folder.home) as ledger:
        verified(ledger)  # keeps the key outside
    if lost == "folder":
        shutil.rmtree(folder.home)
    else:
        (folder.home / "ledger.sqlite3").unlink()
    with open_ledger(folder.home) as ledger:
        with pytest.raises(LedgerRolledBack, match="1 opt-out change"):
            ledger.reconciler.verify()
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.opt_outs_restored, rebuilt.opt_outs_unreadable) == (2, 0)
        assert ledger.opt_outs.among([ANNA, BERT, CARL]).tolist() == [ANNA, CARL]
        verified(ledger)


def test_opt_outs_whose_key_is_lost_are_counted(folder: Folder) -> None:
    folder.opt_out(ANNA, CARL)
    with open_ledger(folder.home) as ledger:
        verified(ledger)
    (folder.home / "ledger.sqlite3").unlink()
    next((folder.home.parent / "home-witness").glob("*.key")).unlink()
    with open_ledger(folder.home) as ledger:
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.opt_outs_restored, rebuilt.opt_outs_unreadable) == (0, 2)
        assert ledger.opt_outs.add([ANNA], "typed", LATER) == 1
        verified(ledger)


def test_witnesses_never_name_a_number_and_are_private(folder: Folder) -> None:
    folder.opt_out(ANNA, CARL)
    with open_ledger(folder.home) as ledger:
        verified(ledger)
    files = [folder.beside, *(folder.home.parent / "home-witness").iterdir()]
    assert len(files) == 3
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert str(ANNA).encode() not in file.read_bytes()
        assert ANNA.to_bytes(8, "little").hex().encode() not in file.read_bytes()
    assert folder.beside.read_bytes() == folder.outside.read_bytes()
    key = next((folder.home.parent / "home-witness").glob("*.key")).read_bytes()
    assert key not in folder.beside.read_bytes()


def opt_out_lines(witness: Path) -> list[bytes]:
    lines = witness.read_bytes().splitlines(keepends=True)
    return [line for line in lines if b"\toptouts\t" in line]


def test_another_ledger_hashes_under_another_key(folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "elsewhere")
    lines = []
    for each in (folder, other):
        each.opt_out(ANNA)
        lines.append(opt_out_lines(each.beside)[-1].split(b"\t")[3])
    assert lines[0] != lines[1]


def test_a_crash_between_ledger_and_witnesses_does_no_harm(folder: Folder) -> None:
    before = folder.beside.read_bytes()
    folder.opt_out(ANNA)
    after = folder.beside.read_bytes()
    for kept in range(len(before), len(after) + 1, 7):
        folder.beside.write_bytes(after[:kept])
        folder.outside.write_bytes(before)
        with open_ledger(folder.home) as ledger:
            verified(ledger)
        assert folder.beside.read_bytes() == folder.outside.read_bytes() == after


def test_a_long_list_is_written_in_short_lines(folder: Folder) -> None:
    many = range(33639980100, 33639982600)
    folder.opt_out(*many)
    lines = opt_out_lines(folder.beside)
    assert len(lines) == 25
    assert max(map(len, lines)) < 4096
    folder.beside.write_bytes(folder.beside.read_bytes()[:-1000])
    with open_ledger(folder.home) as ledger:
        assert ledger.opt_outs.add([ANNA], "typed", NOON) == 1
        verified(ledger)
    # One was rewritten and has its lines in another order.
    beside, outside = (path.read_bytes() for path in (folder.beside, folder.outside))
    assert sorted(beside.splitlines()) == sorted(outside.splitlines())


def test_opt_outs_of_an_older_version_reach_the_witnesses_at_the_next_check(folder: Folder) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder.home / "ledger.sqlite3")) as raw, raw:
        at = "2027-03-01T12:00:00.000000+00:00"
        raw.execute("INSERT INTO opt_out VALUES (?, ?, 'typed')", (ANNA, at))
        raw.execute("DELETE FROM opt_out_key")
    next((folder.home.parent / "home-witness").glob("*.key")).unlink()
    folder.back_up()
    with open_ledger(folder.home) as ledger:
        verified(ledger)
    assert b"\toptouts\t1\t+" in folder.outside.read_bytes()
    folder.opt_out(BERT)
    folder.restore()
    assert "list 2 opt-out changes" in folder.refused()
    with open_ledger(folder.home) as ledger:
        assert ledger.reconciler.rebuild(LATER).opt_outs_restored == 1
        assert ledger.opt_outs.all().tolist() == [ANNA, BERT]
