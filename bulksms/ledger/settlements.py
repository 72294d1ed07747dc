"""The part of the ledger that takes an operator's word on a frame.

Nothing here is ever done by the program itself: doubt ends only by evidence or by order.
"""

from datetime import datetime
from hashlib import sha256
from typing import Unpack

from bulksms.errors import LedgerError
from bulksms.ledger import statements, transitions
from bulksms.ledger.book import Book
from bulksms.ledger.leaving_behind import leave_behind
from bulksms.ledger.records import Answer, FrameState, FrozenFrame

__all__ = ["SettlementBook"]

# What an operator may decide of a frame, by where it stands.
SETTLEMENTS = {
    FrameState.IN_DOUBT: frozenset({FrameState.ACCEPTED, FrameState.DROPPED}),
    FrameState.PLANNED: frozenset({FrameState.DROPPED}),
}


class SettlementBook(Book):
    """What a ledger lets an operator decide; each method is one transaction."""

    def settle(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        **answer: Unpack[Answer],
    ) -> None:
        """Write down what an operator decided: `accepted` or `dropped` for a frame in doubt.

        `answer` holds whose word it is, and the ticket where one was seen.

        Raises:
            LedgerError: the frame does not stand where that can be decided.
        """
        stands = self.frame(campaign_id, number).state
        if state not in SETTLEMENTS.get(stands, frozenset()):
            raise LedgerError(f"Frame {number} is {stands} and cannot be made {state} by hand.")
        values = {"state": state.value, "finished_at": now, **answer}
        self._change((campaign_id, number), stands, now, values)

    def resend(self, campaign_id: int, new: FrozenFrame, now: datetime, message: str) -> None:
        """Plan a frame in doubt again, by an operator's order, with a new request id.

        Those left out of it, because they opted out, stay in doubt in a frame of their own.

        Raises:
            LedgerError: it is not in doubt, or its bytes and their digest differ.
        """
        if sha256(new.body).hexdigest() != new.digest:
            raise LedgerError(f"Frame {new.number} has a digest that is not that of its bytes.")
        values = {
            "state": FrameState.PLANNED.value,
            "request_id": new.request_id,
            "digest": new.digest,
            "contacts": new.contacts,
            "wave": new.wave,
            "code": None,
            "finished_at": None,
            "message": message,
        }
        with self._storage.writing() as connection:
            place = (campaign_id, new.number)
            old = statements.frames_of(connection, *place)
            if not transitions.change_frame(connection, place, FrameState.IN_DOUBT, now, values):
                raise LedgerError(f"Frame {new.number} is not in doubt and cannot be sent again.")
            leave_behind(connection, old[0], new.numbers, now)
            statements.replace_body(connection, campaign_id, new)
