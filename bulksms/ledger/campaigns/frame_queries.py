"""Small reads of a campaign's frames for progress displays: a page, a rate, a time line."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.frame_states.statements import SELECT_FRAMES
from bulksms.ledger.records.frame_records import FrameRecord, FrameState
from bulksms.ledger.schema.row_values import read_all
from bulksms.ledger.schema.tables import frame
from bulksms.ledger.storage import Storage, repeatable

__all__ = ["FrameQueries", "RecentAnswers"]

ACCEPTED = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)
TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED)
ANSWERED = (*TAKEN, FrameState.REFUSED, FrameState.IN_DOUBT)
PAGE = 1000  # frames read at a time, where all are wanted
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

    @repeatable
    def page(
        self,
        campaign_id: int,
        after: int,
        limit: int,
        states: Collection[FrameState] = tuple(FrameState),
    ) -> list[FrameRecord]:
        """Read up to `limit` frames in these states, in their order, with numbers above `after`."""
        statement = _page_in_states(tuple(states))
        values = {"in_campaign": campaign_id, "above": after, "most": limit}
        with self._storage.reading() as connection:
            return read_all(connection, FrameRecord, statement, **values)

    def each(
        self, campaign_id: int, states: Collection[FrameState] = tuple(FrameState)
    ) -> Iterator[FrameRecord]:
        """Read the frames in these states in their order, some at a time.

        Frames that change meanwhile come as they are when they are read.
        """
        after = 0
        while page := self.page(campaign_id, after, PAGE, states):
            yield from page
            after = page[-1].number

    def numbers(self, campaign_id: int, states: Collection[FrameState]) -> list[int]:
        """Read the numbers of the frames in these states, in their order."""
        statement = sa.select(frame.c.number).where(*_in_states(campaign_id, states))
        with self._storage.reading() as connection:
            return list(connection.scalars(statement.order_by(frame.c.number)))

    def last_used(self, campaign_id: int) -> datetime | None:
        """Read when a frame was posted or changed last; `None` before the first post."""
        newest = sa.select(sa.func.max(frame.c.started_at), sa.func.max(frame.c.finished_at))
        with self._storage.reading() as connection:
            times = connection.execute(newest.where(frame.c.campaign_id == campaign_id)).one()
        return max((time for time in times if time is not None), default=None)

    def paid(self, campaign_id: int) -> tuple[int, Decimal]:
        """Sum up the people of the accepted frames whose cost was reported, and that cost."""
        charged = (*_in_states(campaign_id, ACCEPTED), frame.c.total_cost.is_not(None))
        sums = sa.select(frame.c.total_cost, sa.func.sum(frame.c.contacts), sa.func.count())
        with self._storage.reading() as connection:
            rows = connection.execute(sums.where(*charged).group_by(frame.c.total_cost)).all()
        cost = sum((amount * count for amount, _, count in rows), Decimal(0))
        return sum(people for _, people, _ in rows), cost

    def texted(self, campaign_id: int, answered_by: datetime | None) -> tuple[int, int]:
        """Sum up the people of the accepted frames, and of those answered by a moment."""
        by_then = sa.false() if answered_by is None else frame.c.finished_at <= answered_by
        statement = sa.select(
            sa.func.coalesce(sa.func.sum(frame.c.contacts), 0),
            sa.func.coalesce(sa.func.sum(sa.case((by_then, frame.c.contacts), else_=0)), 0),
        ).where(*_in_states(campaign_id, ACCEPTED))
        with self._storage.reading() as connection:
            people, early = connection.execute(statement).one()
        return int(people), int(early)

    def recent_answers(self, campaign_id: int, since: datetime) -> RecentAnswers:
        """Sum up the frames that were answered since a moment."""
        statement = sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(frame.c.contacts), 0),
            sa.func.min(frame.c.started_at),
        ).where(*_in_states(campaign_id, ANSWERED), frame.c.finished_at >= since)
        with self._storage.reading() as connection:
            frames, contacts, first = connection.execute(statement).one()
        return RecentAnswers(frames=frames, contacts=int(contacts), first_started_at=first)

    def taken_by_second(self, campaign_id: int) -> list[tuple[datetime, int]]:
        """Read how many people the API took in each second that it answered in."""
        people = sa.case(
            (
                frame.c.state == FrameState.ACCEPTED_SHORT,
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
                frame.c.state.in_(TAKEN),
                frame.c.finished_at.is_not(None),
            )
            .group_by(second)
            .order_by(second)
        )
        with self._storage.reading() as connection:
            rows = connection.execute(statement).all()
        # A server sums up integers as decimals.
        return [
            (datetime.fromisoformat(text).replace(tzinfo=UTC), int(count)) for text, count in rows
        ]


@cache
def _page_in_states(states: tuple[FrameState, ...]) -> sa.Select[Any]:
    return (
        SELECT_FRAMES.where(frame.c.campaign_id == sa.bindparam("in_campaign"))
        .where(frame.c.state.in_(states), frame.c.number > sa.bindparam("above"))
        .order_by(frame.c.number)
        .limit(sa.bindparam("most"))
    )


def _in_states(
    campaign_id: int, states: Collection[FrameState]
) -> tuple[sa.ColumnElement[bool], ...]:
    return frame.c.campaign_id == campaign_id, frame.c.state.in_(states)
