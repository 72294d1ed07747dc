"""Takes planned frames from the ledger, posts each at most once, and records the answers.

What is imported here needs no HTTP library; that loads with what posts or cuts frames.
"""

from bulksms.sender.clock_check import MAX_CLOCK_ERROR, ClockCheck
from bulksms.sender.expiry import (
    EXPIRES_AFTER,
    expiry_after,
    explain_begun_ahead,
    explain_expired,
    explain_late_start,
    is_send_time_past,
)
from bulksms.sender.interface import (
    ApiConnection,
    ClosedHours,
    Observer,
    Pacing,
    RunOutcome,
    SilentObserver,
    StopCause,
)

__all__ = [
    "EXPIRES_AFTER",
    "MAX_CLOCK_ERROR",
    "ApiConnection",
    "ClockCheck",
    "ClosedHours",
    "Observer",
    "Pacing",
    "RunOutcome",
    "SilentObserver",
    "StopCause",
    "expiry_after",
    "explain_begun_ahead",
    "explain_expired",
    "explain_late_start",
    "is_send_time_past",
]
