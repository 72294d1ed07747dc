"""STOPs held for review: opt-outs that are obeyed, and may be forged."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import HeldReason, HeldStop
from bulksms.ledger.schema.row_values import find_among, in_parts
from bulksms.ledger.schema.tables import held_stop, opt_out
from bulksms.ledger.storage import Storage

__all__ = ["HeldStops"]


class HeldStops:
    """The STOPs of a ledger that wait for a person; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def hold(self, numbers: Iterable[int], reason: HeldReason, now: datetime) -> int:
        """Hold the STOPs of phone numbers, and count those that were not held before."""
        asked = sorted(set(numbers))
        with self._storage.writing() as connection:
            held = find_among(connection, held_stop.c.number, asked)
            new = [number for number in asked if number not in held]
            rows = [{"number": number, "reason": reason, "at": now} for number in new]
            if rows:
                connection.execute(sa.insert(held_stop), rows)
        return len(new)

    def all(self) -> list[HeldStop]:
        """Read the STOPs that are held, the oldest first."""
        statement = sa.select(held_stop).order_by(held_stop.c.at, held_stop.c.number)
        with self._storage.reading() as connection:
            return [
                HeldStop(phone_number=row.number, reason=row.reason, at=row.at)
                for row in connection.execute(statement)
            ]

    def count(self) -> int:
        """Count the STOPs that are held."""
        with self._storage.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(held_stop)) or 0)

    def release(self, numbers: Iterable[int], origin: str | None = None) -> int:
        """Release the STOPs of phone numbers, and count them; opt-outs stay as they are.

        With an `origin` the opt-outs get it, which says who looked at them.
        """
        asked = sorted(set(numbers))
        released = 0
        with self._storage.writing() as connection:
            for part in in_parts(asked):
                is_held = held_stop.c.number.in_(part)
                released += connection.execute(sa.delete(held_stop).where(is_held)).rowcount
                if origin is not None:
                    opted_out = opt_out.c.number.in_(part)
                    connection.execute(sa.update(opt_out).where(opted_out).values(origin=origin))
        return released
