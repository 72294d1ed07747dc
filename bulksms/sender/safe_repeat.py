"""Whether a frame in doubt may be posted again, on this account and at this time.

The API forgets a request id after 24 hours, and then the same post is a new campaign. So the
window closes after 22, or after the longest time that was tried on the account if that is less.
Its age is that by the server's own time, at the first post as well as now (`reliability.md`
section 2.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bulksms.clock import Clock
from bulksms.ledger import (
    CampaignRecord,
    EntryRecord,
    FrameRecord,
    FrameState,
    Ledger,
    ProofRecord,
)
from bulksms.sender.clock_check import ClockCheck
from bulksms.sender.connections import Lease

__all__ = ["PostHistory", "SafeRepeat", "post_history", "window_is_open"]

WINDOW = timedelta(hours=22)
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
    """Which frames of a campaign may be posted again; none without a proof for its account."""

    def __init__(
        self,
        ledger: Ledger,
        campaign: CampaignRecord,
        proof: ProofRecord | None,
        clock: Clock,
        clock_check: ClockCheck,
    ) -> None:
        self._ledger, self._campaign, self._clock = ledger, campaign, clock
        self._clock_check = clock_check
        self.proof = proof if proof is not None and proof.account == campaign.account else None
        tried = proof.window if proof is not None else None
        self._window = min(WINDOW, tried or timedelta())

    def may_apply(self, frame: FrameRecord) -> bool:
        """Whether a frame that an earlier run left in doubt is worth a check.

        Not if a person in it opted out since: the same bytes would text them.
        """
        if self.proof is None or frame.state is not FrameState.IN_DOUBT or not frame.repeatable:
            return False
        return not len(self._ledger.opt_outs.in_frame(self._campaign.id, frame.number))

    def applies(self, frame: FrameRecord, lease: Lease) -> bool:
        """Whether the API would refuse a repeat of the frame, made now, if it had accepted it.

        Its first post must have been made under the same account, while our clock agreed with the
        server's, and within the window by the server's time.
        """
        now = self._clock.now()
        if self.proof is None or not self.proof.valid(now, self.proof.base_url):
            return False
        first = self._ledger.claims.first_post(self._campaign.id, frame.number, frame.request_id)
        if first is None or first.account != self._campaign.account or first.server_time is None:
            return False
        if not window_is_open(first.times, now) or not self._clock_check.agrees(lease):
            return False
        server_now = self._clock_check.agreed_time()
        if server_now is None:
            return False
        # The server's time is that of its last answer, so ours may show the greater age.
        age = max(server_now - first.server_time, now - first.at)
        return age < self._window
