"""One run of one campaign: what its workers share, and how a post is prepared and written down.

The order is the promise: claim on the disk, post, answer on the disk, and only then
everything else.
"""

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from bulksms.clock import Clock
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.connections import Lease
from bulksms.sender.decide import Decision, FrameHistory, decide
from bulksms.sender.interface import Observer, Pacing, RunOutcome, StopCause
from bulksms.sender.leaving_out import remove_contacts
from bulksms.sender.prefetch import BodyPrefetch
from bulksms.sender.reframe import LEAST_HALF, FrameSplitter, RowLookup
from bulksms.sender.safe_repeat import SafeRepeat
from bulksms.sender.spending import Spending
from bulksms.sender.window import PostHistory, ServerTime, past_of

__all__ = ["FramePoster"]

# How often a frame is looked at anew because it changed between the look and the claim.
LOOKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A frame as it was posted, what the answer makes of it, and how it stands if it was taken."""

    frame: FrameRecord
    decision: Decision
    taken: FrameRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A frame that is claimed as it stands here, the bytes to post, and earlier posts of its id."""

    frame: FrameRecord
    body: bytes
    past: PostHistory = PostHistory()  # noqa: RUF009 - frozen


class FramePoster:
    """What the workers of a run share."""

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        ledger: Ledger,
        campaign: CampaignRecord,
        pacing: Pacing,
        clock: Clock,
        observer: Observer,
        *,
        proof: ProofRecord | None,
        rows: RowLookup | None,
    ) -> None:
        self.ledger, self.campaign, self.pacing = ledger, campaign, pacing
        self.clock, self.observer = clock, observer
        self.ahead = BodyPrefetch(ledger, campaign.id, pacing.concurrency)
        self.protection = SafeRepeat(ledger, campaign.id, proof, clock)
        self._splitting = FrameSplitter(ledger, campaign, rows)
        self._talking = threading.Lock()  # observers are told one thing at a time
        self._cutting = threading.Lock()  # parts are numbered one frame at a time
        self._too_large: int | None = None

    def note(self, sentence: str) -> None:
        """Tell the observer something."""
        with self._talking:
            self.observer.note(sentence)

    def settled(self, number: int) -> None:
        """Tell the observer of a frame, as the ledger has it."""
        self.tell(self.ledger.frames.get(self.campaign.id, number))

    def tell(self, record: FrameRecord) -> None:
        """Tell the observer of a frame as it stands."""
        with self._talking:
            self.observer.frame_settled(record)

    def extend(self, until: datetime) -> None:
        """Let the campaign live longer: who asked to wait for the hours meant it to go on then."""
        expires_at = self.campaign.expires_at
        if expires_at is not None and expires_at < until:
            self.ledger.campaigns.extend(self.campaign.id, until)
            self.campaign = replace(self.campaign, expires_at=until)

    def post(
        self, number: int, wire: Lease, spending: Spending, known: FrameRecord | None = None
    ) -> Posted | None:
        """Claim a frame, post it and write the answer down; none when it may not be posted.

        Nothing else may come between these three, so what they need is gathered before; only the
        wire is given back, if the answer is good. A frame that is still what is `known` of it need
        not be read again.
        """
        now, place = self.clock.now(), (self.campaign.id, number)
        ready = None if known is None else self._still_fresh(known, now)
        ready = ready or self._looked_at(number, wire, now)
        if ready is None:
            return None
        frame, again = ready.frame, ready.frame.state is FrameState.IN_DOUBT
        outcome = wire.post(ready.body)
        decision = decide(frame, outcome, self._terms(ready.past, spending, protected=again))
        answered = self.clock.now()
        good = decision.is_taken and decision.end is None
        followed = good and wire.give_back()
        self.ledger.claims.record(
            *place, decision.state, answered, may_delay=followed, **decision.answer
        )
        if outcome.date is not None:
            heard = self.clock.monotonic()
            self.protection.hear(ServerTime(told=outcome.date, heard=heard))
        # Nobody else has the frame, so that the commonest ending need not be read again.
        taken = _taken(frame, decision, now, answered) if decision.is_taken and not again else None
        return Posted(frame=frame, decision=self._afterwards(frame, decision, wire), taken=taken)

    def _still_fresh(self, known: FrameRecord, now: datetime) -> _Ready | None:
        """Claim a frame that was never posted, if it is still what is known and nobody said no.

        Whether it is and did is looked up in the claim itself.
        """
        if known.state is not FrameState.PLANNED or known.attempts:
            return None
        body = self.ahead.body(known)
        if body is None or not self.ledger.claims.claim(self.campaign.id, known.number, now, known):
            return None
        return _Ready(frame=known, body=body)

    def _looked_at(self, number: int, wire: Lease, now: datetime) -> _Ready | None:
        """Claim a frame as it stands now, without whoever opted out."""
        place = (self.campaign.id, number)
        for _ in range(LOOKS):
            frame = self._as_it_stands(number, now)
            again = frame.state is FrameState.IN_DOUBT
            if not again and frame.state is not FrameState.PLANNED:
                return None
            body = self.ledger.frames.body(*place)
            entries = self.ledger.frames.entries(*place) if frame.attempts else ()
            ready = _Ready(frame=frame, body=body, past=past_of(entries, frame.request_id))
            if again:
                return ready if self._reclaimed(frame, wire) else None
            if self.ledger.claims.claim(*place, now, frame):
                return ready
        return None

    def _as_it_stands(self, number: int, now: datetime) -> FrameRecord:
        """Read a frame, without whoever opted out if it is still planned."""
        frame = self.ledger.frames.get(self.campaign.id, number)
        if frame.state is not FrameState.PLANNED:
            return frame
        gone = self.ledger.opt_outs.in_frame(self.campaign.id, number)
        return (
            remove_contacts(self.ledger, self.campaign, number, gone, now) if len(gone) else frame
        )

    def _reclaimed(self, frame: FrameRecord, wire: Lease) -> bool:
        """Take a frame in doubt for the very same post, if that can text nobody twice."""
        proof = self.protection.proof
        if proof is None or not self.protection.may_cover(frame):
            return False
        if not self.protection.covers(frame, wire):
            return False
        return self.ledger.claims.reclaim(self.campaign.id, frame.number, self.clock.now(), proof)

    def _terms(self, past: PostHistory, spending: Spending, *, protected: bool) -> FrameHistory:
        proof = self.protection.proof
        asked = self.campaign.parameters.get("auto_delete_optout_contacts", False)
        return FrameHistory(
            posted_before=past.posts > 0,
            unknown_before=past.unknown,
            protected=protected,
            refusals_burn=proof.refusals_burn if proof else None,
            opt_outs_left_out=bool(asked),
            spending=spending,
        )

    def _afterwards(self, frame: FrameRecord, decision: Decision, wire: Lease) -> Decision:
        """Say what may follow, once the answer is safe on the disk."""
        if decision.state is FrameState.IN_DOUBT and decision.again:
            return replace(decision, again=self.protection.covers(frame, wire))
        if decision.state is FrameState.REFUSED:
            isolate = self.pacing.isolate_refused and decision.split
            part = isolate and (frame.contacts > 1 or frame.parent is not None)
            return replace(decision, split=isolate and frame.contacts > 1, part=part)
        if decision.split and frame.contacts < 2 * LEAST_HALF:
            reason = f"Octopush says that even a frame of {frame.contacts} contacts is too large."
            end = RunOutcome(state="stopped", reason=reason, cause=StopCause.ACCOUNT)
            return replace(decision, split=False, again=False, end=end)
        if decision.split:
            self._too_large = min(frame.contacts, self._too_large or frame.contacts)
        return decision

    def is_too_large(self, frame: FrameRecord) -> bool:
        """Whether a frame of that size was refused for it before, and can be cut."""
        known = self._too_large is not None and frame.contacts >= self._too_large
        return known and frame.contacts >= 2 * LEAST_HALF

    def cut(self, frame: FrameRecord, why: str) -> list[FrameRecord]:
        """Plan the people of a frame in two frames of their own, and drop it."""
        with self._cutting:
            parts = self._splitting.halves(frame)
            numbers = " and ".join(str(part.number) for part in parts)
            message = f"{why} Its people are in frames {numbers}."
            now = self.clock.now()
            self.ledger.frames.split(self.campaign.id, frame.number, parts, now, message=message)
        self.settled(frame.number)
        self.note(f"Frame {frame.number} was cut in two: {message}")
        return [self.ledger.frames.get(self.campaign.id, part.number) for part in parts]


def _taken(
    frame: FrameRecord, decision: Decision, claimed: datetime, answered: datetime
) -> FrameRecord:
    """Give a frame as the ledger has it once it was posted and taken."""
    known = replace(frame, **decision.answer)
    return replace(
        known,
        state=decision.state,
        attempts=frame.attempts + 1,
        started_at=claimed,
        finished_at=answered,
        repeatable=False,
        doubted=False,
    )
