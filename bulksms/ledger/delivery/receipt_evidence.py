"""Receipts as evidence about frames in doubt: they can prove only that Octopush took one.

A frame in doubt usually has no ticket, so its receipts come with a ticket that no frame has. Such
a ticket is the frame's own only if its receipts are about exactly the people of the frame, if all
of them came after the frame was posted, and if no other frame without a ticket has any of these
people. Receipts for a part of the people are shown to an operator, who can decide.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.frame_states import statements
from bulksms.ledger.people.members import phone_numbers
from bulksms.ledger.records.frame_records import FrameRecord, FrameState
from bulksms.ledger.records.receipt_records import Evidence
from bulksms.ledger.schema.row_values import among, find_among, is_frame
from bulksms.ledger.schema.tables import entry, frame, receipt
from bulksms.ledger.storage import Storage

__all__ = ["ReceiptEvidence"]

MOST_TICKETS = 20  # looked at for one frame, those with most of its people first


class ReceiptEvidence:
    """Receipts beside frames in doubt; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def frames_in_doubt(self) -> list[tuple[int, int]]:
        """List the campaign id and the number of every frame without a certain answer.

        Those in flight are among them: a crash may have left them so.
        """
        in_doubt = frame.c.state.in_((FrameState.IN_DOUBT, FrameState.INTENT))
        statement = sa.select(frame.c.campaign_id, frame.c.number).where(in_doubt)
        with self._storage.reading() as connection:
            rows = connection.execute(statement.order_by(frame.c.campaign_id, frame.c.number))
            return [(row.campaign_id, row.number) for row in rows]

    def of_frame(self, campaign_id: int, number: int) -> tuple[Evidence, ...]:
        """Weigh the receipts about the people of a frame, the likeliest ticket first."""
        with self._storage.reading() as connection:
            record = statements.find_frame(connection, campaign_id, number)
            return () if record is None else tuple(_weigh(connection, record))


def _weigh(connection: sa.Connection, record: FrameRecord) -> Iterator[Evidence]:
    members = set(phone_numbers(connection, record.campaign_id, record.number).tolist())
    since = _first_post(connection, record)
    if since is None or not members:
        return
    own = record.ticket
    tickets = _tickets_without_frame(connection, members) if own is None else [own]
    others = _others_without_ticket(connection, record) if own is None and tickets else ()
    rivals = sum(bool(members & people) for people in others)
    for ticket in tickets:
        statement = sa.select(receipt.c.number, sa.func.min(receipt.c.received_at))
        statement = statement.where(receipt.c.ticket == ticket).group_by(receipt.c.number)
        first_received = {row[0]: row[1] for row in connection.execute(statement)}
        if min(first_received.values(), default=since) < since:
            continue  # of a text that was sent before
        if first_received:
            yield Evidence(
                ticket=ticket,
                members=len(members),
                reported=len(members & first_received.keys()),
                strangers=len(first_received.keys() - members),
                rivals=rivals,
            )


def _first_post(connection: sa.Connection, record: FrameRecord) -> datetime | None:
    """Read when a frame was posted first; a resend goes to people who may have the text."""
    of_frame = is_frame(entry, record.campaign_id, record.number)
    posted = sa.select(sa.func.min(entry.c.at)).where(of_frame, entry.c.state == FrameState.INTENT)
    first: datetime | None = connection.scalar(posted)
    return first


def _tickets_without_frame(connection: sa.Connection, members: set[int]) -> list[str]:
    """List tickets that no frame has, of receipts about these people."""
    counts: dict[str, int] = {}
    for about in among(receipt.c.number, members):
        statement = sa.select(receipt.c.ticket, sa.func.count(receipt.c.number.distinct()))
        statement = statement.where(about, receipt.c.ticket != "").group_by(receipt.c.ticket)
        for ticket, count in connection.execute(statement):
            counts[ticket] = counts.get(ticket, 0) + count
    tickets = sorted(counts, key=lambda ticket: (-counts[ticket], ticket))
    owned = find_among(connection, frame.c.ticket, tickets)
    return [ticket for ticket in tickets if ticket not in owned][:MOST_TICKETS]


def _others_without_ticket(connection: sa.Connection, record: FrameRecord) -> Iterator[set[int]]:
    """Yield the people of every other frame that was posted and has no ticket."""
    posted = sa.and_(frame.c.ticket.is_(None), frame.c.attempts > 0)
    statement = sa.select(frame.c.campaign_id, frame.c.number).where(posted)
    for campaign_id, number in connection.execute(statement).all():
        if (campaign_id, number) != (record.campaign_id, record.number):
            yield set(phone_numbers(connection, campaign_id, number).tolist())
