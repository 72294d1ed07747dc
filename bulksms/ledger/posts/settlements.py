"""An operator's decisions on frames: doubt ends only by evidence or by order."""

from datetime import datetime
from typing import Any, Unpack

from bulksms.errors import LedgerError
from bulksms.ledger.frame_states import statements, transitions
from bulksms.ledger.people.members import keep_doubted_members
from bulksms.ledger.records.frame_records import FrameState, FrozenFrame, RecordedAnswer
from bulksms.ledger.storage import Storage

__all__ = ["Settlements"]

# What an operator may decide of a frame, by its state.
SETTLEMENTS = {
    FrameState.IN_DOUBT: frozenset({FrameState.ACCEPTED, FrameState.DROPPED}),
    FrameState.PLANNED: frozenset({FrameState.DROPPED}),
}


class Settlements:
    """An operator's decisions about a frame; each method is one transaction.

    Each raises LedgerBusy after another process took over a lock that this one held.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def settle(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        **answer: Unpack[RecordedAnswer],
    ) -> None:
        """Record a decision: `accepted` or `dropped` for a frame in doubt.

        `answer` holds who decided, and the ticket where one was seen.

        Raises:
            LedgerError: this cannot be decided of the frame in its state.
        """
        key = (campaign_id, number)
        values = {"state": state, "finished_at": now, **answer}
        with self._storage.writing() as connection:
            self._storage.locks.refuse_if_lost()
            record = statements.find_frame(connection, *key)
            current = None if record is None else record.state
            if current is None or state not in SETTLEMENTS.get(current, frozenset()):
                raise LedgerError(
                    f"Frame {number} is {current or 'unknown'} and cannot be made {state} by hand.",
                    code="request_changed",
                    number=number,
                )
            transitions.change_or_refuse(connection, key, current, now, values)

    def drop_planned(self, campaign_id: int, now: datetime, message: str) -> int:
        """Drop every frame that still waits to be posted, and count them.

        The caller holds the lock of the campaign.
        """
        with self._storage.writing() as connection:
            self._storage.locks.refuse_if_lost()
            return transitions.drop_planned(connection, campaign_id, now, message)

    def retry_refused(
        self, campaign_id: int, new: FrozenFrame, now: datetime, message: str
    ) -> None:
        """Plan a refused frame again, by an operator's order, with a new request id.

        Raises:
            LedgerError: it is not refused.
        """
        key = (campaign_id, new.number)
        with self._storage.writing() as connection:
            self._storage.locks.refuse_if_lost()
            values = _next_wave(new, message)
            transitions.change_or_refuse(connection, key, FrameState.REFUSED, now, values)
            statements.replace_body(connection, campaign_id, new)

    def resend(self, campaign_id: int, new: FrozenFrame, now: datetime, message: str) -> None:
        """Plan a frame in doubt again, by an operator's order, with a new request id.

        Those left out of it, because they opted out, stay in doubt in a frame of their own.

        Raises:
            LedgerError: it is not in doubt.
        """
        values = _next_wave(new, message)
        with self._storage.writing() as connection:
            self._storage.locks.refuse_if_lost()
            key = (campaign_id, new.number)
            old = statements.find_frame(connection, *key)
            is_planned = transitions.change_frame(connection, key, FrameState.IN_DOUBT, now, values)
            if old is None or not is_planned:
                raise LedgerError(
                    f"Frame {new.number} is not in doubt and cannot be sent again.",
                    code="request_changed",
                    number=new.number,
                )
            keep_doubted_members(connection, old, new.numbers, now)
            statements.replace_body(connection, campaign_id, new)


def _next_wave(new: FrozenFrame, message: str) -> dict[str, Any]:
    """Return the values of a frame that is planned once more."""
    return {
        "state": FrameState.PLANNED,
        "request_id": new.request_id,
        "digest": new.digest,
        "contacts": new.contacts,
        "wave": new.wave,
        "code": None,
        "finished_at": None,
        "message": message,
    }
