"""Claims of frames to be posted, and the API's answers to the posts.

A frame is claimed by compare-and-set; a claim without an outcome is claimed again only with
the very same bytes, and only where a repeat is known to be refused.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Unpack

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.campaigns.read_totals import committed_money, has_unpriced_in_flight
from bulksms.ledger.frame_states import attempts, transitions
from bulksms.ledger.frame_states.transitions import FrameKey, PostedAs, PostedBy
from bulksms.ledger.people.members import (
    any_left_out,
    opted_out_among,
    phone_numbers,
    unpack_numbers,
)
from bulksms.ledger.posts import own_posts
from bulksms.ledger.posts.group_commit import FrameCommit, Shortcut
from bulksms.ledger.records.frame_records import (
    FirstPost,
    FrameRecord,
    FrameState,
    ProofRecord,
    RecordedAnswer,
)
from bulksms.ledger.records.shared_records import ClaimTerms
from bulksms.ledger.recovery.reconcile import Reconciler
from bulksms.ledger.schema.row_values import is_frame
from bulksms.ledger.schema.tables import entry, frame, holder, shared_run
from bulksms.ledger.sharing.holders import end_expired
from bulksms.ledger.storage import Storage, repeatable
from bulksms.ledger.witness.witness_file import Intent

__all__ = ["Claims"]

RELEASED = "released: its worker slept, or the ledger was slow, for too long; nothing was posted"


class Claims:
    """The posts of a ledger's frames; each method is one transaction.

    Claims and answers of several threads may share one.
    """

    def __init__(self, storage: Storage, reconciler: Reconciler, commit: FrameCommit) -> None:
        self._storage, self._reconciler, self._commit = storage, reconciler, commit
        self._guard = threading.Lock()
        self._campaigns: dict[int, tuple[str, str]] = {}  # names and text fingerprints by id
        self._is_anybody_erased = False  # at the last claim that asked

    def claim(  # noqa: PLR0913 - what is checked and written in one transaction
        self,
        campaign_id: int,
        number: int,
        now: datetime,
        version: FrameRecord | None = None,
        *,
        account: str | None = None,
        server_time: datetime | None = None,
        terms: ClaimTerms | None = None,
        packed_members: bytes | None = None,
    ) -> bool:
        """Take a planned frame for posting under an account; on the disk before this returns.

        `server_time` is the API's own time now, as far as it is known. A worker that shares the
        campaign claims on `terms`. With the `packed_members` of this `version` a claim on a
        server is one trip.

        False when it is no longer planned, when an order pauses or stops its campaign, when
        someone in it opted out, when it differs from `version`, in its bytes, say, and when
        the terms do not hold: these checks and the claim are one transaction.

        Raises:
            LedgerRolledBack: the ledger knows less than its witnesses.
            LedgerError: it could not be written down; the frame must not be posted.
        """
        key, posted_as = (campaign_id, number), (account, server_time)
        return self._claim(
            key, FrameState.PLANNED, now, posted_as, version, terms, packed_members=packed_members
        )

    def reclaim(  # noqa: PLR0913 - as for a claim
        self,
        campaign_id: int,
        number: int,
        now: datetime,
        proof: ProofRecord,
        version: FrameRecord | None = None,
        *,
        server_time: datetime | None = None,
        terms: ClaimTerms | None = None,
    ) -> bool:
        """Take a frame in doubt for the very same post; durable when this returns.

        False when it is no longer in doubt, when an order pauses or stops its campaign, when
        someone in it opted out (the same bytes would text them), when it differs from `version`,
        and when it was posted under another account than that of the proof, or an unknown one.

        Raises:
            LedgerError: the proof is invalid or too old: the repeat might text people twice.
        """
        if not proof.valid(now, proof.base_url):
            raise LedgerError(
                f"Frame {number} is in doubt and nothing proves that a repeat is refused: "
                "`bulksms doubt` settles it.",
                code="request_in_doubt",
                number=number,
            )
        key, posted_as = (campaign_id, number), (proof.account, server_time)
        return self._claim(key, FrameState.IN_DOUBT, now, posted_as, version, terms)

    def record(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        *,
        may_delay: bool = False,
        claimed_by: PostedBy | None = None,
        **answer: Unpack[RecordedAnswer],
    ) -> None:
        """Record what became of a claimed frame; `planned` when it was certainly not taken.

        With `may_delay` it may wait some milliseconds, to share a transaction with the next
        claim of another thread. `claimed_by` is the worker, if it was one, and which post of the
        frame it was: if its sender was taken for dead meanwhile, a late answer still proves that
        the frame was accepted, and any other leaves it in doubt.

        Raises:
            CampaignTakenOver: it is recorded, and another process continues the campaign.
            LedgerError: the frame was not claimed, or others went on with it.
        """
        key = (campaign_id, number)
        finished = None if state is FrameState.PLANNED else now
        values = {"state": state, "finished_at": finished, "repeatable": False, **answer}

        def change(connection: sa.Connection, *, is_retry: bool) -> None:
            own_posts.record_answer(connection, key, now, values, claimed_by, is_retry=is_retry)

        shortcut = None
        if self._storage.is_shared:
            usual = transitions.change_of(key, FrameState.INTENT, now, values, posted_by=claimed_by)
            shortcut = Shortcut(change=usual)
        self._commit.write(change, shortcut=shortcut, may_delay=may_delay, records_answer=True)

    def tell_delays(self, on_delay: Callable[[LedgerError], None]) -> None:
        """Tell why an answer waits to be recorded, once until one is again."""
        self._commit.on_delay = on_delay

    def release(self, campaign_id: int, number: int, now: datetime, claimed_by: PostedBy) -> None:
        """Plan a frame again that was claimed and not posted, by this very claim.

        One that is in doubt by now stays so: someone may have read that already.
        """
        key, values = (campaign_id, number), {"state": FrameState.PLANNED, "message": RELEASED}
        with self._storage.writing() as connection:
            transitions.change_frame(
                connection, key, FrameState.INTENT, now, values, posted_by=claimed_by
            )

    @repeatable
    def first_post(self, campaign_id: int, number: int, request_id: str) -> FirstPost | None:
        """Read the first post of a request id, and the times of later changes."""
        posted = entry.c.state == FrameState.INTENT, entry.c.request_id == request_id
        first = sa.select(entry).where(is_frame(entry, campaign_id, number), *posted)
        with self._storage.reading() as connection:
            row = connection.execute(first.order_by(entry.c.id).limit(1)).one_or_none()
            if row is None:
                return None
            later = entry.c.campaign_id == campaign_id, entry.c.id >= row.id
            in_order = sa.select(entry.c.at).where(*later).order_by(entry.c.id)
            times = tuple(connection.scalars(in_order))
        return FirstPost(at=row.at, account=row.account, server_time=row.server_time, times=times)

    def doubt_in_flight(self, campaign_id: int, now: datetime) -> int:
        """Put in doubt every frame that a crashed run or a dead worker left in flight.

        The caller holds the lock of the campaign.

        Raises:
            LedgerBusy: another process took that lock over, and its frames are in flight.
        """
        with self._storage.writing() as connection:
            self._storage.locks.refuse_if_lost()
            end_expired(connection, self._storage.database_time(connection))
            alive = sa.select(holder.c.id).where(holder.c.ended_at.is_(None))
            has_no_worker = sa.or_(frame.c.holder.is_(None), frame.c.holder.not_in(alive))
            left = sa.and_(frame.c.campaign_id == campaign_id, has_no_worker)
            return len(transitions.doubt_intents(connection, left, now, attempts.CRASHED))

    def forbid_repeat(self, campaign_id: int, number: int, now: datetime) -> None:
        """Keep a frame that may have left from being posted again by itself.

        The caller holds the lock of the campaign, in which a crashed run left an intent.
        """
        key = (campaign_id, number)
        with self._storage.writing() as connection:
            transitions.doubt_intent(connection, key, now, attempts.CRASHED)
            connection.execute(
                sa.update(frame).where(is_frame(frame, *key)).values(repeatable=False)
            )

    def _claim(  # noqa: PLR0913 - as for a claim
        self,
        key: FrameKey,
        expected: FrameState,
        now: datetime,
        posted_as: PostedAs,
        version: FrameRecord | None = None,
        terms: ClaimTerms | None = None,
        *,
        packed_members: bytes | None = None,
    ) -> bool:
        """Write down that a frame is about to be posted."""
        self._reconciler.verify_once()
        name, text = self._name_and_text(key[0])  # may wait for a server, so before the locks
        self._storage.locks.refuse_if_lost()
        claim_of = partial(
            transitions.claim_of,
            key,
            expected,
            now,
            version=None if version is None else (version.digest, version.attempts),
            posted_as=posted_as,
            terms=terms,
        )
        intent_of = partial(attempts.intent_of, name=name, text=text)

        def claim(connection: sa.Connection, *, is_retry: bool) -> Intent | None:
            if is_retry and (own := transitions.find_claim(connection, key, now, posted_as, terms)):
                return intent_of(own)
            self._commit.refuse_after_lost_answer()
            if self._has_opted_out_member(connection, key):
                return None
            account = posted_as[0]
            if expected is FrameState.IN_DOUBT and not attempts.was_posted_only_under(
                connection, key, account
            ):
                return None
            if terms is not None and not _may_start(connection, key[0], terms):
                return None
            claimed = claim_of().execute(connection)
            return None if claimed is None else intent_of(claimed)

        asks_more = expected is FrameState.IN_DOUBT or (terms is not None and terms.asks_more)
        may_travel = self._storage.is_shared and not asks_more and not self._is_anybody_erased
        shortcut = None
        if may_travel and version and packed_members:
            members = unpack_numbers(packed_members).tolist()
            shortcut = Shortcut(change=claim_of(unless_left_out=members), intent_of=intent_of)
        return self._commit.write(claim, shortcut=shortcut) is not None

    def _has_opted_out_member(self, connection: sa.Connection, key: FrameKey) -> bool:
        opted_out, self._is_anybody_erased = any_left_out(connection)
        if not opted_out and not self._is_anybody_erased:
            return False
        return len(opted_out_among(connection, phone_numbers(connection, *key))) > 0

    @repeatable
    def _name_and_text(self, campaign_id: int) -> tuple[str, str]:
        """Read what the witnesses know a campaign by; once, since it never changes."""
        with self._guard:
            if campaign_id not in self._campaigns:
                with self._storage.reading() as connection:
                    known_by = attempts.name_and_text(connection, campaign_id)
                self._campaigns[campaign_id] = known_by
            return self._campaigns[campaign_id]


def _may_start(connection: sa.Connection, campaign_id: int, terms: ClaimTerms) -> bool:
    """Whether no other frame in flight is in the way of one that starts now.

    Workers that ask this at the same time do so one after the other.
    """
    if not terms.asks_more:
        return True
    run = sa.select(shared_run.c.version).where(shared_run.c.campaign_id == campaign_id)
    connection.execute(run.with_for_update())
    if terms.alone:
        in_flight = frame.c.campaign_id == campaign_id, frame.c.state == FrameState.INTENT
        if connection.scalar(sa.select(frame.c.number).where(*in_flight).limit(1)) is not None:
            return False
    if terms.max_cost is None:
        return True
    return (
        not has_unpriced_in_flight(connection, campaign_id)
        and committed_money(connection, campaign_id) < terms.max_cost
    )
