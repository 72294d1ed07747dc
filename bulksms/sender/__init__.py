"""Takes planned frames from the ledger, posts each at most once, and records the answers.

The names load on first use: a check posts nothing and needs no database library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from bulksms.sender.reframe import RowLookup, frame_without, remove_contacts

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
    "explain_begun_ahead",
    "explain_expired",
    "explain_late_start",
    "frame_without",
    "is_send_time_past",
    "remove_contacts",
]

_MODULES = {
    "ApiConnection": "interface",
    "ClockCheck": "clock_check",
    "ClosedHours": "interface",
    "EXPIRES_AFTER": "expiry",
    "MAX_CLOCK_ERROR": "clock_check",
    "Observer": "interface",
    "Pacing": "interface",
    "RowLookup": "reframe",
    "RunOutcome": "interface",
    "SilentObserver": "interface",
    "StopCause": "interface",
    "expiry_after": "expiry",
    "explain_begun_ahead": "expiry",
    "explain_expired": "expiry",
    "explain_late_start": "expiry",
    "frame_without": "reframe",
    "is_send_time_past": "expiry",
    "remove_contacts": "reframe",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
