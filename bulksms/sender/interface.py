"""The interface of the sender: values and protocols."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from bulksms.ledger import FrameRecord
from bulksms.octopush.outcomes import Outcome

__all__ = [
    "ApiConnection",
    "ClosedHours",
    "Observer",
    "Pacing",
    "RunOutcome",
    "SilentObserver",
    "StopCause",
]


class StopCause(StrEnum):
    """Why a run ended before every frame was posted; `shared` leaves it to workers."""

    NONE = "none"
    ACCOUNT = "account"
    DOUBT = "doubt"
    LEDGER = "ledger"
    INTERRUPTED = "interrupted"
    CAMPAIGN = "campaign"
    SHORT = "short"
    COST = "cost"
    HOURS = "hours"
    EXPIRED = "expired"
    CLOCK = "clock"
    LATE = "late"
    ORDER = "order"
    SHARED = "shared"
    UNDELIVERED = "undelivered"
    RESEND = "resend"

    @property
    def is_order(self) -> bool:
        """Whether an order of a person, or of the delivery receipts, ended it."""
        return self in (StopCause.ORDER, StopCause.UNDELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How a run ended; `reason` is one sentence, or None when all is well."""

    state: Literal["done", "paused", "stopped", "interrupted"]
    reason: str | None = None
    cause: StopCause = StopCause.NONE

    @property
    def reason_when_done(self) -> str | None:
        """The reason that still holds when no frame is left.

        A late order does not, nor the limit of doubts: the report names each frame in doubt.
        """
        is_doubt_limit = self.cause is StopCause.DOUBT and self.state == "paused"
        return None if self.cause.is_order or is_doubt_limit else self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedHours:
    """Why a frame may not be posted at this hour, in one sentence, and from when it may."""

    reason: str
    opens_at: datetime


def always_open(frame: FrameRecord) -> ClosedHours | None:
    """Allow every frame at any hour."""
    del frame
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How fast and how far a run may go.

    `rate` is in frames a minute. With a `max_cost` frames go one at a time, because each price
    must be known before the next frame. `chance` returns numbers from 0 to 1 for the back-off.
    `closed_hours` is asked about each frame just before it is claimed; when they are closed the
    run pauses, or waits with `wait_for_hours`. With `isolate_refused` a frame that is refused
    for its recipients is halved until the bad contact is found. With `accept_short_frames` frames
    of which the API accepts fewer contacts never stop the run. A campaign that nothing of was
    posted by `start_by` does not start any more.
    """

    concurrency: int = 1
    rate: float | None = None
    max_cost: Decimal | None = None
    tries: int = 6
    chance: Callable[[], float] = random.random
    closed_hours: Callable[[FrameRecord], ClosedHours | None] = always_open
    wait_for_hours: bool = False
    isolate_refused: bool = False
    accept_short_frames: bool = False
    start_by: datetime | None = None


class ApiConnection(Protocol):
    """A connection to the API; each thread has its own."""

    def post(self, body: bytes) -> Outcome:
        """Post the bytes once, and return what became of them."""

    def server_time(self) -> datetime | None:
        """Ask the server for its time, by a request that sends nothing; None if not given."""

    def close(self) -> None:
        """Close the connection."""


class Observer(Protocol):
    """Follows a run; called by one thread at a time, after a change is on the disk."""

    def started(self, frames: int, contacts: int) -> None:
        """The run is about to post so many frames."""

    def frame_settled(self, record: FrameRecord) -> None:
        """A frame has its answer, or is in doubt."""

    def note(self, sentence: str) -> None:
        """Something that people should know."""


class SilentObserver:
    """Ignores everything."""

    def started(self, frames: int, contacts: int) -> None:
        """Ignore the start."""

    def frame_settled(self, record: FrameRecord) -> None:
        """Ignore the frame."""

    def note(self, sentence: str) -> None:
        """Ignore the sentence."""
