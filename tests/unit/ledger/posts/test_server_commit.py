"""Claims and answers of several threads go to a server in one trip, and depend on each other."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import ClaimTerms, FrameState, Ledger
from bulksms.ledger.posts.server_commit import ServerCommit
from bulksms.ledger.schema.tables import campaign_order
from tests.builders import edit_by_hand, ledger_in
from tests.postgres import PostgresServer, create_tables
from tests.unit.ledger.samples import EDITS_NOTHING, LATER, NOON, claim_of_read, frozen, make

pytestmark = pytest.mark.postgres

THREADS = 8
Act = Callable[[], Any]


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    made = postgres_server.url()
    create_tables(made)
    return made


@pytest.fixture
def ledger(tmp_path: Path, url: str) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "home", url) as opened:
        opened.reconciler.verify()
        yield opened


@pytest.fixture
def other(tmp_path: Path, url: str) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "elsewhere", url) as opened:
        yield opened


def in_one_group(
    ledger: Ledger, other: Ledger, first: Act, acts: Sequence[Act]
) -> tuple["Future[Any]", list["Future[Any]"]]:
    """Have these acts asked for while the first one waits for a write of another machine."""
    commits = ledger.claims._commit  # noqa: SLF001 - what is waited for
    assert isinstance(commits, ServerCommit)
    with ThreadPoolExecutor(len(acts) + 1) as pool:
        with other._storage.writing():  # noqa: SLF001 - no other door to the lock
            leader = pool.submit(first)
            wait_until(lambda: commits._has_leader and not commits._queue)  # noqa: SLF001
            others = [pool.submit(act) for act in acts]
            wait_until(lambda: len(commits._queue) == len(acts))  # noqa: SLF001
        return leader, others


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if is_so():
            return
        threading.Event().wait(0.001)
    pytest.fail("it never came to that")


def claim(ledger: Ledger, campaign_id: int, number: int) -> Act:
    return claim_of_read(ledger, campaign_id, number)


def record(ledger: Ledger, campaign_id: int, number: int, **more: Any) -> Act:  # noqa: ANN401 - passed on
    return partial(ledger.claims.record, campaign_id, number, FrameState.ACCEPTED, LATER, **more)


def test_writes_that_wait_share_a_transaction(ledger: Ledger, other: Ledger) -> None:
    made = make(ledger, frames=THREADS)
    assert claim(ledger, made.id, 1)()
    acts = [record(ledger, made.id, 1), *(claim(ledger, made.id, n) for n in range(3, THREADS + 1))]
    leader, others = in_one_group(ledger, other, claim(ledger, made.id, 2), acts)
    assert [each.result() for each in (leader, *others)] == [True, None] + [True] * (THREADS - 2)
    transactions = sa.text("SELECT count(DISTINCT xmin::text), count(*) FROM entry")
    with ledger._storage.reading() as connection:  # noqa: SLF001
        assert connection.execute(transactions).one() == (3, THREADS + 1)


def test_the_first_claims_of_a_worker_share_a_transaction_too(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger, frames=THREADS)
    first, *acts = (claim(ledger, made.id, number) for number in range(1, THREADS + 1))
    leader, others = in_one_group(ledger, other, first, acts)
    assert [each.result() for each in (leader, *others)] == [True] * THREADS
    transactions = sa.text("SELECT count(DISTINCT xmin::text), count(*) FROM entry")
    with ledger._storage.reading() as connection:  # noqa: SLF001
        assert connection.execute(transactions).one() == (2, THREADS)


def test_a_claim_that_waited_while_an_order_was_written_obeys_it(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger)
    assert claim(ledger, made.id, 1)()
    with ThreadPoolExecutor(1) as pool:
        with other._storage.writing() as connection:  # noqa: SLF001
            waiting = pool.submit(claim(ledger, made.id, 2))
            locks = sa.text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            )
            wait_until(lambda: connection.scalar(locks) == 1)
            order = {"campaign_id": made.id, "kind": "pause", "who": "Anna", "at": NOON}
            connection.execute(sa.insert(campaign_order).values(order))
        assert not waiting.result()
    assert ledger.frames.get(made.id, 2).state is FrameState.PLANNED


def test_no_claim_is_obeyed_that_travelled_with_a_refused_answer(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger, frames=4)
    assert claim(ledger, made.id, 1)()
    acts = [record(ledger, made.id, 4), claim(ledger, made.id, 3)]
    leader, (answer, claimed) = in_one_group(ledger, other, record(ledger, made.id, 1), acts)
    assert leader.exception() is None
    for refused in (answer, claimed):
        with pytest.raises(LedgerError, match="Frame 4 is no longer in state intent"):
            refused.result()
    with pytest.raises(LedgerError, match="Frame 4"):
        claim(ledger, made.id, 2)()
    assert ledger.frames.get(made.id, 2).state is FrameState.PLANNED


def test_a_claim_that_travelled_with_a_late_answer_is_made_once(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger, frames=3)
    ledger.shared_runs.open(made.id, {})
    dead = ledger.holders.register("east", 7).id
    terms = ClaimTerms(holder=dead, version=1)
    assert ledger.claims.claim(made.id, 1, NOON, terms=terms)
    ledger.holders.end(dead)
    assert ledger.holders.doubt_ended(NOON) == [(made.id, 1)]
    late = record(ledger, made.id, 1, claimed_by=(dead, 1), ticket="t")
    acts = [late, claim(ledger, made.id, 3)]
    leader, (answer, claimed) = in_one_group(ledger, other, claim(ledger, made.id, 2), acts)
    assert (leader.result(), answer.result(), claimed.result()) == (True, None, True)
    assert ledger.frames.get(made.id, 1).state is FrameState.ACCEPTED
    third = ledger.frames.get(made.id, 3)
    assert (third.state, third.attempts) == (FrameState.INTENT, 1)
    assert [each.state for each in ledger.frames.entries(made.id, 3)] == ["intent"]


@pytest.mark.parametrize("position", [0, -1])
def test_a_claim_obeys_the_opt_out_of_any_member_after_it_was_read(
    ledger: Ledger, position: int
) -> None:
    made = make(ledger, frames=3)
    first, second, third = (claim(ledger, made.id, number) for number in (1, 2, 3))
    assert first()
    ledger.opt_outs.add([int(ledger.frames.phone_numbers(made.id, 2)[position])], "typed", NOON)
    assert not second()
    assert third()
    assert ledger.frames.get(made.id, 2).state is FrameState.PLANNED


def test_a_claim_obeys_an_erasure_after_it_was_read(ledger: Ledger, other: Ledger) -> None:
    made = make(ledger, frames=3)
    first, second, third = (claim(ledger, made.id, number) for number in (1, 2, 3))
    assert first()
    other.erasures.erase(int(ledger.frames.phone_numbers(made.id, 2)[1]), EDITS_NOTHING)
    assert not second()
    assert third()


def test_a_claim_obeys_the_opt_out_of_an_erased_person(ledger: Ledger) -> None:
    member = int(np.frombuffer(frozen(2).numbers, dtype="<i8")[1])
    ledger.opt_outs.add([member], "typed", NOON)
    ledger.erasures.erase(member, EDITS_NOTHING)
    made = make(ledger, frames=3)
    claims = [claim(ledger, made.id, number) for number in (1, 2, 3)]
    assert [act() for act in claims] == [True, False, True]


def test_why_an_answer_waits_is_said_once(ledger: Ledger, other: Ledger) -> None:
    made = make(ledger)
    for number in (1, 2):
        assert claim(ledger, made.id, number)()
    sentences: list[str] = []
    ledger.claims.tell_delays(lambda error: sentences.append(str(error)))
    edit_by_hand(other, "ALTER TABLE entry RENAME TO entry_hidden")
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(record(ledger, made.id, number)) for number in (1, 2)]
        wait_until(lambda: bool(sentences))
        edit_by_hand(other, "ALTER TABLE entry_hidden RENAME TO entry")
        for answer in answers:
            answer.result(30)
    (sentence,) = sentences
    assert "its tables are missing" in sentence
    assert [ledger.frames.get(made.id, number).state for number in (1, 2)] == [
        FrameState.ACCEPTED,
        FrameState.ACCEPTED,
    ]
