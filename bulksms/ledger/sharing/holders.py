"""The workers that claim frames, each alive by a lease that it renews.

A lease that has passed is never renewed: the next look ends its holder, and what that had in
flight is in doubt. So a worker that was frozen learns that it has ended.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.frame_states import attempts, transitions
from bulksms.ledger.frame_states.transitions import FrameKey
from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.records.shared_records import (
    LEASE,
    LONGEST_POST,
    MAX_CLOCK_ERROR,
    HolderRecord,
)
from bulksms.ledger.schema.row_values import is_frame, read_all, row_of
from bulksms.ledger.schema.tables import frame, holder
from bulksms.ledger.storage import Storage

__all__ = ["Holders", "end_expired", "has_ended"]


def end_expired(connection: sa.Connection, now: datetime) -> None:
    """End every holder whose lease has passed; `now` is the database's time."""
    expired = sa.and_(holder.c.ended_at.is_(None), holder.c.lease_until <= now)
    if connection.scalar(sa.select(holder.c.id).where(expired).limit(1)) is not None:
        connection.execute(sa.update(holder).where(expired).values(ended_at=now))


def has_ended(holder_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Build the condition that a holder has ended."""
    return holder_id.in_(sa.select(holder.c.id).where(holder.c.ended_at.is_not(None)))


class Holders:
    """All holders of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def database_time(self) -> datetime:
        """Read the time by which leases end."""
        with self._storage.reading() as connection:
            return self._storage.database_time(connection)

    def register(self, machine: str, process: int) -> HolderRecord:
        """Record a new worker, alive for one lease."""
        with self._storage.writing_beside() as connection:
            now = self._storage.database_time(connection)
            record = HolderRecord(
                id=str(uuid.uuid4()),
                machine=machine,
                process=process,
                started_at=now,
                lease_until=now + LEASE,
            )
            connection.execute(sa.insert(holder).values(row_of(holder, record)))
        return record

    def renew(self, holder_id: str) -> datetime | None:
        """Renew a lease and return its new end; None when the holder has ended."""
        with self._storage.writing_beside() as connection:
            now = self._storage.database_time(connection)
            alive = holder.c.ended_at.is_(None), holder.c.lease_until > now
            statement = sa.update(holder).where(holder.c.id == holder_id, *alive)
            renewed = connection.execute(statement.values(lease_until=now + LEASE)).rowcount
        return now + LEASE if renewed else None

    def end(self, holder_id: str) -> None:
        """End a holder that has nothing in flight any more."""
        with self._storage.writing_beside() as connection:
            now = self._storage.database_time(connection)
            running = sa.and_(holder.c.id == holder_id, holder.c.ended_at.is_(None))
            connection.execute(sa.update(holder).where(running).values(ended_at=now))

    def live(self) -> Sequence[HolderRecord]:
        """Read the workers that are alive now, the oldest first."""
        with self._storage.reading() as connection:
            now = self._storage.database_time(connection)
            alive = holder.c.ended_at.is_(None), holder.c.lease_until > now
            statement = sa.select(holder).where(*alive).order_by(holder.c.started_at, holder.c.id)
            return read_all(connection, HolderRecord, statement)

    def doubt_ended(self, now: datetime) -> list[FrameKey]:
        """Put in doubt what ended workers left in flight, and return which frames."""
        has_no_worker = has_ended(frame.c.holder)
        left = frame.c.state == FrameState.INTENT, has_no_worker
        with self._storage.writing_beside() as connection:
            end_expired(connection, self._storage.database_time(connection))
        with self._storage.reading() as connection:
            if connection.scalar(sa.select(frame.c.number).where(*left).limit(1)) is None:
                return []
        with self._storage.writing() as connection:
            return transitions.doubt_intents(connection, has_no_worker, now, attempts.CRASHED)

    def answer_until(self, campaign_id: int, number: int) -> datetime | None:
        """Return until when an answer may come to a frame in doubt; None when none can any more.

        A worker declared dead may only be frozen: it posts nothing, but reads what was answered.
        So may a run of its own whose campaign another machine took over; it has no lease, and
        what it posts leaves by its own clock within the time of one.
        """
        crashed = frame.c.state == FrameState.IN_DOUBT, frame.c.message == attempts.CRASHED
        columns = sa.select(holder.c.lease_until, frame.c.started_at)
        posted = columns.outerjoin_from(frame, holder, frame.c.holder == holder.c.id).where(
            is_frame(frame, campaign_id, number), *crashed
        )
        with self._storage.reading() as connection:
            row = connection.execute(posted).one_or_none()
            now = self._storage.database_time(connection)
        if row is None:
            return None
        left_by = row.lease_until
        if left_by is None and self._storage.is_shared and row.started_at is not None:
            left_by = row.started_at + MAX_CLOCK_ERROR + LEASE
        until: datetime | None = None if left_by is None else left_by + LONGEST_POST
        return until if until is not None and now < until else None
