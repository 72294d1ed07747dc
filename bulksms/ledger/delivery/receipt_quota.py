"""Bounds what receipts of other people's texts take on the disk: the oldest are deleted.

Receipts of the ledger's own tickets are bounded by their messages. Those of other tickets, from
another program on the account or from a forger, are kept for a while, because a frame in doubt
may turn out to be theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.schema.row_values import find_among
from bulksms.ledger.schema.tables import frame, receipt
from bulksms.ledger.storage import Storage

__all__ = ["MOST_UNMATCHED", "ReceiptQuota"]

MOST_UNMATCHED = 500_000  # receipts, some 100 MB
KEPT_SHARE = 0.8  # after a deletion, so that the next one is far away
PAGE = 100  # tickets read in one transaction, which others wait for


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnmatchedTicket:
    """A ticket that no frame has."""

    newest: datetime
    ticket: str
    receipts: int


class ReceiptQuota:
    """The quota of a ledger's receipts; each transaction is short."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def enforce(self, most: int = MOST_UNMATCHED) -> int:
        """Delete the oldest tickets without a frame if they have too many receipts; counts those.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        unmatched = sorted(
            self._unmatched(), key=lambda each: (each.newest, each.ticket), reverse=True
        )
        if sum(each.receipts for each in unmatched) <= most:
            return 0
        kept, deleted = 0, 0
        for each in unmatched:
            kept += each.receipts
            if kept > most * KEPT_SHARE:
                deleted += self._delete(each.ticket)
        return deleted

    def forget_before(self, moment: datetime) -> int:
        """Delete receipts of tickets without a frame whose newest came earlier; counts them.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        old = [each.ticket for each in self._unmatched() if each.newest < moment]
        return sum(map(self._delete, old))

    def _unmatched(self) -> Iterator[_UnmatchedTicket]:
        """Yield the tickets that no frame has, page by page."""
        newest = sa.func.max(receipt.c.received_at)
        last = ""
        is_first = True
        while True:
            after = receipt.c.ticket >= last if is_first else receipt.c.ticket > last
            page = sa.select(receipt.c.ticket, newest, sa.func.count()).where(after)
            page = page.group_by(receipt.c.ticket).order_by(receipt.c.ticket).limit(PAGE)
            with self._storage.reading() as connection:
                rows = connection.execute(page).all()
                if not rows:
                    return
                owned = find_among(connection, frame.c.ticket, [row[0] for row in rows])
            for ticket, newest_at, count in rows:
                if ticket not in owned:
                    yield _UnmatchedTicket(newest=newest_at, ticket=ticket, receipts=count)
            last, is_first = rows[-1][0], False

    def _delete(self, ticket: str) -> int:
        with self._storage.writing() as connection:
            return connection.execute(sa.delete(receipt).where(receipt.c.ticket == ticket)).rowcount
