"""Delivery receipts: facts about messages, each kept once; rows are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bulksms.ledger.storage import Storage
from bulksms.ledger.tables import frame, receipt

__all__ = ["ReceiptRecord", "Receipts"]

BATCH = 150  # receipts in one statement; SQLite takes no endless lists of values


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """What the API reported of one message: the ticket of its frame, its number, its status.

    Attributes:
        date: as the API wrote it: its zone is not documented, so it is only shown.
    """

    ticket: str
    phone_number: int
    status: str
    date: str = ""


class Receipts:
    """All receipts of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, records: Sequence[ReceiptRecord], now: datetime) -> int:
        """Keep receipts, and count those that are new; a repeated one changes nothing."""
        new = 0
        with self._storage.writing() as connection:
            for start in range(0, len(records), BATCH):
                values = [
                    {
                        "ticket": each.ticket,
                        "number": each.phone_number,
                        "status": each.status,
                        "date": each.date,
                        "received_at": now,
                    }
                    for each in records[start : start + BATCH]
                ]
                statement = insert(receipt).values(values).on_conflict_do_nothing()
                new += connection.execute(statement).rowcount
        return new

    def of_campaign(self, campaign_id: int) -> list[tuple[str, int, str]]:
        """Read ticket, phone number and status of each receipt for a campaign's tickets."""
        tickets = sa.select(frame.c.ticket).where(
            frame.c.campaign_id == campaign_id, frame.c.ticket.is_not(None)
        )
        statement = sa.select(receipt.c.ticket, receipt.c.number, receipt.c.status).where(
            receipt.c.ticket.in_(tickets)
        )
        with self._storage.reading() as connection:
            return [(row.ticket, row.number, row.status) for row in connection.execute(statement)]

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
