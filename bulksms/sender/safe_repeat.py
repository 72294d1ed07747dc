"""Whether a frame in doubt may be posted again, on this account and at this time.

The API forgets a request id after 24 hours, and then the same post is a new campaign. So the
window closes after 22, and our clock is only trusted where nothing contradicts it
(`reliability.md` section 2.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bulksms.clock import Clock
from bulksms.ledger import EntryRecord, FrameRecord, FrameState, Ledger, ProofRecord
from bulksms.sender.connections import Lease

__all__ = ["PostHistory", "SafeRepeat", "ServerTime", "post_history", "window_is_open"]

WINDOW = timedelta(hours=22)
MAX_CLOCK_ERROR = timedelta(minutes=5)
# Workers write their entries concurrently, so two of them may be in the other order.
CONCURRENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHistory:
    """The earlier posts of one request id: how many, and whether one may have been accepted."""

    posts: int = 0
    unknown: bool = False


def post_history(entries: Sequence[EntryRecord], request_id: str) -> PostHistory:
    """Read the earlier posts of a request id from a frame's entries, the oldest first."""
    states = [entry.state for entry in entries if entry.request_id == request_id]
    posts = states.count(FrameState.INTENT)
    return PostHistory(posts=posts, unknown=bool(posts) and FrameState.IN_DOUBT in states)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """The server's time in an answer, and the monotonic second at which it arrived."""

    time: datetime
    received_at: float

    def agrees(self, now: datetime, monotonic: float) -> bool:
        """Whether our clock differs by less than five minutes."""
        server_now = self.time + timedelta(seconds=monotonic - self.received_at)
        return abs(now - server_now) < MAX_CLOCK_ERROR


def window_is_open(times: Sequence[datetime], now: datetime) -> bool:
    """Whether an id that was first posted at the first of these times is still remembered.

    They are the times of the ledger's entries since then, in the order of writing. Where one
    is earlier than the one before, the clock was set back, and the age of the post is unknown.
    """
    if not times:
        return False
    went_back = any(after < before - CONCURRENT for before, after in pairwise([*times, now]))
    return not went_back and now - times[0] < WINDOW


class SafeRepeat:
    """Which frames of a campaign may be posted again; none without a proof."""

    def __init__(
        self, ledger: Ledger, campaign_id: int, proof: ProofRecord | None, clock: Clock
    ) -> None:
        self._ledger, self._campaign_id, self._clock = ledger, campaign_id, clock
        self._server_time: ServerTime | None = None
        self.proof = proof

    def learn_server_time(self, date: datetime | None) -> None:
        """Remember the server's time in an answer that has just arrived."""
        if date is not None:
            self._server_time = ServerTime(time=date, received_at=self._clock.monotonic())

    def may_apply(self, frame: FrameRecord) -> bool:
        """Whether a frame that an earlier run left in doubt is worth a check.

        Not when somebody in it opted out since: the same bytes would text them.
        """
        if self.proof is None or frame.state is not FrameState.IN_DOUBT or not frame.repeatable:
            return False
        return not len(self._ledger.opt_outs.in_frame(self._campaign_id, frame.number))

    def applies(self, frame: FrameRecord, lease: Lease) -> bool:
        """Whether the API would refuse a repeat of the frame, made now, if it had accepted it."""
        now = self._clock.now()
        if self.proof is None or not self.proof.valid(now, self.proof.base_url):
            return False
        first = self._ledger.claims.first_post(self._campaign_id, frame.number, frame.request_id)
        times = () if first is None else first.times
        return window_is_open(times, now) and self._clock_is_right(lease)

    def _clock_is_right(self, lease: Lease) -> bool:
        """Compare our clock with the server's, which is asked when nothing agrees so far."""
        if self._agrees():
            return True
        self.learn_server_time(lease.server_time())
        return self._agrees()

    def _agrees(self) -> bool:
        return self._server_time is not None and self._server_time.agrees(
            self._clock.now(), self._clock.monotonic()
        )
