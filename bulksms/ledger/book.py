"""What every book of the ledger can do: read one frame and its past, and change it where it stands.

A book is one subject of the ledger, such as claims or opt-outs; `Ledger` is all of them.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import statements, transitions
from bulksms.ledger.records import EntryRecord, FrameRecord, FrameState
from bulksms.ledger.storage import Storage

__all__ = ["Book", "change_or_refuse"]


class Book:
    """One subject of the ledger; each public method is one transaction."""

    _storage: Storage

    def frame(self, campaign_id: int, number: int) -> FrameRecord:
        """Read one frame.

        Raises:
            LedgerError: there is none of that number.
        """
        with self._storage.reading() as connection:
            found = statements.frames_of(connection, campaign_id, number)
        if not found:
            raise LedgerError(f"The campaign has no frame {number}: `bulksms status` counts them.")
        return found[0]

    def entries(self, campaign_id: int, number: int) -> list[EntryRecord]:
        """List every change of a frame, the oldest first."""
        with self._storage.reading() as connection:
            return statements.entries_of(connection, campaign_id, number)

    def _change(
        self, place: tuple[int, int], expected: FrameState, now: datetime, values: dict[str, Any]
    ) -> None:
        with self._storage.writing() as connection:
            change_or_refuse(connection, place, expected, now, values)


def change_or_refuse(
    connection: sa.Connection,
    place: tuple[int, int],
    expected: FrameState,
    now: datetime,
    values: dict[str, Any],
) -> None:
    """Change a frame where it stands.

    Raises:
        LedgerError: it stands elsewhere, and nothing was changed.
    """
    if not transitions.change_frame(connection, place, expected, now, values):
        raise LedgerError(
            f"Frame {place[1]} is not {expected} any more: another program changed the "
            "ledger, or it was restored; look at `bulksms status` before resuming."
        )
