"""The part of the ledger that remembers who must never be texted.

Numbers are the digits of E.164 as whole numbers. Knows nothing of how people write them,
and nothing of the bytes of a frame: whoever leaves somebody out brings the new ones.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import attempts, statements, transitions
from bulksms.ledger.book import Book
from bulksms.ledger.leaving_behind import leave_behind
from bulksms.ledger.members import AT_ONCE, numbers_of, opted_out_of
from bulksms.ledger.records import FrameState, FrozenFrame
from bulksms.ledger.tables import body, campaign, frame, opt_out

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["OptOutBook"]


class OptOutBook(Book):
    """What a ledger can do with opt-outs; each method is one transaction."""

    def add_opt_outs(self, numbers: Iterable[int], origin: str, now: datetime) -> int:
        """Remember numbers that are never texted; say how many were not known yet."""
        with self._storage.writing() as connection:
            known = set(connection.scalars(sa.select(opt_out.c.number)))
            new = sorted({int(number) for number in numbers} - known)
            lines = [{"number": one, "added_at": now, "origin": origin} for one in new]
            if lines:
                connection.execute(sa.insert(opt_out), lines)
        return len(new)

    def remove_opt_outs(self, numbers: Iterable[int]) -> int:
        """Forget numbers, by an order; say how many were known."""
        waiting = iter({int(number) for number in numbers})
        removed = 0
        with self._storage.writing() as connection:
            while batch := list(islice(waiting, AT_ONCE)):
                gone = connection.execute(sa.delete(opt_out).where(opt_out.c.number.in_(batch)))
                removed += gone.rowcount
        return removed

    def opt_outs(self) -> "PhoneNumbers":
        """Give every number that is never texted, sorted."""
        import numpy as np

        with self._storage.reading() as connection:
            found = connection.scalars(sa.select(opt_out.c.number).order_by(opt_out.c.number))
            return np.fromiter(found, dtype=np.int64)

    def opted_out_in(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Give the numbers of a frame that opted out, in the frame's order; mostly none."""
        with self._storage.reading() as connection:
            return opted_out_of(connection, campaign_id, number)

    def numbers_in(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Give the numbers of a frame, in its order."""
        with self._storage.reading() as connection:
            return numbers_of(connection, campaign_id, number)

    def seats_of(self, campaign_id: int) -> "tuple[PhoneNumbers, PhoneNumbers]":
        """Give every number still in a frame of a campaign, and beside it that frame's number.

        Both have one entry a person, sorted by number; who is in two frames sits in the last.
        """
        import numpy as np

        with self._storage.reading() as connection:
            # A frame that was cut is empty: who opted out of its parts is in none.
            seated = frame.c.number == body.c.number, frame.c.contacts > 0
            here = body.c.campaign_id == campaign_id, frame.c.campaign_id == campaign_id
            found = sa.select(body.c.number, body.c.numbers).where(*seated, *here)
            found = found.order_by(body.c.number)
            lines = [
                (number, np.frombuffer(zlib.decompress(packed), dtype="<i8"))
                for number, packed in connection.execute(found)
            ]
        none = np.empty(0, dtype=np.int64)
        people = np.concatenate([none, *(numbers for _, numbers in lines)]).astype(np.int64)
        seats = np.repeat([number for number, _ in lines], [len(one) for _, one in lines])
        numbers, last = np.unique(people[::-1], return_index=True)
        return numbers, seats.astype(np.int64)[::-1][last]

    def refreeze(self, campaign_id: int, new: FrozenFrame, now: datetime) -> bool:
        """Put a smaller frame in the place of a planned one, because people opted out of it.

        Those left out are counted as opted out from here on, or stay in doubt when the frame
        was in doubt before; a frame that nobody is left in is dropped. False when the frame is
        not planned any more.

        Raises:
            LedgerError: the new bytes and their digest differ, or more people are in it.
        """
        if sha256(new.body).hexdigest() != new.digest:
            raise LedgerError(f"Frame {new.number} has a digest that is not that of its bytes.")
        state = FrameState.PLANNED if new.contacts else FrameState.DROPPED
        with self._storage.writing() as connection:
            old = statements.frames_of(connection, campaign_id, new.number)[0]
            gone = old.contacts - new.contacts
            if gone < 0:
                raise LedgerError(f"Frame {new.number} cannot grow after it was planned.")
            values = {
                "state": state.value,
                "contacts": new.contacts,
                "request_id": new.request_id,
                "digest": new.digest,
                "finished_at": None if new.contacts else now,
                "message": f"left out because they opted out after the planning: {gone}",
            }
            place = (campaign_id, new.number)
            if not gone or not transitions.change_frame(
                connection, place, FrameState.PLANNED, now, values
            ):
                return False
            behind = leave_behind(connection, old, new.numbers, now) if old.doubted else 0
            statements.replace_body(connection, campaign_id, new)
            _count_opted_out(connection, campaign_id, gone - behind)
        return True

    def never_repeat(self, campaign_id: int, number: int, now: datetime) -> None:
        """Keep a frame that may have left from being posted again by itself.

        To be called under the campaign's lock, where an intent is what a dead run left.
        """
        place = (campaign_id, number)
        here = sa.and_(frame.c.campaign_id == campaign_id, frame.c.number == number)
        doubt = {
            "state": FrameState.IN_DOUBT.value,
            "message": attempts.CRASHED,
            "finished_at": now,
        }
        with self._storage.writing() as connection:
            transitions.change_frame(connection, place, FrameState.INTENT, now, doubt)
            connection.execute(sa.update(frame).where(here).values(repeatable=False))


def _count_opted_out(connection: sa.Connection, campaign_id: int, gone: int) -> None:
    here = campaign.c.id == campaign_id
    # Locked where the database can, so that two workers do not count over each other.
    told = connection.scalar(sa.select(campaign.c.counts).where(here).with_for_update()) or {}
    moved = {
        "sendable": told.get("sendable", 0) - gone,
        "opted_out": told.get("opted_out", 0) + gone,
    }
    connection.execute(sa.update(campaign).where(here).values(counts={**told, **moved}))
