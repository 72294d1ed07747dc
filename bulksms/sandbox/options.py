"""How a sandbox shall behave, in one table; knows nothing of HTTP."""

import ipaddress
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from bulksms.errors import SettingsError


class FaultKind(StrEnum):
    """What may go wrong with one request; "after accept" means that the frame has been taken."""

    RESET_BEFORE = "reset_before"
    RESET_AFTER_ACCEPT = "reset_after_accept"
    SILENCE_BEFORE_ACCEPT = "silence_before_accept"
    SILENCE_AFTER_ACCEPT = "silence_after_accept"
    ERROR_BEFORE = "500_before"
    BAD_GATEWAY_AFTER_ACCEPT = "502_after_accept"
    THROTTLED = "429"
    THROTTLED_RETRY_AFTER = "429_retry_after"
    HTML_200 = "html_200"
    CUT_200 = "cut_200"


FAULT_KINDS: tuple[str, ...] = tuple(str(kind) for kind in FaultKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Everything that can be chosen about a sandbox.

    Attributes:
        host: A loopback address; any other is refused.
        port: 0 takes a free one.
        credit: Euros on the account at the start.
        price: Euros for one segment.
        latency: Seconds between taking a frame and answering.
        log: File that gets one JSON line for each accepted frame, before the answer leaves.
        faults: Share of the send requests, from 0 to 1, that meet a fault.
        seed: The same seed and the same order of requests meet the same faults.
        fault_kinds: The faults to choose from.
        honour_request_id: Whether a `request_id` seen in the last 24 hours is refused.
        duplicate_code: The API code of that refusal, 182 or the older 120.
        refuse: API code with which every send is answered.
        refuse_after: Frames accepted before `refuse` starts.
        hang_after_accept: Take this frame (1 is the first) and never answer it.
        login: The only login that is let in; any if not given.
        key: The only key that is let in; any test key if not given.
        reject_invalid: Refuse a frame with one bad number (181) instead of leaving the number out.
        opted_out: Numbers that said STOP.
        stop_mentions: Wordings accepted as a STOP mention, case-sensitive.
        success_status: HTTP status of an accepted frame.
    """

    host: str = "127.0.0.1"
    port: int = 0
    credit: Decimal = Decimal(100)
    price: Decimal = Decimal("0.045")
    latency: float = 0.0
    log: Path | None = None
    faults: float = 0.0
    seed: int = 0
    fault_kinds: tuple[str, ...] = FAULT_KINDS
    honour_request_id: bool = True
    duplicate_code: int = 182
    refuse: int | None = None
    refuse_after: int = 0
    hang_after_accept: int | None = None
    login: str | None = None
    key: str | None = None
    reject_invalid: bool = False
    opted_out: frozenset[str] = frozenset()
    stop_mentions: tuple[str, ...] = ("STOP au 30101", "STOP au XXXXX")
    success_status: int = 201

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.fault_kinds if kind not in FAULT_KINDS]
        if unknown:
            raise SettingsError(
                f"The sandbox knows no fault {unknown[0]!r}; use one of {', '.join(FAULT_KINDS)}."
            )
        if not 0 <= self.faults <= 1:
            raise SettingsError(
                f"The share of faults of the sandbox is {self.faults}; give a number from 0 to 1."
            )
        if not _is_loopback(self.host):
            raise SettingsError(
                f"The sandbox listens on this machine only, not on {self.host!r}; use 127.0.0.1."
            )


def _is_loopback(host: str) -> bool:
    """Tell whether nobody outside this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
