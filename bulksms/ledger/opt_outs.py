"""The opt-outs of a ledger: phone numbers that must never be texted.

PhoneNumbers are the digits of E.164 as whole numbers.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.members import IN_LIMIT, opted_out_members
from bulksms.ledger.storage import Storage
from bulksms.ledger.tables import opt_out

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["OptOuts"]


class OptOuts:
    """All opt-outs of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, numbers: Iterable[int], origin: str, now: datetime) -> int:
        """Add phone numbers, and count those that are new."""
        with self._storage.writing() as connection:
            known = set(connection.scalars(sa.select(opt_out.c.number)))
            new = sorted({int(number) for number in numbers} - known)
            rows = [{"number": number, "added_at": now, "origin": origin} for number in new]
            if rows:
                connection.execute(sa.insert(opt_out), rows)
        return len(new)

    def remove(self, numbers: Iterable[int]) -> int:
        """Remove phone numbers, by an order, and count those that were there."""
        waiting = iter({int(number) for number in numbers})
        removed = 0
        with self._storage.writing() as connection:
            while batch := list(islice(waiting, IN_LIMIT)):
                gone = connection.execute(sa.delete(opt_out).where(opt_out.c.number.in_(batch)))
                removed += gone.rowcount
        return removed

    def all(self) -> "PhoneNumbers":
        """Read every phone number that is never texted, sorted."""
        import numpy as np

        with self._storage.reading() as connection:
            numbers = connection.scalars(sa.select(opt_out.c.number).order_by(opt_out.c.number))
            return np.fromiter(numbers, dtype=np.int64)

    def in_frame(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Read the phone numbers of a frame that opted out, in the frame's order."""
        with self._storage.reading() as connection:
            return opted_out_members(connection, campaign_id, number)
