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
from bulksms.sender.leaving_out import leave_out
from bulksms.sender.sending import send_frames

__all__ = [
    "Cause",
    "Closed",
    "Observer",
    "Pacing",
    "Poster",
    "SilentObserver",
    "Verdict",
    "leave_out",
    "send_frames",
]
