"""The part of the ledger that takes an operator's word on a frame.

Nothing here is ever done by the program itself: doubt ends only by evidence or by order.
"""

from datetime import datetime
from hashlib import sha256

from bulksms.errors import LedgerError
from bulksms.ledger import statements
from bulksms.ledger.book import Book
from bulksms.ledger.records import FrameState, FrozenFrame

__all__ = ["SettlementBook"]

# What an operator may decide of a frame, by where it stands.
SETTLEMENTS = {
    FrameState.IN_DOUBT: frozenset({FrameState.ACCEPTED, FrameState.DROPPED}),
    FrameState.PLANNED: frozenset({FrameState.DROPPED}),
}


class SettlementBook(Book):
    """What a ledger lets an operator decide; each method is one transaction."""

    def settle(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, message: str
    ) -> None:
        """Write down what an operator decided: `accepted` or `dropped` for a frame in doubt.

        Raises:
            LedgerError: the frame does not stand where that can be decided.
        """
        stands = self.frame(campaign_id, number).state
        if state not in SETTLEMENTS.get(stands, frozenset()):
            raise LedgerError(f"Frame {number} is {stands} and cannot be made {state} by hand.")
        values = {"state": state.value, "finished_at": now, "message": message}
        self._change((campaign_id, number), stands, now, values)

    def resend(self, campaign_id: int, new: FrozenFrame, now: datetime, message: str) -> None:
        """Plan a frame in doubt again, by an operator's order, with a new request id.

        Raises:
            LedgerError: it is not in doubt, or its bytes and their digest differ.
        """
        if sha256(new.body).hexdigest() != new.digest:
            raise LedgerError(f"Frame {new.number} has a digest that is not that of its bytes.")
        values = {
            "state": FrameState.PLANNED.value,
            "request_id": new.request_id,
            "digest": new.digest,
            "finished_at": None,
            "message": message,
        }
        with self._storage.writing() as connection:
            place = (campaign_id, new.number)
            if not statements.change_frame(connection, place, FrameState.IN_DOUBT, now, values):
                raise LedgerError(f"Frame {new.number} is not in doubt and cannot be sent again.")
            statements.replace_body(connection, campaign_id, new)
