"""Takes planned frames from the ledger, posts each at most once, and writes down the answer."""

from bulksms.sender.expiry import EXPIRES_AFTER, expiry_of, is_past, why_expired
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
from bulksms.sender.reframe import Rows
from bulksms.sender.sending import send_frames

__all__ = [
    "EXPIRES_AFTER",
    "Cause",
    "Closed",
    "Observer",
    "Pacing",
    "Poster",
    "Rows",
    "SilentObserver",
    "Verdict",
    "expiry_of",
    "is_past",
    "leave_out",
    "send_frames",
    "why_expired",
]
