"""The part of the ledger that says who may post a frame, and what came of it.

A frame is claimed by compare-and-set; a claim without an outcome is only claimed again, with
the very same bytes, where a repeat is known to be refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import attempts, statements, transitions
from bulksms.ledger.book import change_or_refuse
from bulksms.ledger.group_commit import Together
from bulksms.ledger.members import opted_out_of
from bulksms.ledger.reconcile import TrustBook
from bulksms.ledger.records import Answer, FrameRecord, FrameState, FrozenFrame, ProofRecord
from bulksms.ledger.witness_file import Intent

__all__ = ["ClaimBook"]


# Where certainly nobody has the text.
SPLITTABLE = frozenset({FrameState.PLANNED, FrameState.REFUSED})


class ClaimBook(TrustBook):
    """What the sender does to frames; each method is one transaction.

    Claims and answers of several threads may share one.
    """

    _together: Together
    _marks: dict[int, tuple[str, str]]

    def claim(
        self, campaign_id: int, number: int, now: datetime, known: FrameRecord | None = None
    ) -> bool:
        """Take a planned frame for posting; on the disk before this returns.

        False when it is not planned any more: somebody else has it, or it is settled. False as
        well when somebody in it opted out, and when it is not the frame that is `known`, with
        other bytes, say: the look at both and the claim are one transaction.

        Raises:
            LedgerRolledBack: the ledger knows less than its witnesses.
            LedgerError: it could not be written down; the frame must not be posted.
        """
        return self._take((campaign_id, number), FrameState.PLANNED, now, known)

    def reclaim(self, campaign_id: int, number: int, now: datetime, proof: ProofRecord) -> bool:
        """Take a frame in doubt for posting the very same once more; on the disk when it returns.

        False when it is not in doubt any more, or when somebody in it opted out: the same bytes
        would text them.

        Raises:
            LedgerError: the proof is none, or too old: the repeat might text people twice.
        """
        if not proof.valid(now, proof.base_url):
            raise LedgerError(
                f"Frame {number} is in doubt and nothing proves that a repeat is refused: "
                "`bulksms doubt` settles it."
            )
        return self._take((campaign_id, number), FrameState.IN_DOUBT, now)

    def moments_since_posted(
        self, campaign_id: int, number: int, request_id: str
    ) -> list[datetime]:
        """List when a campaign changed, in the order of writing, since the first post of an id.

        The first of them is that post; empty when there was none.
        """
        with self._storage.reading() as connection:
            return statements.moments_since_posted(connection, campaign_id, number, request_id)

    def last_number(self, campaign_id: int) -> int:
        """Give the highest number of a frame; parts of frames come after it."""
        with self._storage.reading() as connection:
            return statements.last_number(connection, campaign_id)

    def split(
        self,
        campaign_id: int,
        number: int,
        parts: Sequence[FrozenFrame],
        now: datetime,
        **answer: Unpack[Answer],
    ) -> None:
        """Plan a frame's people in smaller frames of their own, and drop it, empty.

        Its bytes stay as a witness of what was posted.

        Raises:
            LedgerError: it is neither planned nor refused, or the parts are not the whole.
        """
        whole = self.frame(campaign_id, number)
        stands = whole.state
        if sum(part.contacts for part in parts) != whole.contacts or stands not in SPLITTABLE:
            raise LedgerError(
                f"Frame {number} is {stands} and cannot be split: nothing was posted."
            )
        values = {"state": FrameState.DROPPED.value, "contacts": 0, "finished_at": now, **answer}
        with self._storage.writing() as connection:
            if not transitions.change_frame(connection, (campaign_id, number), stands, now, values):
                raise LedgerError(f"Frame {number} is not {stands} any more: resume is safe.")
            statements.insert_frames(connection, campaign_id, parts)

    def record(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        *,
        patient: bool = False,
        **answer: Unpack[Answer],
    ) -> None:
        """Write down what became of a claimed frame; `planned` when it was certainly not taken.

        With `patient` the next claim of another thread, if it comes within milliseconds, shares
        the transaction.

        Raises:
            LedgerError: the frame was not claimed.
        """
        place = (campaign_id, number)
        finished = None if state is FrameState.PLANNED else now
        values = {"state": state.value, "finished_at": finished, "repeatable": False, **answer}

        def change(connection: sa.Connection) -> None:
            change_or_refuse(connection, place, FrameState.INTENT, now, values)

        self._together.write(change, patient=patient, answers=True)

    def doubt_left_by_crash(self, campaign_id: int, now: datetime) -> int:
        """Put in doubt every frame a dead run left on its way; only under the campaign's lock."""
        with self._storage.writing() as connection:
            return transitions.doubt_intents(connection, campaign_id, now, attempts.CRASHED)

    def _take(
        self,
        place: tuple[int, int],
        expected: FrameState,
        now: datetime,
        known: FrameRecord | None = None,
    ) -> bool:
        """Write down that a frame is about to be posted."""
        if not self._trusted:
            self.trust()
        same = None if known is None else (known.digest, known.attempts)

        def take(connection: sa.Connection) -> Intent | None:
            self._together.refuse_after_refusal()
            if self._said_no(connection, place):
                return None
            taken = transitions.take_frame(connection, place, expected, now, known=same)
            return None if taken is None else self._told(connection, taken, now)

        return self._together.write(take) is not None

    def _said_no(self, connection: sa.Connection, place: tuple[int, int]) -> bool:
        """Whether somebody in a frame opted out."""
        return len(opted_out_of(connection, *place)) > 0

    def _told(self, connection: sa.Connection, taken: Mapping[str, Any], now: datetime) -> Intent:
        """Say what the witnesses are to hear of a frame that was taken."""
        campaign_id = taken["campaign_id"]
        if campaign_id not in self._marks:
            self._marks[campaign_id] = attempts.marks_of(connection, campaign_id)
        return attempts.intent_of(taken, now, *self._marks[campaign_id])
