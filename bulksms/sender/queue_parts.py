"""The parts of a work queue: the source of its frames, the store of its limits, its orders.

A run that has its campaign to itself keeps both in memory; here are those. The parts of workers
that share a run are in `shared_queue.py`.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, Protocol

from bulksms.clock import Clock
from bulksms.ledger import (
    CampaignRecord,
    ClaimTerms,
    FrameRecord,
    Ledger,
    OrderKind,
    OrderRecord,
)
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.run_limits import RunLimits

__all__ = [
    "FrameSource",
    "LimitsStore",
    "MemoryFrames",
    "MemoryLimits",
    "OrderCheck",
    "cause_of",
    "order_check",
]

OrderCheck = Callable[[], RunOutcome | None]
"""Returns how the run ends by an order, or None while none is in force."""


class FrameSource(Protocol):
    """Where the next frame comes from; safe between threads."""

    def next(self) -> FrameRecord | None:
        """Return a frame that no other thread of this process has; None when none is left."""

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in front."""

    def done(self, number: int) -> None:
        """Note that this process no longer posts a frame."""


class LimitsStore(Protocol):
    """Where the limits of a run are kept; safe between threads."""

    def now(self) -> float:
        """The time by which the limits go, in seconds."""

    def read(self) -> RunLimits:
        """Return the limits as they were last read or changed."""

    def refresh(self) -> None:
        """Read what others changed."""

    def change(self, change: Callable[[RunLimits], RunLimits]) -> RunLimits:
        """Replace the limits by what `change` makes of them, and return that.

        It is called again if another worker was faster, so it must have no side effects.
        """

    def spent(self) -> Decimal:
        """The money that is spent or may be, in euros."""

    def is_in_the_way(self) -> bool:
        """Whether frames of others are in flight for which the next one has to wait."""

    def terms(self) -> ClaimTerms | None:
        """The terms of a claim made now; None where the run has the campaign to itself."""


class MemoryFrames:
    """The frames of a run, in the order in which they are to be posted."""

    def __init__(self, frames: Sequence[FrameRecord]) -> None:
        self._frames = deque(frames)

    def next(self) -> FrameRecord | None:
        """Return the next frame."""
        try:
            return self._frames.popleft()
        except IndexError:
            return None

    def put(self, parts: Sequence[FrameRecord]) -> None:
        """Put the parts of a frame in front."""
        self._frames.extendleft(reversed(parts))

    def done(self, number: int) -> None:
        """A frame is handed out only once."""


class MemoryLimits:
    """The limits of a run that has its campaign to itself."""

    def __init__(self, limits: RunLimits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._lock = threading.RLock()

    def now(self) -> float:
        """The monotonic time of this machine."""
        return self._clock.monotonic()

    def read(self) -> RunLimits:
        """Return the limits as they are."""
        return self._limits

    def refresh(self) -> None:
        """Do nothing: other processes do not change them."""

    def change(self, change: Callable[[RunLimits], RunLimits]) -> RunLimits:
        """Replace the limits by what `change` makes of them, and return that."""
        with self._lock:
            self._limits = change(self._limits)
            return self._limits

    def spent(self) -> Decimal:
        """The money as the answers of this run and the frames before it say."""
        return self._limits.spending.spent

    def is_in_the_way(self) -> bool:
        """Return false: no other process posts frames of this campaign."""
        return False

    def terms(self) -> ClaimTerms | None:
        """Return None: no other process shares the campaign."""
        return None


def order_check(ledger: Ledger, campaign: CampaignRecord) -> OrderCheck:
    """Return the check of a campaign's orders; each call is one read of the ledger."""

    def find_order() -> RunOutcome | None:
        order = ledger.orders.in_force(campaign.id)
        if order is None:
            return None
        state: Literal["paused", "stopped"] = (
            "paused" if order.kind is OrderKind.PAUSE else "stopped"
        )
        return RunOutcome(state=state, reason=order.sentence(), cause=cause_of(order))

    return find_order


def cause_of(order: OrderRecord) -> StopCause:
    """Return whether a person or the delivery receipts gave an order, with its reason."""
    return StopCause.ORDER if order.reason is None else StopCause.UNDELIVERED
