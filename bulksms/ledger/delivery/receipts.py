"""Delivery receipts: facts about messages, each kept once; rows are only ever added."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bulksms.ledger.people.members import members_by_ticket
from bulksms.ledger.people.opt_out_events import hashed_among
from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.records.receipt_records import MessageGroup, MessageStates, ReceiptRecord
from bulksms.ledger.schema.row_values import among
from bulksms.ledger.schema.tables import frame, receipt
from bulksms.ledger.storage import Storage

__all__ = ["Receipts"]

ACCEPTED = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)
BATCH = 150  # receipts in one statement; SQLite takes no endless lists of values
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
MOST_DATES = 5  # of one status of one message; the state does not depend on them


class Receipts:
    """All receipts of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, records: Sequence[ReceiptRecord], now: datetime) -> int:
        """Keep receipts, and count those that are new; a repeated one changes nothing.

        A receipt with the ticket of a frame, about someone who is not in it, is not kept: it is
        forged. Nor is one about a person who was erased.
        """
        new = 0
        with self._storage.writing() as connection:
            insert = INSERT[connection.dialect.name](receipt)
            kept = _about_members(connection, records)
            for start in range(0, len(kept), BATCH):
                batch = _with_few_dates(connection, kept[start : start + BATCH])
                values = [{**_values(each), "received_at": now} for each in batch]
                if values:
                    # The values are beside the statement, so that it is compiled once.
                    added = insert.on_conflict_do_nothing().returning(receipt.c.number)
                    new += len(connection.execute(added, values).all())
        return new

    def any_of(self, campaign_id: int) -> bool:
        """Whether there is a receipt for any ticket of a campaign."""
        tickets = sa.select(frame.c.ticket).where(
            frame.c.campaign_id == campaign_id, frame.c.ticket.is_not(None)
        )
        statement = sa.select(receipt.c.ticket).where(receipt.c.ticket.in_(tickets))
        with self._storage.reading() as connection:
            return connection.scalar(statement.limit(1)) is not None

    def of_tickets(self, tickets: Sequence[str]) -> list[tuple[str, int, str]]:
        """Read ticket, phone number and status of each receipt for some tickets."""
        columns = receipt.c.ticket, receipt.c.number, receipt.c.status
        records: list[tuple[str, int, str]] = []
        with self._storage.reading() as connection:
            for has_ticket in among(receipt.c.ticket, tickets):
                rows = connection.execute(sa.select(*columns).where(has_ticket))
                records += [(row.ticket, row.number, row.status) for row in rows]
        return records

    def messages(
        self,
        campaign_id: int,
        ranks: Mapping[str, int],
        since: datetime | None = None,
        frames: tuple[int, int] | None = None,
    ) -> MessageStates:
        """Read the state of each message of a campaign as the highest rank of its statuses.

        With `since` only messages of which a receipt came after that moment, and with `frames`
        those of the frames from the first to the last of these numbers.
        """
        import numpy as np

        rank = sa.func.max(sa.case(ranks, value=receipt.c.status, else_=0))
        newest = sa.func.max(receipt.c.received_at)
        statement = (
            sa.select(frame.c.number, receipt.c.number, rank, newest)
            .join_from(frame, receipt, frame.c.ticket == receipt.c.ticket)
            .where(frame.c.campaign_id == campaign_id)
            .group_by(frame.c.number, receipt.c.number)
        )
        if since is not None:
            statement = statement.having(newest > since)
        if frames is not None:
            statement = statement.where(frame.c.number.between(*frames))
        with self._storage.reading() as connection:
            rows = connection.execute(statement).all()
        columns = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
        return MessageStates(
            frames=columns[:, 0],
            phone_numbers=columns[:, 1],
            ranks=columns[:, 2],
            received_at=max((row[3] for row in rows), default=None),
        )

    def groups(
        self, campaign_id: int, ranks: Mapping[str, int], overdue_by: datetime | None
    ) -> list[MessageGroup]:
        """Count the messages of a campaign that have a receipt, by what it says."""
        is_overdue = sa.false() if overdue_by is None else frame.c.finished_at <= overdue_by
        message = (
            sa.select(
                sa.func.max(sa.case(ranks, value=receipt.c.status, else_=0)).label("rank"),
                sa.func.max(sa.case((is_overdue, 1), else_=0)).label("is_overdue"),
                sa.func.max(receipt.c.received_at).label("received_at"),
            )
            .join_from(frame, receipt, frame.c.ticket == receipt.c.ticket)
            .where(frame.c.campaign_id == campaign_id, frame.c.state.in_(ACCEPTED))
            .group_by(frame.c.number, receipt.c.number)
            .subquery()
        )
        counts = sa.func.count(), sa.func.max(message.c.received_at)
        keys = message.c.rank, message.c.is_overdue
        with self._storage.reading() as connection:
            rows = connection.execute(sa.select(*keys, *counts).group_by(*keys)).all()
        return [
            MessageGroup(
                rank=rank, is_overdue=bool(overdue), messages=messages, received_at=received_at
            )
            for rank, overdue, messages, received_at in rows
        ]

    def of_number(self, number: int) -> list[ReceiptRecord]:
        """Read every receipt about a phone number, the oldest first."""
        statement = sa.select(receipt).where(receipt.c.number == number)
        with self._storage.reading() as connection:
            return [
                ReceiptRecord(
                    ticket=row.ticket, phone_number=row.number, status=row.status, date=row.date
                )
                for row in connection.execute(statement.order_by(receipt.c.received_at))
            ]


def _values(record: ReceiptRecord) -> dict[str, object]:
    return {
        "ticket": record.ticket,
        "number": record.phone_number,
        "status": record.status,
        "date": record.date,
    }


def _about_members(
    connection: sa.Connection, records: Sequence[ReceiptRecord]
) -> list[ReceiptRecord]:
    """Leave out receipts about people who are not in the frame of the ticket, or were erased."""
    members = members_by_ticket(connection, (each.ticket for each in records))
    erased = set(hashed_among(connection, {each.phone_number for each in records}))
    return [
        each
        for each in records
        if each.phone_number not in erased
        and (each.ticket not in members or each.phone_number in members[each.ticket])
    ]


def _with_few_dates(
    connection: sa.Connection, records: Sequence[ReceiptRecord]
) -> list[ReceiptRecord]:
    """Leave out receipts of a status that a message has with many other dates already."""
    key = (receipt.c.ticket, receipt.c.number, receipt.c.status)
    asked = {(each.ticket, each.phone_number, each.status) for each in records}
    counted = sa.select(*key, sa.func.count()).where(sa.tuple_(*key).in_(asked)).group_by(*key)
    dates = Counter({(row[0], row[1], row[2]): row[3] for row in connection.execute(counted)})
    kept = []
    for each in records:
        same = (each.ticket, each.phone_number, each.status)
        if dates[same] < MOST_DATES:
            dates[same] += 1
            kept.append(each)
    return kept
