"""Posts one frame: claim on the disk, post, answer on the disk, and only then everything else."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bulksms.clock import Clock
from bulksms.ledger import (
    LEASE,
    CampaignRecord,
    ClaimTerms,
    FrameRecord,
    FrameState,
    Ledger,
    ProofRecord,
)
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.connections import Lease
from bulksms.sender.decide import Decision, FrameHistory, accepted_short_share, decide
from bulksms.sender.interface import Observer, Pacing, RunOutcome, StopCause
from bulksms.sender.prefetch import BodyPrefetch
from bulksms.sender.reframe import MIN_HALF, FrameSplitter, RowLookup, remove_contacts
from bulksms.sender.safe_repeat import PostHistory, SafeRepeat, post_history
from bulksms.sender.spending import Spending
from bulksms.sender.suspension import MachineSuspendedError, SuspensionCheck

__all__ = ["FramePoster", "PostResult"]

# Reads of a frame that changes before its claim. A worker also reads what else others changed.
MAX_READS = 5
MAX_CLAIM_AGE = LEASE.total_seconds() / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """A frame as it was posted, the decision, and its record afterwards where that is known."""

    frame: FrameRecord
    decision: Decision
    accepted: FrameRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadFrame:
    """A frame to claim, the bytes to post, and the earlier posts of its request id."""

    frame: FrameRecord
    body: bytes
    packed_members: bytes | None = None
    history: PostHistory = PostHistory()  # noqa: RUF009 - frozen


class FramePoster:
    """Posts the frames of one campaign; shared by the workers of a run."""

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        ledger: Ledger,
        campaign: CampaignRecord,
        pacing: Pacing,
        clock: Clock,
        observer: Observer,
        *,
        proof: ProofRecord | None,
        row_lookup: RowLookup | None,
        clock_check: ClockCheck,
    ) -> None:
        self.ledger, self.campaign, self.pacing = ledger, campaign, pacing
        self.clock, self.observer, self.clock_check = clock, observer, clock_check
        self.prefetch = BodyPrefetch(ledger, campaign.id, pacing.concurrency)
        self.safe_repeat = SafeRepeat(ledger, campaign, proof, clock, clock_check)
        self._splitter = FrameSplitter(ledger, campaign, row_lookup)
        self._observer_lock = threading.Lock()
        self._suspension = SuspensionCheck(clock)
        self.has_begun = False  # whether an earlier run has posted anything of the campaign
        self._opt_outs_removed = bool(campaign.parameters.get("auto_delete_optout_contacts"))
        self._accepted_short_share = 1.0 if pacing.accept_short_frames else 0.0

    def note(self, sentence: str) -> None:
        """Pass a sentence to the observer."""
        with self._observer_lock:
            self.observer.note(sentence)

    def settled(self, record: FrameRecord) -> None:
        """Pass a settled frame to the observer."""
        with self._observer_lock:
            self.observer.frame_settled(record)

    def note_short_frames(self, frames: Sequence[FrameRecord]) -> None:
        """Take short frames of earlier runs as accepted, since the campaign was resumed."""
        share = accepted_short_share(frames, opt_outs_removed=self._opt_outs_removed)
        self._accepted_short_share = max(self._accepted_short_share, share)

    def read(self, number: int) -> FrameRecord:
        """Read a frame from the ledger."""
        return self.ledger.frames.get(self.campaign.id, number)

    def extend(self, until: datetime) -> None:
        """Let the campaign expire later, since sending continues after the wait for the hours."""
        expires_at = self.campaign.expires_at
        if expires_at is not None and expires_at < until:
            self.ledger.campaigns.extend(self.campaign.id, until)
            self.campaign = replace(self.campaign, expires_at=until)

    def post(
        self,
        number: int,
        lease: Lease,
        spending: Spending,
        delay_others: Callable[[Decision], None],
        unchanged: FrameRecord | None = None,
        terms: ClaimTerms | None = None,
    ) -> PostResult | None:
        """Claim a frame, post it and record the answer; None when it may not be posted.

        Nothing may come between these three, so what they need is gathered before; only what
        takes no time comes first: others are delayed if the API asks for it, and the connection
        is given back if the answer is good. A frame that is still `unchanged` need not be read
        again. A worker claims on `terms`.

        Raises:
            MachineSuspendedError: nothing was posted: the hours may have closed meanwhile.
        """
        now, key = self.clock.now(), (self.campaign.id, number)
        before_claim = self._suspension.moment()
        claimed = None if unchanged is None else self._claim_unchanged(unchanged, now, terms)
        claimed = claimed or self._claim(number, lease, now, terms)
        if claimed is None:
            return None
        frame, repeated = claimed.frame, claimed.frame.state is FrameState.IN_DOUBT
        claimed_by = (None if terms is None else terms.holder, frame.attempts + 1)
        if self._suspension.since(before_claim) > MAX_CLAIM_AGE:
            self._give_back(frame, claimed_by)
            raise MachineSuspendedError
        sent_at = self.clock.monotonic()
        outcome = lease.post(claimed.body)
        history = self._history(claimed.history, spending, protected=repeated)
        decision = decide(frame, outcome, history)
        delay_others(decision)
        answered = self.clock.now()
        good = decision.is_accepted and decision.end is None
        may_delay = good and lease.give_back()
        self.ledger.claims.record(
            *key,
            decision.state,
            answered,
            may_delay=may_delay,
            claimed_by=claimed_by,
            **decision.answer,
        )
        self.clock_check.learn(outcome.date, sent_at)
        # No other thread has the frame, so that its usual end need not be read again.
        is_final = decision.is_accepted and not repeated
        accepted = _accepted(frame, decision, now, answered) if is_final else None
        decision = self._follow_up(frame, decision, lease)
        return PostResult(frame=frame, decision=decision, accepted=accepted)

    def _give_back(self, frame: FrameRecord, claimed_by: tuple[str | None, int]) -> None:
        """Plan a frame again that was claimed and not posted; one in doubt stays in doubt."""
        now, key = self.clock.now(), (self.campaign.id, frame.number)
        self.note(f"Frame {frame.number} was not posted: the machine slept or the ledger was slow.")
        if frame.state is FrameState.IN_DOUBT:
            self.ledger.claims.record(
                *key,
                FrameState.IN_DOUBT,
                now,
                claimed_by=claimed_by,
                message=frame.message,
                repeatable=frame.repeatable,
            )
        else:
            self.ledger.claims.release(*key, now, claimed_by)

    def _claim_unchanged(
        self, frame: FrameRecord, now: datetime, terms: ClaimTerms | None
    ) -> _ReadFrame | None:
        """Claim a frame that was never posted, if it is unchanged and none of its people opted out.

        The claim itself checks both.
        """
        if frame.state is not FrameState.PLANNED or frame.attempts:
            return None
        packed = self.prefetch.body(frame)
        if packed is None:
            return None
        read = _ReadFrame(frame=frame, body=packed.unpack(), packed_members=packed.members)
        return read if self._claim_as_read(read, now, terms) else None

    def _claim(
        self, number: int, lease: Lease, now: datetime, terms: ClaimTerms | None
    ) -> _ReadFrame | None:
        """Claim a frame as it is now, without the contacts that opted out."""
        key = (self.campaign.id, number)
        for _ in range(MAX_READS if terms is None else 1):
            if self.ledger.orders.in_force(self.campaign.id) is not None:
                return None
            frame = self._read_without_opt_outs(number, now)
            repeated = frame.state is FrameState.IN_DOUBT
            if not repeated and frame.state is not FrameState.PLANNED:
                return None
            body = self.ledger.frames.body(*key)
            entries = self.ledger.frames.entries(*key) if frame.attempts else ()
            history = post_history(entries, frame.request_id)
            read = _ReadFrame(frame=frame, body=body, history=history)
            if repeated:
                return read if self._reclaim(frame, lease, terms) else None
            if self._claim_as_read(read, now, terms):
                return read
        return None

    def _claim_as_read(self, read: _ReadFrame, now: datetime, terms: ClaimTerms | None) -> bool:
        """Claim a planned frame under the campaign's account, if it is still as it was read."""
        return self.ledger.claims.claim(
            self.campaign.id,
            read.frame.number,
            now,
            read.frame,
            account=self.campaign.account,
            server_time=self.clock_check.agreed_time(),
            terms=terms,
            packed_members=read.packed_members,
        )

    def _read_without_opt_outs(self, number: int, now: datetime) -> FrameRecord:
        """Read a frame; contacts that opted out are removed from it if it is still planned."""
        frame = self.read(number)
        if frame.state is not FrameState.PLANNED:
            return frame
        opted_out = self.ledger.opt_outs.in_frame(self.campaign.id, number)
        if not len(opted_out):
            return frame
        return remove_contacts(self.ledger, self.campaign, number, opted_out, now)

    def _reclaim(self, frame: FrameRecord, lease: Lease, terms: ClaimTerms | None) -> bool:
        """Claim a frame in doubt for exactly the same post, if that cannot text anyone twice."""
        repeat, proof = self.safe_repeat, self.safe_repeat.proof
        if proof is None or not (repeat.may_apply(frame) and repeat.applies(frame, lease)):
            return False
        return self.ledger.claims.reclaim(
            self.campaign.id,
            frame.number,
            self.clock.now(),
            proof,
            frame,
            server_time=self.clock_check.agreed_time(),
            terms=terms,
        )

    def _history(
        self, history: PostHistory, spending: Spending, *, protected: bool
    ) -> FrameHistory:
        proof = self.safe_repeat.proof
        return FrameHistory(
            posted_before=history.posts > 0,
            unknown_before=history.unknown,
            protected=protected,
            refusals_burn=proof.refusals_burn if proof else None,
            opt_outs_removed=self._opt_outs_removed,
            accepted_short_share=self._accepted_short_share,
            simulated=bool(self.campaign.parameters.get("simulation_mode")),
            spending=spending,
        )

    def _follow_up(self, frame: FrameRecord, decision: Decision, lease: Lease) -> Decision:
        """Decide what may follow, once the answer is safe on the disk."""
        if decision.state is FrameState.IN_DOUBT and decision.repeat:
            return replace(decision, repeat=self.safe_repeat.applies(frame, lease))
        if decision.state is FrameState.REFUSED:
            isolate = self.pacing.isolate_refused and decision.split
            is_part = isolate and (frame.contacts > 1 or frame.parent is not None)
            return replace(decision, split=isolate and frame.contacts > 1, is_part=is_part)
        if decision.split and frame.contacts < 2 * MIN_HALF:
            reason = f"Octopush says that even a frame of {frame.contacts:,} contacts is too large."
            end = RunOutcome(state="stopped", reason=reason, cause=StopCause.ACCOUNT)
            return replace(decision, split=False, repeat=False, end=end)
        return decision

    def cut(self, frame: FrameRecord, why: str) -> list[FrameRecord]:
        """Plan the contacts of a frame in two frames of their own, and drop it."""
        halves, message = self._splitter.cut(frame, why, self.clock.now())
        self.settled(self.read(frame.number))
        self.note(f"Frame {frame.number} was cut in two: {message}")
        return halves


def _accepted(
    frame: FrameRecord, decision: Decision, claimed_at: datetime, answered_at: datetime
) -> FrameRecord:
    """The record of a frame that was posted and accepted, as the ledger has it."""
    return replace(
        frame,
        **decision.answer | {"repeatable": False},
        state=decision.state,
        attempts=frame.attempts + 1,
        started_at=claimed_at,
        finished_at=answered_at,
        doubted=False,
    )
