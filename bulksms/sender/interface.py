"""What the sender is given and what it gives back: no thread, no ledger, no network here."""

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
    """Why a run ended before every frame was posted."""

    NONE = "none"
    ACCOUNT = "account"
    DOUBT = "doubt"
    LEDGER = "ledger"
    INTERRUPTED = "interrupted"
    CAMPAIGN = "campaign"
    COST = "cost"
    HOURS = "hours"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How a run ended; `reason` is one sentence, none when there is nothing to say."""

    state: Literal["done", "paused", "stopped", "interrupted"]
    reason: str | None = None
    cause: StopCause = StopCause.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedHours:
    """Why a frame may not be posted just now, in one sentence, and when it may (aware)."""

    reason: str
    opens_at: datetime


def always_open(frame: FrameRecord) -> ClosedHours | None:
    """Let every frame pass at any hour."""
    del frame
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How fast and how far a run may go.

    `rate` is in frames a minute. With a `max_cost` frames go one at a time, because each
    price must be known before the next frame. `chance` gives numbers from 0 to 1 for the
    back-off. `gate` is asked about each frame just before it is claimed; a closed one pauses the
    run, or is waited for with `wait_for_hours`. With `isolate_refused` a frame that is refused
    for its recipients is halved until the bad contact is found.
    """

    concurrency: int = 1
    rate: float | None = None
    max_cost: Decimal | None = None
    tries: int = 6
    chance: Callable[[], float] = random.random
    gate: Callable[[FrameRecord], ClosedHours | None] = always_open
    wait_for_hours: bool = False
    isolate_refused: bool = False


class ApiConnection(Protocol):
    """Whoever posts a body and says what became of it; each thread has its own."""

    def post(self, body: bytes) -> Outcome:
        """Post the bytes once."""

    def server_time(self) -> datetime | None:
        """Ask what hour it is there, without sending anything; none when it is not told."""

    def close(self) -> None:
        """Let go of the connection."""


class Observer(Protocol):
    """Whoever wants to hear how a run goes; told one thing at a time, after it is on the disk."""

    def started(self, frames: int, contacts: int) -> None:
        """The run is about to post so many frames."""

    def frame_settled(self, record: FrameRecord) -> None:
        """A frame got its answer, or is in doubt."""

    def note(self, sentence: str) -> None:
        """Something people should know."""


class SilentObserver:
    """Hears everything and says nothing."""

    def started(self, frames: int, contacts: int) -> None:
        """Say nothing."""

    def frame_settled(self, record: FrameRecord) -> None:
        """Say nothing."""

    def note(self, sentence: str) -> None:
        """Say nothing."""
