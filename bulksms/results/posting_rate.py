"""How fast a campaign is posted, and how long the rest takes at that rate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bulksms.ledger.campaigns.frame_queries import RecentAnswers

__all__ = ["RATE_WINDOW", "PostingRate", "posting_rate"]

# Answers older than this say nothing about the rate of now, such as those before a pause.
RATE_WINDOW = timedelta(minutes=5)
LEAST_ANSWERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRate:
    """The frames answered in a minute, and the time until all are answered."""

    frames_per_minute: float
    time_left: timedelta


def posting_rate(recent: "RecentAnswers", frames_left: int, now: datetime) -> PostingRate | None:
    """Return the rate of the last answers; `None` while there are too few to say.

    `recent` are the answers of the last `RATE_WINDOW`. The time since the last of them counts,
    so that the rate falls while no answer comes.
    """
    if recent.frames < LEAST_ANSWERS or recent.first_started_at is None:
        return None
    elapsed = now - max(recent.first_started_at, now - RATE_WINDOW)
    if elapsed <= timedelta():
        return None
    return PostingRate(
        frames_per_minute=recent.frames * (timedelta(minutes=1) / elapsed),
        time_left=elapsed * (frames_left / recent.frames),
    )
