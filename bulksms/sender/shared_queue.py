"""The parts of a work queue for workers that share a run: frames and limits in the ledger."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bulksms.ledger import ClaimTerms, FrameRecord, Ledger
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.limits_json import limits_from_json, limits_to_json, without_private_values
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.worker_lease import WorkerLease

__all__ = ["LaneShare", "LedgerFrames", "LedgerLimits"]

STRIDE = 32  # frames read at a time
MAX_HANDED_OUT = 10  # a frame that this lane cannot post is left to another one

CLOSED = RunOutcome(state="interrupted", cause=StopCause.LEDGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneShare:
    """Which frames a lane takes first: those whose number has this remainder."""

    lane: int = 0
    lanes: int = 1


class LedgerFrames:
    """The planned frames of a campaign: first those of the lane's own share, then all others.

    Another worker may have taken a frame by the time it is claimed; the claim decides.
    """

    def __init__(
        self,
        ledger: Ledger,
        campaign_id: int,
        share: LaneShare,
        first: Sequence[FrameRecord] = (),
        on_read: Callable[[Sequence[int]], None] = lambda _numbers: None,
    ) -> None:
        self._ledger, self._campaign_id, self._share = ledger, campaign_id, share
        self._front, self._next = deque(first), deque[FrameRecord]()
        self._on_read = on_read
        self._last_own: int | None = 0  # the last frame of the own share; None after all of them
        self._handed_out = Counter[int]()
        self._in_hand: set[int] = set()
        self._lock = threading.Lock()

    def next(self) -> FrameRecord | None:
        """Return a frame that is planned, as far as was read."""
        with self._lock:
            if self._front:
                return self._hand_out(self._front.popleft())
            if not self._next:
                self._next.extend(self._read())
                self._on_read([frame.number for frame in self._next])
            return self._hand_out(self._next.popleft()) if self._next else None

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in front."""
        with self._lock:
            self._front.extendleft(reversed(parts))

    def done(self, number: int) -> None:
        """Let a frame be handed out again if it is still planned."""
        with self._lock:
            self._in_hand.discard(number)

    def _hand_out(self, frame: FrameRecord) -> FrameRecord:
        self._in_hand.add(frame.number)
        self._handed_out[frame.number] += 1
        return frame

    def _read(self) -> list[FrameRecord]:
        share = self._share
        if self._last_own is not None:
            frames = self._planned(self._last_own, (share.lane, share.lanes))
            self._last_own = frames[-1].number if frames else None
            if frames:
                return frames
        return self._planned(0, (0, 1))

    def _planned(self, after: int, share: tuple[int, int]) -> list[FrameRecord]:
        """Read planned frames that no thread of this worker has."""
        given_up = {number for number, times in self._handed_out.items() if times > MAX_HANDED_OUT}
        without = sorted(self._in_hand | given_up)
        frames = self._ledger.shared_runs.planned(
            self._campaign_id, after, share, without=without, limit=STRIDE
        )
        return list(frames)


class LedgerLimits:
    """The limits of a shared run; `basis` has what is not kept in the ledger."""

    def __init__(
        self, ledger: Ledger, campaign_id: int, basis: RunLimits, lease: WorkerLease
    ) -> None:
        self._ledger, self._campaign_id, self._lease = ledger, campaign_id, lease
        self._basis, self._limits, self._version = basis, basis, 0
        self._is_open = True
        self._saw_others = False  # in flight, at the last look
        self._lock = threading.RLock()
        self._read_ledger()

    @property
    def is_open(self) -> bool:
        """Whether workers were still asked to post, when that was last read."""
        return self._is_open

    def now(self) -> float:
        """The time of the database, in seconds."""
        return self._lease.database_seconds()

    def read(self) -> RunLimits:
        """Return the limits as they were last read or changed."""
        return self._limits

    def refresh(self) -> None:
        """Read what other workers changed; another frame may be the probe if that one is gone."""
        self._read_ledger()
        breaker = self._limits.breaker
        probe, open_until = breaker.probe, breaker.open_until
        if probe is None or open_until is None or self.now() < open_until:
            return
        if not self._ledger.frames.in_flight(self._campaign_id):
            self.change(lambda limits: limits.release(probe))

    def change(self, change: Callable[[RunLimits], RunLimits]) -> RunLimits:
        """Replace the limits by what `change` makes of them, unless that is the same."""
        with self._lock:
            while True:
                new = without_private_values(change(self._limits))
                if new == self._limits or not self._is_open:
                    self._limits = new
                    return new
                if self._ledger.shared_runs.save_limits(
                    self._campaign_id, self._version, limits_to_json(new)
                ):
                    self._limits, self._version = new, self._version + 1
                    return new
                self._read_ledger()

    def spent(self) -> Decimal:
        """The money that the frames in the ledger cost or may cost."""
        return self._ledger.shared_runs.committed_money(self._campaign_id)

    def is_in_the_way(self) -> bool:
        """Whether the next frame waits for frames in flight, or for a renewal of the lease.

        One that goes alone also waits until what the last of those means is in the ledger.
        """
        if not self._lease.is_fresh():
            return True
        limits = self._limits
        if not limits.goes_alone and limits.max_cost is None:
            return False
        sees_others = bool(self._ledger.frames.in_flight(self._campaign_id))
        saw_others, self._saw_others = self._saw_others, sees_others
        if limits.goes_alone:
            return sees_others or saw_others
        return sees_others and limits.max_cost is not None and self.spent() >= limits.max_cost

    def terms(self) -> ClaimTerms:
        """The terms of a claim made now."""
        with self._lock:
            return ClaimTerms(
                holder=self._lease.id,
                version=self._version,
                alone=self._limits.goes_alone,
                max_cost=self._limits.max_cost,
            )

    def _read_ledger(self) -> None:
        with self._lock:
            record = self._ledger.shared_runs.get(self._campaign_id)
            is_lost = self._lease.lost.is_set()
            self._is_open = record is not None and record.is_open and not is_lost
            if record is not None and record.version != self._version:
                limits = limits_from_json(record.limits, self._basis)
                self._limits, self._version = without_private_values(limits), record.version
            if not self._is_open:
                self._limits = self._limits.finish(CLOSED)
