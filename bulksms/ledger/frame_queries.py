"""Small reads of a campaign's frames for somebody who watches: a page, a rate, a time line."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bulksms.ledger import statements
from bulksms.ledger.records import FrameRecord, FrameState
from bulksms.ledger.storage import Storage
from bulksms.ledger.tables import frame

__all__ = ["FrameQueries", "RecentAnswers"]

TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED)
ANSWERED = (*TAKEN, FrameState.REFUSED, FrameState.IN_DOUBT)
SECOND = len("2026-11-30T10:00:00")  # of a time as the ledger keeps it


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentAnswers:
    """The frames answered since a moment, and when the first of them was posted."""

    frames: int
    contacts: int
    first_started_at: datetime | None


class FrameQueries:
    """Reads that stay small for campaigns of many thousand frames; each is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def page(
        self,
        campaign_id: int,
        after: int,
        limit: int,
        states: Collection[FrameState] = tuple(FrameState),
    ) -> list[FrameRecord]:
        """Read up to `limit` frames in these states, in their order, with numbers above `after`."""
        chosen = (
            sa.select(frame.c.number)
            .where(
                frame.c.campaign_id == campaign_id,
                frame.c.number > after,
                frame.c.state.in_([state.value for state in states]),
            )
            .order_by(frame.c.number)
            .limit(limit)
        )
        with self._storage.reading() as connection:
            return [
                record
                for number in connection.scalars(chosen).all()
                for record in statements.read_frames(connection, campaign_id, number)
            ]

    def recent_answers(self, campaign_id: int, since: datetime) -> RecentAnswers:
        """Sum up the frames that were answered since a moment."""
        statement = sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(frame.c.contacts), 0),
            sa.func.min(frame.c.started_at),
        ).where(*_answered(campaign_id), frame.c.finished_at >= since)
        with self._storage.reading() as connection:
            frames, contacts, first = connection.execute(statement).one()
        return RecentAnswers(frames=frames, contacts=contacts, first_started_at=first)

    def taken_by_second(self, campaign_id: int) -> list[tuple[datetime, int]]:
        """Read how many people the API took in each second that it answered in."""
        people = sa.case(
            (
                frame.c.state == FrameState.ACCEPTED_SHORT.value,
                sa.func.coalesce(frame.c.number_of_contacts, frame.c.contacts),
            ),
            else_=frame.c.contacts,
        )
        kept_text = sa.type_coerce(frame.c.finished_at, sa.String)
        second = sa.func.substr(kept_text, 1, SECOND)
        statement = (
            sa.select(second, sa.func.sum(people))
            .where(
                frame.c.campaign_id == campaign_id,
                frame.c.state.in_([state.value for state in TAKEN]),
                frame.c.finished_at.is_not(None),
            )
            .group_by(second)
            .order_by(second)
        )
        with self._storage.reading() as connection:
            rows = connection.execute(statement).all()
        return [(datetime.fromisoformat(text).replace(tzinfo=UTC), count) for text, count in rows]


def _answered(campaign_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        frame.c.campaign_id == campaign_id,
        frame.c.state.in_([state.value for state in ANSWERED]),
    )
