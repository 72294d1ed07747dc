"""Takes planned frames from the ledger, posts each at most once, and writes down the answer."""

from bulksms.sender.interface import (
    Cause,
    Closed,
    Observer,
    Pacing,
    Poster,
    SilentObserver,
    Verdict,
)
from bulksms.sender.sending import send_frames

__all__ = [
    "Cause",
    "Closed",
    "Observer",
    "Pacing",
    "Poster",
    "SilentObserver",
    "Verdict",
    "send_frames",
]
