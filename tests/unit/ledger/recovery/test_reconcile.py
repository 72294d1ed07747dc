"""A ledger that was restored, copied or edited is noticed before anything is posted from it."""

import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bulksms.errors import LedgerError, LedgerRolledBack, SourceChanged
from bulksms.ledger import CampaignRecord, FrameState, Ledger, open_ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import LATER, NOON, frozen, make

Move = Callable[["StateFolder"], None]


class StateFolder:
    """A state folder, and copies of it from before."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.backup = folder / "backup"
        self.witness = folder / "home-witness"
        self.file = self.home / "ledger.sqlite3"
        self.beside = self.home / "ledger.sqlite3.intents"

    @property
    def outside(self) -> Path:
        return next(self.witness.glob("*.intents"))

    def back_up(self) -> None:
        shutil.copytree(self.home, self.backup)

    def post(self, first: int, last: int) -> None:
        """Claim frames and write down that they were taken."""
        with ledger_in(self.home) as ledger:
            made = ledger.campaigns.get("spring")
            for number in range(first, last + 1):
                assert ledger.claims.claim(made.id, number, NOON)
                ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER)

    def restore_ledger(self) -> None:
        shutil.copy(self.backup / "ledger.sqlite3", self.file)

    def restore_folder(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.backup, self.home)

    def refused(self) -> str:
        """Explain why the ledger is not trusted; no frame can be claimed then."""
        with open_ledger(self.home) as ledger:
            with pytest.raises(LedgerRolledBack) as refusal:
                ledger.reconciler.verify()
            for campaign in ledger.campaigns.all():
                for frame in list(ledger.frame_queries.each(campaign.id))[:4]:
                    with pytest.raises(LedgerRolledBack):
                        ledger.claims.claim(campaign.id, frame.number, LATER)
        return str(refusal.value)

    def notes(self) -> tuple[str, ...]:
        with open_ledger(self.home) as ledger:
            return ledger.reconciler.verify()

    def claimable(self) -> list[int]:
        with open_ledger(self.home) as ledger:
            made = ledger.campaigns.get("spring")
            return [
                frame.number
                for frame in ledger.frame_queries.each(made.id)
                if frame.state == "planned"
            ]


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    """Sixty frames, of which one went out."""
    state = StateFolder(tmp_path)
    with ledger_in(state.home) as ledger:
        make(ledger, frames=60)
    state.post(1, 1)
    return state


@pytest.fixture
def with_parts(tmp_path: Path) -> Iterator[tuple[Ledger, CampaignRecord]]:
    with ledger_in(tmp_path / "home") as ledger:
        yield ledger, make(ledger)


def test_both_witnesses_have_the_same_private_contents(state: StateFolder) -> None:
    state.post(2, 4)
    assert state.beside.read_bytes() == state.outside.read_bytes()
    assert len(state.beside.read_bytes().splitlines()) == 1 + 4
    assert b"33639980" not in state.beside.read_bytes()
    assert stat.S_IMODE(state.witness.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (state.beside, state.outside)} == {0o600}
    assert state.notes() == ()


@pytest.mark.parametrize(
    ("restore", "frames"),
    [
        (StateFolder.restore_ledger, 1),
        (StateFolder.restore_ledger, 5),
        (StateFolder.restore_ledger, 50),
        (StateFolder.restore_folder, 1),
        (StateFolder.restore_folder, 5),
    ],
)
def test_a_restored_ledger_is_refused_and_can_be_rebuilt(
    state: StateFolder, restore: Move, frames: int
) -> None:
    state.back_up()
    state.post(2, frames + 1)
    restore(state)
    posts = "1 post" if frames == 1 else f"{frames} posts"
    assert f"list {posts} missing from the ledger" in state.refused()
    with open_ledger(state.home) as ledger:
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.doubted_frames, rebuilt.lost_campaigns) == (frames, ())
        states = [
            frame.state for frame in ledger.frame_queries.each(ledger.campaigns.get("spring").id)
        ]
    assert states == ["accepted"] + ["in_doubt"] * frames + ["planned"] * (59 - frames)
    assert state.notes() == ()
    state.post(frames + 2, frames + 3)
    assert state.notes() == ()


@pytest.mark.parametrize(
    "lose",
    [
        lambda state: state.file.unlink(),
        lambda state: shutil.rmtree(state.home),
        lambda state: (state.file.unlink(), state.outside.unlink()),
        lambda state: (state.file.unlink(), state.beside.unlink()),
    ],
)
def test_a_lost_ledger_is_refused_and_its_frames_come_back_in_doubt(
    state: StateFolder, lose: Move
) -> None:
    state.post(2, 3)
    lose(state)
    assert "list 3 posts missing" in state.refused()
    with open_ledger(state.home) as ledger:
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.doubted_frames, rebuilt.lost_campaigns) == (0, ("spring",))
        assert ledger.reconciler.lost_campaigns("t" * 64, rehearsal=False) == ["spring"]
        assert ledger.reconciler.lost_campaigns("t" * 64, rehearsal=True) == []
        made = make(ledger, frames=60)
        states = [frame.state for frame in ledger.frame_queries.each(made.id)]
        assert ledger.reconciler.lost_campaigns("t" * 64, rehearsal=False) == []
        again = [ledger.claims.claim(made.id, number, LATER) for number in (1, 2, 3, 4)]
    assert states == ["in_doubt"] * 3 + ["planned"] * 57
    assert again == [False, False, False, True]
    assert state.notes() == ()


def test_a_frame_put_in_doubt_by_a_rebuild_is_not_repeated_automatically(
    state: StateFolder,
) -> None:
    with open_ledger(state.home) as ledger:
        made = ledger.campaigns.get("spring")
        ledger.claims.claim(made.id, 2, NOON)
        ledger.claims.doubt_in_flight(made.id, LATER)
        assert ledger.frames.get(made.id, 2).repeatable
        ledger.settlements.resend(made.id, frozen(2), LATER, "by order")
    state.back_up()
    state.post(2, 2)
    state.restore_ledger()
    with open_ledger(state.home) as ledger:
        assert ledger.reconciler.rebuild(LATER).doubted_frames == 1
        rebuilt = ledger.frames.get(ledger.campaigns.get("spring").id, 2)
    assert (rebuilt.state, rebuilt.repeatable, rebuilt.attempts) == ("in_doubt", False, 2)
    assert state.notes() == ()


def test_a_lost_campaign_is_not_created_again_with_other_frames(state: StateFolder) -> None:
    state.file.unlink()
    with open_ledger(state.home) as ledger:
        ledger.reconciler.rebuild(LATER)
        with pytest.raises(SourceChanged, match="do not produce the same frames"):
            ledger.campaigns.create(new_campaign(), [])
        assert ledger.campaigns.all() == []


@pytest.mark.parametrize("which", ["beside", "outside"])
@pytest.mark.parametrize("how", ["gone", "cut", "emptied"])
def test_one_damaged_witness_is_rewritten(state: StateFolder, which: str, how: str) -> None:
    file: Path = getattr(state, which)
    state.post(2, 9)
    content = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if how == "cut" else b"")
    (note,) = state.notes()
    assert str(file) in note
    assert file.read_bytes() == content
    assert state.notes() == ()


@pytest.mark.parametrize("how", ["gone", "cut"])
def test_without_a_complete_witness_nothing_is_sent(state: StateFolder, how: str) -> None:
    state.post(2, 9)
    for file in (state.beside, state.outside):
        if how == "gone":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:-600])
    assert "missing, damaged or older" in state.refused()
    with open_ledger(state.home) as ledger:
        assert ledger.reconciler.rebuild(LATER).doubted_frames == 0
    assert state.notes() == ()


def test_a_crash_between_ledger_and_witnesses_does_no_harm(state: StateFolder) -> None:
    before = state.beside.read_bytes()
    with open_ledger(state.home) as ledger:
        ledger.claims.claim(ledger.campaigns.get("spring").id, 2, NOON)
    torn = state.beside.read_bytes()
    for kept in range(len(before), len(torn) + 1):
        state.beside.write_bytes(torn[:kept])
        state.outside.write_bytes(before)
        assert state.notes() == ()
    state.beside.write_bytes(torn[:-20])
    with open_ledger(state.home) as ledger:
        made = ledger.campaigns.get("spring")
        ledger.claims.doubt_in_flight(made.id, LATER)
        assert not ledger.claims.claim(made.id, 2, LATER)
        ledger.settlements.settle(
            made.id, 2, FrameState.ACCEPTED, LATER, message="seen in the console"
        )
    assert state.notes() == ()
    state.post(3, 3)
    assert state.beside.read_bytes().startswith(before)
    assert state.notes() == ()


def test_a_copy_is_refused_while_the_original_exists(state: StateFolder) -> None:
    other = StateFolder(state.home.parent / "elsewhere")
    shutil.copytree(state.home, other.home)
    assert f"is a copy of {state.file}" in other.refused()
    assert state.notes() == ()


def test_a_moved_ledger_continues_and_an_old_one_at_its_path_does_not(state: StateFolder) -> None:
    state.back_up()
    state.post(2, 3)
    moved = StateFolder(state.home.parent / "elsewhere")
    shutil.copytree(state.home, moved.home)
    shutil.rmtree(state.home)
    assert moved.notes() == ()
    assert moved.claimable()[0] == 4
    shutil.rmtree(moved.home.parent)
    shutil.copytree(state.backup, moved.home)
    assert "list 2 posts missing" in moved.refused()


def test_a_missing_folder_outside_is_reported_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "home-witness").write_text("a file")
    state = StateFolder(tmp_path)
    with open_ledger(state.home) as ledger:
        make(ledger)
        (note,) = ledger.reconciler.verify()
        assert "No safety log can be kept in" in note
    state.back_up()
    state.post(1, 2)
    state.restore_ledger()
    assert "list 2 posts missing" in state.refused()


def test_another_ledger_at_the_path_of_this_one_is_refused(state: StateFolder) -> None:
    other = StateFolder(state.home.parent / "other")
    with open_ledger(other.home) as ledger:
        make(ledger, frames=60)
    other.post(1, 1)
    shutil.copy(other.file, state.file)
    assert f"is a copy of {other.file}" in state.refused()
    shutil.rmtree(other.home)
    assert "list 1 post missing" in state.refused()


def test_a_witness_that_cannot_be_written_ends_all_writing(
    with_parts: tuple[Ledger, CampaignRecord], tmp_path: Path
) -> None:
    ledger, made = with_parts
    assert ledger.claims.claim(made.id, 1, NOON)
    next((tmp_path / "home-witness").glob("*.intents")).unlink()
    with pytest.raises(LedgerError, match="cannot be written"):
        ledger.claims.claim(made.id, 2, NOON)
    with pytest.raises(LedgerError, match="cannot be written"):
        ledger.claims.claim(made.id, 3, NOON)
    assert ledger.frames.get(made.id, 3).state == "planned"


@pytest.mark.parametrize("posted_for_real", [0, 1])
def test_a_deleted_folder_is_noticed_unless_it_only_rehearsed(
    tmp_path: Path, posted_for_real: int
) -> None:
    state = StateFolder(tmp_path)
    with open_ledger(state.home) as ledger:
        make(ledger, frames=3, rehearsal=True)
        real = make(ledger, "real", frames=3)
        if posted_for_real:
            assert ledger.claims.claim(real.id, 1, NOON)
    state.post(1, 2)
    shutil.rmtree(state.home)
    with open_ledger(state.home) as ledger:
        make(ledger, rehearsal=True)
    if posted_for_real:
        assert "list 3 posts missing" in state.refused()
    else:
        assert state.notes() == ()
