"""A compiled statement sends and returns the same as one executed by SQLAlchemy."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import Ledger
from bulksms.ledger.frame_states.frame_change import build_change
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.tables import frame
from bulksms.ledger.sqlite import SqliteStorage
from tests.unit.ledger.samples import NOON, make


def test_values_are_converted_as_sqlalchemy_does(ledger: Ledger) -> None:
    make(ledger, frames=3)
    there = datetime(2027, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    new = (
        sa.update(frame)
        .where(frame.c.number == sa.bindparam("which"))
        .values(
            total_cost=sa.bindparam("cost", type_=frame.c.total_cost.type),
            started_at=sa.bindparam("at", type_=frame.c.started_at.type),
            attempts=frame.c.attempts + 2,
            repeatable=sa.true(),
        )
    )
    parameters = {"which": 2, "cost": Decimal("4.50"), "at": there}
    with ledger._storage.writing() as connection:  # noqa: SLF001 - no other door to a connection
        columns = (frame.c.total_cost, frame.c.started_at, frame.c.attempts, frame.c.repeatable)
        lines = CompiledStatement(new.returning(*columns)).execute(connection, parameters)
        asked = connection.execute(sa.select(*columns).where(frame.c.number == 2)).all()
    assert lines == [(Decimal("4.50"), datetime(2027, 3, 1, 12, 0, tzinfo=UTC), 2, True)]
    assert lines == [tuple(line) for line in asked]


def test_a_statement_without_rows_returns_none(ledger: Ledger) -> None:
    which = CompiledStatement(
        sa.select(frame.c.number).where(frame.c.number == sa.bindparam("which"))
    )
    with ledger._storage.reading() as connection:  # noqa: SLF001
        assert which.execute(connection, {"which": 9}) == []
        with pytest.raises(KeyError):
            which.execute(connection, {})


def test_a_statement_is_compiled_for_each_dialect() -> None:
    claim = build_change(("state", "started_at"), ("at",), posted=True, versioned=True).update
    server = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    there = claim._compile(server)  # noqa: SLF001 - there is no such server
    here = claim._compile(sa.create_engine("sqlite://").dialect)  # noqa: SLF001
    assert "frame.digest = %(same_digest)s" in there.sql
    assert "frame.digest = ?" in here.sql
    assert not there.positional
    given = [
        {name for name, _ in each.parameters} - each.constants.keys() for each in (there, here)
    ]
    assert given[0] == given[1]
    assert there.constants["attempts_1"] == here.constants["attempts_1"] == 1


def test_an_error_of_the_driver_is_explained_and_ends_all_writing(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "ledger.sqlite3", SystemClock())
    wrong = CompiledStatement(sa.select(sa.text("1")).select_from(sa.text("nowhere")))
    explained = pytest.raises(LedgerError, match="cannot be used: database error: no such table")
    with explained, storage.writing() as connection:
        wrong.execute(connection, {})
    with pytest.raises(LedgerError, match="no such table"), storage.writing():
        pass
    with storage.reading() as connection:  # nothing of the failed transaction is left
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    storage.close()


def test_a_refusal_rolls_back_what_was_executed_before_it(ledger: Ledger) -> None:
    made = make(ledger, frames=1)
    gone = CompiledStatement(sa.update(frame).values(attempts=9))

    def refuse() -> None:
        with ledger._storage.writing() as connection:  # noqa: SLF001
            gone.execute(connection, {})
            raise LedgerError("no")

    with pytest.raises(LedgerError, match="no"):
        refuse()
    assert ledger.frames.get(made.id, 1).attempts == 0
    assert ledger.claims.claim(made.id, 1, NOON)
