"""The part of the ledger that says who may post a frame, and what came of it.

A frame is claimed by compare-and-set; a claim without an outcome is never claimed again.
"""

from datetime import datetime
from typing import Unpack

from bulksms.ledger import intents, statements
from bulksms.ledger.records import Answer, FrameState
from bulksms.ledger.trust import TrustBook

__all__ = ["ClaimBook"]


class ClaimBook(TrustBook):
    """What the sender does to frames; each method is one transaction."""

    def claim(self, campaign_id: int, number: int, now: datetime) -> bool:
        """Take a planned frame for posting; on the disk before this returns.

        The ledger is written first and its witnesses after it: then a post that they know of
        and it does not can only mean that it was restored or edited.
        False when it is not planned any more: somebody else has it, or it is settled.

        Raises:
            LedgerRolledBack: the ledger knows less than its witnesses.
            LedgerError: it could not be written down; the frame must not be posted.
        """
        if not self._trusted:
            self.trust()
        values = {
            "state": FrameState.INTENT.value,
            "attempts": statements.frame.c.attempts + 1,
            "started_at": now,
            "finished_at": None,
        }
        with self._storage.writing() as connection:
            place = (campaign_id, number)
            if not statements.change_frame(connection, place, FrameState.PLANNED, now, values):
                return False
            intent = intents.newest_intent(connection, *place)
        self._testify(intent)
        return True

    def record(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        **answer: Unpack[Answer],
    ) -> None:
        """Write down what became of a claimed frame; `planned` when it was certainly not taken.

        Raises:
            LedgerError: the frame was not claimed.
        """
        finished = None if state is FrameState.PLANNED else now
        values = {"state": state.value, "finished_at": finished, **answer}
        self._change((campaign_id, number), FrameState.INTENT, now, values)

    def doubt_left_by_crash(self, campaign_id: int, now: datetime) -> int:
        """Put in doubt every frame a dead run left on its way; only under the campaign's lock."""
        with self._storage.writing() as connection:
            return statements.doubt_intents(connection, campaign_id, now, intents.CRASHED)
