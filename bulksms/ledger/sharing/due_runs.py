"""Claims of the due times of a schedule: one row for each, written by the first to claim it.

So a schedule that several workers know runs once at each time, and what a dead worker had begun
is finished by another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.schema.row_values import is_of_series, read_all, read_first
from bulksms.ledger.schema.tables import due_run
from bulksms.ledger.sharing.holders import end_expired, has_ended
from bulksms.ledger.storage import Storage

__all__ = ["DueRun", "DueRuns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRun:
    """One due time of a schedule, and what became of it."""

    series: str
    due_at: datetime
    holder: str | None
    claimed_at: datetime
    ended_at: datetime | None
    code: int | None
    reason: str | None


class DueRuns:
    """The due times of a ledger's schedules; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def begin(self, series: str) -> datetime:
        """Return the last due time that is settled; a new schedule begins now."""
        last = sa.select(sa.func.max(due_run.c.due_at)).where(due_run.c.series == series)
        with self._storage.reading() as connection:
            settled: datetime | None = connection.scalar(last)
        if settled is not None:
            return settled
        with self._storage.writing() as connection:
            settled = connection.scalar(last)
            if settled is None:
                settled = _last_settled(connection, series)
                settled = settled or self._storage.database_time(connection)
                values = {"due_at": settled, "claimed_at": settled, "ended_at": settled}
                reason = "the schedule begins"
                row = sa.insert(due_run).values(series=series, reason=reason, **values)
                connection.execute(row)
        return settled

    def claim(self, series: str, due: Sequence[datetime], holder: str | None) -> bool:
        """Take the last of some due times, and settle the others as missed.

        Without a holder all of them are missed. False when another worker was faster.
        """
        with self._storage.writing() as connection:
            now = self._storage.database_time(connection)
            settled = _last_settled(connection, series)
            if settled is not None and settled >= due[-1]:
                return False
            missed = {"holder": None, "ended_at": now, "reason": "missed"}
            taken = {"holder": holder, "ended_at": None, "reason": None} if holder else missed
            for due_at in due:
                outcome = taken if due_at == due[-1] else missed
                values = {"series": series, "due_at": due_at, "claimed_at": now, **outcome}
                connection.execute(sa.insert(due_run).values(values))
        return True

    def take_over(self, series: str, holder: str) -> DueRun | None:
        """Take a run that a dead worker had begun and not ended, if there is one."""
        open_run = due_run.c.series == series, due_run.c.ended_at.is_(None)
        orphan = sa.and_(*open_run, has_ended(due_run.c.holder))
        with self._storage.writing_beside() as connection:
            end_expired(connection, self._storage.database_time(connection))
        with self._storage.reading() as connection:
            if connection.execute(sa.select(due_run.c.due_at).where(orphan)).first() is None:
                return None
        with self._storage.writing() as connection:
            oldest_first = sa.select(due_run).where(orphan).order_by(due_run.c.due_at)
            run = read_first(connection, DueRun, oldest_first)
            if run is None:
                return None
            is_due_run = due_run.c.series == series, due_run.c.due_at == run.due_at
            connection.execute(sa.update(due_run).where(*is_due_run).values(holder=holder))
            return replace(run, holder=holder)

    def is_held(self, series: str, due_at: datetime, holder: str) -> bool:
        """Whether a run is still this worker's: not ended, and not taken over."""
        here = due_run.c.series == series, due_run.c.due_at == due_at, due_run.c.holder == holder
        own = sa.select(due_run.c.due_at).where(*here, due_run.c.ended_at.is_(None))
        with self._storage.writing_beside() as connection:
            end_expired(connection, self._storage.database_time(connection))
            living = own.where(~has_ended(due_run.c.holder))
            return connection.scalar(living) is not None

    def end(self, series: str, due_at: datetime, holder: str, code: int, reason: str) -> None:
        """Record the end of a run, unless another worker took it over."""
        is_due_run = (
            due_run.c.series == series,
            due_run.c.due_at == due_at,
            due_run.c.holder == holder,
        )
        with self._storage.writing_beside() as connection:
            values = {"code": code, "reason": reason}
            values["ended_at"] = self._storage.database_time(connection)
            connection.execute(sa.update(due_run).where(*is_due_run).values(values))

    def all(self, series: str) -> list[DueRun]:
        """Read the due times of a schedule, the oldest first."""
        statement = sa.select(due_run).where(due_run.c.series == series).order_by(due_run.c.due_at)
        with self._storage.reading() as connection:
            return read_all(connection, DueRun, statement)


def _last_settled(connection: sa.Connection, series: str) -> datetime | None:
    """Read the last due time of a series in any spelling: a renamed schedule goes on."""
    last = sa.select(sa.func.max(due_run.c.due_at))
    own = last.where(is_of_series(connection, due_run.c.series, series))
    settled: datetime | None = connection.scalar(own)
    return settled
