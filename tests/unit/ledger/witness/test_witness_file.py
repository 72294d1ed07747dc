"""Files that a crash, a bad disk or a person cut never free a posted frame."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger, open_ledger
from bulksms.ledger.people.opt_out_events import PER_EVENT
from bulksms.ledger.witness.witness_file import HASH_SIZE, OptOutEvent, WitnessFile
from tests.builders import ledger_in, witness_of
from tests.unit.ledger.samples import ALICE, LATER, NOON, make

FRAMES = 40
POSTED = 12
STEPS = range(512, 8192 + 1, 512)
FLIPS = 100


class Copies:
    """A state folder in which some frames went out, put back before each blow."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.spare = folder / "desk", folder / "spare"
        self.home = self.folder / "home"
        self.file = self.home / "ledger.sqlite3"
        self.journal = self.home / "ledger.sqlite3-journal"
        self.beside = self.home / "ledger.sqlite3.intents"
        with ledger_in(self.home) as ledger:
            made = make(ledger, frames=FRAMES)
            for number in range(1, POSTED + 1):
                assert ledger.claims.claim(made.id, number, NOON)
                ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER)
            # One may have been posted when the program ended.
            assert ledger.claims.claim(made.id, POSTED + 1, NOON)
        self.outside = next((self.folder / "home-witness").glob("*.intents"))
        shutil.copytree(self.folder, self.spare)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.spare, self.folder)

    def free(self) -> list[int]:
        """Name the frames that can be claimed; none when the ledger is refused."""
        try:
            with open_ledger(self.home) as ledger:
                ledger.reconciler.verify()
                made = ledger.campaigns.get("spring")
                ledger.claims.doubt_in_flight(made.id, LATER)
                frames = list(ledger.frame_queries.each(made.id))
                assert [frame.number for frame in frames] == list(range(1, FRAMES + 1))
                return [frame.number for frame in frames if frame.state is FrameState.PLANNED]
        except LedgerError:
            return []


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path)


def _cut(file: Path, size: int) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: max(0, len(content) - size)])


@pytest.mark.parametrize("which", ["file", "beside", "outside"])
def test_a_file_whose_end_is_missing_frees_no_frame_that_was_posted(
    copies: Copies, which: str
) -> None:
    freed = set()
    for size in STEPS:
        copies.put_back()
        _cut(getattr(copies, which), size)
        free = copies.free()
        assert not free or min(free) > POSTED + 1
        freed.add(len(free))
    if which != "file":
        assert freed == {FRAMES - POSTED - 1}, "the other witness vouches for the ledger"


def test_two_witnesses_cut_alike_free_nothing(copies: Copies) -> None:
    for size in STEPS:
        copies.put_back()
        for file in (copies.beside, copies.outside):
            _cut(file, size)
        assert copies.free() == []


def test_a_flipped_bit_in_a_witness_is_detected(copies: Copies) -> None:
    chance = random.Random(20261123)
    for flip in range(FLIPS):
        copies.put_back()
        file = copies.beside if flip % 2 else copies.outside
        content = bytearray(file.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        assert copies.free() == list(range(POSTED + 2, FRAMES + 1))
        assert copies.beside.read_bytes().count(b"\n") >= POSTED + 1


@pytest.mark.parametrize("position", range(10))
def test_every_flipped_bit_in_a_checksum_is_detected(copies: Copies, position: int) -> None:
    # The checksum has letters, which another bit makes capitals of the same value.
    for bit in range(8):
        copies.put_back()
        content = bytearray(copies.beside.read_bytes())
        content[content.index(b"\n") + 1 + position] ^= 1 << bit
        copies.beside.write_bytes(content)
        assert copies.free() == list(range(POSTED + 2, FRAMES + 1))


def test_flipped_bits_in_both_witnesses_free_nothing_that_was_posted(copies: Copies) -> None:
    chance = random.Random(7)
    for _ in range(20):
        copies.put_back()
        for file in (copies.beside, copies.outside):
            content = bytearray(file.read_bytes())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            file.write_bytes(content)
        free = copies.free()
        assert not free or min(free) > POSTED + 1


def test_a_hot_journal_may_be_cut_or_deleted(copies: Copies) -> None:
    """A crash in the middle of a big transaction: pages are in the file, the old ones beside it."""
    crashed = copies.folder.with_name("crashed")
    with closing(sqlite3.connect(copies.file, isolation_level=None)) as raw:
        raw.execute("PRAGMA cache_size=2")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE frame SET message = hex(randomblob(1500))")
        raw.execute("UPDATE frame SET state = 'intent' WHERE state = 'planned'")
        shutil.copytree(copies.folder, crashed)
        raw.execute("ROLLBACK")
    shutil.rmtree(copies.spare)
    crashed.rename(copies.spare)
    copies.put_back()
    assert copies.journal.stat().st_size > 8192
    assert copies.free() == list(range(POSTED + 2, FRAMES + 1)), "the whole journal undoes it"
    for size in [*STEPS, 10**9]:
        copies.put_back()
        _cut(copies.journal, size)
        free = copies.free()
        assert not free or min(free) > POSTED + 1
    copies.put_back()
    copies.journal.unlink()
    free = copies.free()
    assert not free or min(free) > POSTED + 1


def test_a_witness_of_an_older_version_can_be_read(ledger: Ledger, tmp_path: Path) -> None:
    import zlib

    made = make(ledger)
    assert ledger.claims.claim(made.id, 1, NOON, account=ALICE)
    for file in (
        witness_of(ledger),
        next((tmp_path / "home-witness").glob("*.intents")),
    ):
        lines = [line.split(b"\t")[1:] for line in file.read_bytes().splitlines()]
        short = [b"\t".join(fields[:8] if len(fields) > 8 else fields) for fields in lines]
        file.write_bytes(b"".join(b"%08x\t%b\n" % (zlib.crc32(text), text) for text in short))
    assert ledger.reconciler.verify() == ()


@pytest.mark.parametrize("lost", [1, 2])
def test_the_longest_line_that_a_crash_tore_spoils_no_line_after_it(
    tmp_path: Path, lost: int
) -> None:
    """Without its line break alone it is whole."""
    longest, next_one = (
        OptOutEvent(
            seq=seq,
            change="+",
            key_id="0" * 8,
            hashes=bytes(HASH_SIZE * PER_EVENT),
            at=NOON,
            campaign=100 * "\N{PARTY POPPER}",
        )
        for seq in (1, 2)
    )
    witness = WitnessFile(tmp_path / "a.intents")
    witness.rewrite("owner", "path", [longest.line[:-lost]])
    with witness.appending(next_one.line):
        pass
    contents = witness.read()
    assert not contents.damaged
    assert list(contents.opt_out_lines) == [longest.key, next_one.key][lost - 1 :]
