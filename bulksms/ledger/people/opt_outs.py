"""The opt-outs of a ledger: phone numbers that must never be texted.

Numbers are the digits of E.164 as whole numbers. Every change is an event that the witnesses
get too.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.clock import Clock
from bulksms.ledger.frame_states import attempts
from bulksms.ledger.frame_states.transitions import storable
from bulksms.ledger.operators.audit_trail import add_entry, line_of
from bulksms.ledger.people import opt_out_events
from bulksms.ledger.people.members import opted_out_among, opted_out_members
from bulksms.ledger.records.operator_records import AuditAction
from bulksms.ledger.schema.row_values import among, find_among
from bulksms.ledger.schema.tables import hashed_opt_out, opt_out
from bulksms.ledger.storage import Storage, repeatable
from bulksms.ledger.witness.witness_pair import WitnessPair

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["OptOuts", "append_to_witnesses"]

NUMBERS_AT_ONCE = 1 << 16  # hashed together


class OptOuts:
    """All opt-outs of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage, witnesses: WitnessPair, clock: Clock) -> None:
        self._storage, self._witnesses, self._clock = storage, witnesses, clock

    def add(self, numbers: Iterable[int], origin: str, now: datetime) -> int:
        """Add phone numbers, and count those that are new; durable when this returns.

        Works on a restored ledger too: an opt-out is never refused.

        Raises:
            LedgerError: they could not be written down.
        """
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, now)
            asked = {int(number) for number in numbers}
            asked -= find_among(connection, opt_out.c.number, asked)
            # Who was erased is known by a hash, and stays so.
            new = sorted(asked - set(opt_out_events.hashed_among(connection, asked)))
            rows = [
                {"number": number, "added_at": now, "origin": storable(origin)} for number in new
            ]
            if rows:
                connection.execute(sa.insert(opt_out), rows)
            events = opt_out_events.record_change(connection, "+", new, now)
            owner = attempts.name_of_ledger(connection)
            lines = [event.line for event in events]
            lines += _audited(connection, AuditAction.OPT_OUT, len(new), now)
        append_to_witnesses(self._storage, self._witnesses, owner, key, lines)
        return len(new)

    def remove(self, numbers: Iterable[int]) -> int:
        """Remove phone numbers, by an order, and count those that were there.

        Raises:
            LedgerError: the change could not be written down.
        """
        asked, now = {int(number) for number in numbers}, self._clock.now()
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, now)
            present = find_among(connection, opt_out.c.number, asked)
            hashed = set(opt_out_events.hashed_among(connection, asked))
            for is_present in among(opt_out.c.number, present):
                connection.execute(sa.delete(opt_out).where(is_present))
            opt_out_events.forget_hashed(connection, hashed)
            removed = sorted(present | hashed)
            events = opt_out_events.record_change(connection, "-", removed, now)
            owner = attempts.name_of_ledger(connection)
            lines = [event.line for event in events]
            lines += _audited(connection, AuditAction.OPT_OUT_WITHDRAWN, len(removed), now)
        append_to_witnesses(self._storage, self._witnesses, owner, key, lines)
        return len(removed)

    def all(self) -> "PhoneNumbers":
        """Read every phone number known to be never texted, sorted.

        Opt-outs that are known only by a hash are not among them: `among` finds those.
        """
        import numpy as np

        with self._storage.reading() as connection:
            numbers = connection.scalars(sa.select(opt_out.c.number).order_by(opt_out.c.number))
            return np.fromiter(numbers, dtype=np.int64)

    def among(self, numbers: Iterable[int]) -> "PhoneNumbers":
        """Return those of some phone numbers that are never texted, in their order."""
        import numpy as np

        asked = np.fromiter(numbers, dtype=np.int64)
        with self._storage.reading() as connection:
            return opted_out_among(connection, asked)

    def added_since(self, origin: str, since: datetime) -> list[int]:
        """Read the phone numbers that opted out from an origin since a moment."""
        recent = sa.and_(opt_out.c.added_at >= since, opt_out.c.origin == origin)
        with self._storage.reading() as connection:
            return list(connection.scalars(sa.select(opt_out.c.number).where(recent)))

    def known_by_hash(self, numbers: "PhoneNumbers") -> "PhoneNumbers":
        """Return those of some phone numbers that opted out according to a hash alone."""
        import numpy as np

        hashed: set[int] = set()
        with self._storage.reading() as connection:
            for start in range(0, len(numbers), NUMBERS_AT_ONCE):
                part = numbers[start : start + NUMBERS_AT_ONCE].tolist()
                hashed.update(opt_out_events.hashed_among(connection, part))
        return np.array(sorted(hashed - {0}), dtype=np.int64)

    def count_lost(self) -> int:
        """Count the opt-outs that vanished from the list without being taken back."""
        with self._storage.reading() as connection:
            return len(opt_out_events.find_lost(connection))

    def count_hashed(self) -> int:
        """Count the opt-outs that are known by a hash alone."""
        with self._storage.reading() as connection:
            counted = connection.scalar(sa.select(sa.func.count()).select_from(hashed_opt_out))
        return int(counted or 0)

    def history_of(self, number: int) -> tuple[tuple[datetime, str], ...]:
        """Read when a number opted out ("+") or was taken back ("-"), the oldest first."""
        with self._storage.reading() as connection:
            return tuple(opt_out_events.changes_of(connection, number))

    def origin_of(self, number: int) -> tuple[datetime, str] | None:
        """Read since when a number is stored as an opt-out, and where it came from."""
        statement = sa.select(opt_out.c.added_at, opt_out.c.origin)
        with self._storage.reading() as connection:
            row = connection.execute(statement.where(opt_out.c.number == number)).one_or_none()
        return None if row is None else (row.added_at, row.origin)

    @repeatable
    def in_frame(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Read the phone numbers of a frame that opted out, in the frame's order."""
        with self._storage.reading() as connection:
            return opted_out_members(connection, campaign_id, number)


def append_to_witnesses(
    storage: Storage, witnesses: WitnessPair, owner: str | None, key: bytes, lines: list[bytes]
) -> None:
    """Append a change to the witnesses, which begin with it where nothing was posted yet.

    A ledger that replaces a deleted one has no name, and gets its witnesses later.
    """
    if owner is None:
        return
    with storage.reading() as connection:
        if not attempts.known_keys(connection):
            witnesses.create_missing(owner)
    witnesses.keep_key(owner, key)
    witnesses.append_for(owner, lines)


def _audited(
    connection: sa.Connection, action: AuditAction, numbers: int, now: datetime
) -> list[bytes]:
    """Add the entry of a change to the audit trail, and return its line; none without one."""
    if not numbers:
        return []
    return [line_of(add_entry(connection, action, now, counts={"numbers": numbers}))]
