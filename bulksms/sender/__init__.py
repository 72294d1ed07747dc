"""Takes planned frames from the ledger, posts each at most once, and records the answers."""

from bulksms.sender.clock_check import MAX_CLOCK_ERROR, ClockCheck
from bulksms.sender.expiry import (
    EXPIRES_AFTER,
    expiry_after,
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
from bulksms.sender.reframe import RowLookup, frame_without, remove_contacts
from bulksms.sender.send_frames import send_frames
from bulksms.sender.sign_frame import sign_frame

__all__ = [
    "EXPIRES_AFTER",
    "MAX_CLOCK_ERROR",
    "ApiConnection",
    "ClockCheck",
    "ClosedHours",
    "Observer",
    "Pacing",
    "RowLookup",
    "RunOutcome",
    "SilentObserver",
    "StopCause",
    "expiry_after",
    "explain_expired",
    "explain_late_start",
    "frame_without",
    "is_send_time_past",
    "remove_contacts",
    "send_frames",
    "sign_frame",
]
