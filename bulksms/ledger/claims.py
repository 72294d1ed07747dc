"""Who may post a frame, and the API's answer to the post.

A frame is claimed by compare-and-set; a claim without an outcome is claimed again only with
the very same bytes, and only where a repeat is known to be refused.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger import attempts, transitions
from bulksms.ledger.group_commit import GroupCommit
from bulksms.ledger.members import opted_out_members
from bulksms.ledger.reconcile import Reconciler
from bulksms.ledger.records import Answer, FrameRecord, FrameState, ProofRecord
from bulksms.ledger.storage import Storage
from bulksms.ledger.tables import entry, frame
from bulksms.ledger.transitions import FrameKey
from bulksms.ledger.witness_file import Intent

__all__ = ["Claims"]


class Claims:
    """The posts of a ledger's frames; each method is one transaction.

    Claims and answers of several threads may share one.
    """

    def __init__(self, storage: Storage, reconciler: Reconciler, group_commit: GroupCommit) -> None:
        self._storage, self._reconciler = storage, reconciler
        self._group_commit = group_commit
        self._campaigns: dict[int, tuple[str, str]] = {}  # names and text fingerprints by id

    def claim(
        self, campaign_id: int, number: int, now: datetime, version: FrameRecord | None = None
    ) -> bool:
        """Take a planned frame for posting; on the disk before this returns.

        False when it is no longer planned, when somebody in it opted out, and when it differs
        from `version`, in its bytes, say: these checks and the claim are one transaction.

        Raises:
            LedgerRolledBack: the ledger knows less than its witnesses.
            LedgerError: it could not be written down; the frame must not be posted.
        """
        return self._claim((campaign_id, number), FrameState.PLANNED, now, version)

    def reclaim(self, campaign_id: int, number: int, now: datetime, proof: ProofRecord) -> bool:
        """Take a frame in doubt for the very same post; on the disk before this returns.

        False when it is no longer in doubt, or when somebody in it opted out: the same bytes
        would text them.

        Raises:
            LedgerError: the proof is invalid or too old: the repeat might text people twice.
        """
        if not proof.valid(now, proof.base_url):
            raise LedgerError(
                f"Frame {number} is in doubt and nothing proves that a repeat is refused: "
                "`bulksms doubt` settles it."
            )
        return self._claim((campaign_id, number), FrameState.IN_DOUBT, now)

    def record(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        *,
        may_delay: bool = False,
        **answer: Unpack[Answer],
    ) -> None:
        """Record what became of a claimed frame; `planned` when it was certainly not taken.

        With `may_delay` it may wait some milliseconds, to share a transaction with the next
        claim of another thread.

        Raises:
            LedgerError: the frame was not claimed.
        """
        key = (campaign_id, number)
        finished = None if state is FrameState.PLANNED else now
        values = {"state": state.value, "finished_at": finished, "repeatable": False, **answer}

        def change(connection: sa.Connection) -> None:
            transitions.change_or_refuse(connection, key, FrameState.INTENT, now, values)

        self._group_commit.write(change, may_delay=may_delay, records_answer=True)

    def times_since_first_post(
        self, campaign_id: int, number: int, request_id: str
    ) -> list[datetime]:
        """List the times of a campaign's changes, as written, from the first post of an id on.

        The first of them is that post; empty when there was none.
        """
        posted = sa.and_(entry.c.number == number, entry.c.state == FrameState.INTENT.value)
        first = sa.select(sa.func.min(entry.c.id)).where(
            entry.c.campaign_id == campaign_id, posted, entry.c.request_id == request_id
        )
        later = sa.and_(entry.c.campaign_id == campaign_id, entry.c.id >= first.scalar_subquery())
        with self._storage.reading() as connection:
            return list(connection.scalars(sa.select(entry.c.at).where(later).order_by(entry.c.id)))

    def doubt_in_flight(self, campaign_id: int, now: datetime) -> int:
        """Put in doubt every frame that a crashed run left in flight; under the campaign's lock."""
        with self._storage.writing() as connection:
            return transitions.doubt_intents(connection, campaign_id, now, attempts.CRASHED)

    def forbid_repeat(self, campaign_id: int, number: int, now: datetime) -> None:
        """Keep a frame that may have left from being posted again by itself.

        To be called under the campaign's lock, where an intent was left by a crashed run.
        """
        here = sa.and_(frame.c.campaign_id == campaign_id, frame.c.number == number)
        doubt = {
            "state": FrameState.IN_DOUBT.value,
            "message": attempts.CRASHED,
            "finished_at": now,
        }
        with self._storage.writing() as connection:
            key = (campaign_id, number)
            transitions.change_frame(connection, key, FrameState.INTENT, now, doubt)
            connection.execute(sa.update(frame).where(here).values(repeatable=False))

    def _claim(
        self,
        key: FrameKey,
        expected: FrameState,
        now: datetime,
        version: FrameRecord | None = None,
    ) -> bool:
        """Write down that a frame is about to be posted."""
        self._reconciler.verify_once()
        same = None if version is None else (version.digest, version.attempts)

        def claim(connection: sa.Connection) -> Intent | None:
            self._group_commit.refuse_after_lost_answer()
            if self._has_opted_out_member(connection, key):
                return None
            claimed = transitions.claim_frame(connection, key, expected, now, version=same)
            return None if claimed is None else self._intent(connection, claimed, now)

        return self._group_commit.write(claim) is not None

    def _has_opted_out_member(self, connection: sa.Connection, key: FrameKey) -> bool:
        return len(opted_out_members(connection, *key)) > 0

    def _intent(
        self, connection: sa.Connection, claimed: Mapping[str, Any], now: datetime
    ) -> Intent:
        """Build the witnesses' line for a claimed frame."""
        campaign_id = claimed["campaign_id"]
        if campaign_id not in self._campaigns:
            self._campaigns[campaign_id] = attempts.name_and_text(connection, campaign_id)
        return attempts.intent_of(claimed, now, *self._campaigns[campaign_id])
