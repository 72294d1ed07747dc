"""Claims and answers of several threads share a transaction and fail on their own."""

import signal
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger
from bulksms.ledger.posts.group_commit import GroupCommit, Write
from bulksms.ledger.sqlite import SqliteStorage
from bulksms.ledger.witness.witness_file import Intent
from bulksms.ledger.witness.witness_pair import WitnessPair
from tests.builders import witness_of
from tests.unit.ledger.samples import LATER, NOON, make

THREADS = 8


def in_one_group(commits: GroupCommit, acts: Sequence[Write]) -> list[BaseException | None]:
    """Have these writes asked for while another one is at it; give what became of each."""
    inside, go = threading.Event(), threading.Event()

    def first(connection: sa.Connection, **_more: object) -> None:
        del connection
        inside.set()
        assert go.wait(30)

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        first_write = pool.submit(commits.write, first)
        assert inside.wait(30)
        asked = [pool.submit(commits.write, act) for act in acts]
        while len(commits._queue) < len(acts):  # noqa: SLF001 - what is waited for
            threading.Event().wait(0.001)
        go.set()
        assert first_write.exception(30) is None
        return [future.exception(30) for future in asked]


def test_writes_that_wait_share_a_transaction(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "ledger.sqlite3", SystemClock())
    groups: list[object] = []

    def write(connection: sa.Connection, **_more: object) -> None:
        groups.append(connection)

    failed = in_one_group(GroupCommit(storage, WitnessPair(storage)), [write] * THREADS)
    assert failed == [None] * THREADS
    assert all(group is groups[0] for group in groups)
    assert len(groups) == THREADS
    storage.close()


def test_a_refusal_in_a_group_does_not_touch_the_others(ledger: Ledger) -> None:
    made = make(ledger, frames=THREADS)
    for number in range(2, THREADS + 1):
        assert ledger.claims.claim(made.id, number, NOON)

    def record(number: int) -> str:
        try:
            ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER)
        except LedgerError as error:
            return str(error)
        return "written"

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(record, range(1, THREADS + 1)))
    assert "Frame 1 is no longer in state intent" in results[0]
    assert results[1:] == ["written"] * (THREADS - 1)
    states = [frame.state.value for frame in ledger.frame_queries.each(made.id)]
    assert states == ["planned"] + ["accepted"] * (THREADS - 1)


def test_of_several_claims_of_a_frame_in_a_group_one_wins(ledger: Ledger) -> None:
    made = make(ledger, frames=20)
    ledger.reconciler.verify()
    both = [number for number in range(1, 21) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        won = list(pool.map(lambda number: ledger.claims.claim(made.id, number, NOON), both))
    winners = Counter(number for number, has in zip(both, won, strict=True) if has)
    assert winners == Counter(range(1, 21))
    assert all(frame.attempts == 1 for frame in ledger.frame_queries.each(made.id))
    assert ledger.reconciler.verify() == ()


def test_the_witnesses_have_all_posts_of_a_group_when_it_returns(
    ledger: Ledger, tmp_path: Path
) -> None:
    made = make(ledger, frames=THREADS)
    ledger.reconciler.verify()
    beside = witness_of(ledger)
    outside = next((tmp_path / "home-witness").glob("*.intents"))

    def claim(number: int) -> list[bool]:
        assert ledger.claims.claim(made.id, number, NOON)
        line = f"\t{number}\t1\t".encode()
        return [line in file.read_bytes() for file in (beside, outside)]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(claim, range(1, THREADS + 1))) == [[True, True]] * THREADS
    assert beside.read_bytes() == outside.read_bytes()


def test_a_witness_that_fails_fails_a_whole_group_and_all_after_it(ledger: Ledger) -> None:
    made = make(ledger, frames=3 * THREADS)
    ledger.reconciler.verify()
    witness_of(ledger).unlink()

    def claim(number: int) -> str:
        try:
            return str(ledger.claims.claim(made.id, number, NOON))
        except LedgerError as error:
            return str(error)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(claim, range(1, THREADS + 1)))
    assert all("cannot be written" in result for result in results)
    assert all("cannot be written" in claim(number) for number in range(20, 23))
    assert {frame.state.value for frame in list(ledger.frame_queries.each(made.id))[19:]} == {
        "planned"
    }


def test_a_commit_that_fails_fails_a_whole_group_and_nothing_is_written(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "ledger.sqlite3", SystemClock())
    with storage.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (one INTEGER)")
        connection.exec_driver_sql("CREATE TABLE parent (one INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(
            "CREATE TABLE child (one INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
    commits = GroupCommit(storage, WitnessPair(storage))

    def good(connection: sa.Connection, **_more: object) -> Intent | None:
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
        return None

    def breaks_the_commit(connection: sa.Connection, **_more: object) -> Intent | None:
        connection.exec_driver_sql("INSERT INTO child VALUES (9)")
        return None

    failed = in_one_group(commits, [good] * (THREADS - 1) + [breaks_the_commit])
    assert all(isinstance(error, LedgerError) for error in failed)
    with pytest.raises(LedgerError):
        commits.write(good)
    with storage.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar() == 0
    storage.close()


def test_an_interrupted_write_does_not_block_those_behind_it(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "ledger.sqlite3", SystemClock())
    commits, done = GroupCommit(storage, WitnessPair(storage)), list[str]()
    inside, go = threading.Event(), threading.Event()

    def slow(_: sa.Connection, **_more: object) -> None:
        inside.set()
        assert go.wait(30)
        done.append("slow")

    def tear() -> None:
        while not commits._queue:  # noqa: SLF001 - what is waited for
            threading.Event().wait(0.001)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a background
    with ThreadPoolExecutor(3) as pool:
        first_write = pool.submit(commits.write, slow)
        assert inside.wait(30)
        torn = pool.submit(tear)
        with pytest.raises(KeyboardInterrupt):
            commits.write(lambda _, **_more: done.append("torn"))
        behind = pool.submit(commits.write, lambda _, **_more: done.append("behind"))
        go.set()
        assert [future.exception(30) for future in (first_write, torn, behind)] == [None] * 3
    signal.signal(signal.SIGINT, before)
    commits.write(lambda _, **_more: done.append("later"))
    assert done == ["slow", "behind", "later"]
    storage.close()
