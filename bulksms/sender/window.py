"""Whether the very same post may be made again: is the account proved, and is it early enough.

The API forgets a request id after 24 hours, and then the same post is a new campaign. So the
window closes after 22, and time itself is only trusted where nothing speaks against our clock
(`reliability.md` section 2.5). Values and comparisons; knows neither the ledger nor the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bulksms.ledger import EntryRecord, FrameState

__all__ = ["PostHistory", "ServerTime", "past_of", "window_is_open"]

WINDOW = timedelta(hours=22)
FURTHEST_APART = timedelta(minutes=5)
# Workers write their entries side by side, so two of them may stand in the other order.
SIDE_BY_SIDE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHistory:
    """What is known of one request id: how many posts it had, and whether one may be taken."""

    posts: int = 0
    unknown: bool = False


def past_of(entries: Sequence[EntryRecord], request_id: str) -> PostHistory:
    """Read a frame's entries, the oldest first, for what is known of an id's posts."""
    own = [entry.state for entry in entries if entry.request_id == request_id]
    posts = own.count(FrameState.INTENT)
    return PostHistory(posts=posts, unknown=bool(posts) and FrameState.IN_DOUBT in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTime:
    """The hour the server told, and the second of the monotonic clock at which it was heard."""

    told: datetime
    heard: float

    def agrees(self, now: datetime, monotonic: float) -> bool:
        """Whether our clock shows the same hour, give or take less than five minutes."""
        there = self.told + timedelta(seconds=monotonic - self.heard)
        return abs(now - there) < FURTHEST_APART


def window_is_open(moments: Sequence[datetime], now: datetime) -> bool:
    """Whether an id that was first posted at the first of these moments is still remembered.

    The moments are those of the ledger's entries since then, in the order of writing. Where
    one is earlier than the one before, somebody set the clock back, and nobody knows how long
    ago the first was.
    """
    if not moments:
        return False
    went_back = any(after < before - SIDE_BY_SIDE for before, after in pairwise([*moments, now]))
    return not went_back and now - moments[0] < WINDOW
