"""The records of workers that share a campaign, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

__all__ = [
    "LEASE",
    "LONGEST_POST",
    "MAX_CLOCK_ERROR",
    "ClaimTerms",
    "HolderRecord",
    "SharedRunRecord",
]

LEASE = timedelta(seconds=30)
LONGEST_POST = timedelta(seconds=180)  # `reliability.md` 2.8: the total of all time-outs
MAX_CLOCK_ERROR = timedelta(minutes=1)  # with which a machine may post


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRecord:
    """A worker process that claims frames; its times are those of the database's clock."""

    id: str
    machine: str
    process: int
    started_at: datetime
    lease_until: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRunRecord:
    """A campaign that workers are asked to post.

    Attributes:
        options: how it is posted, as it was asked for.
        limits: what the answers so far mean for all workers; the sender writes and reads it.
        version: grows with every change of `limits`.
    """

    campaign_id: int
    opened_at: datetime
    is_open: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms:
    """On what terms a worker claims a frame of a campaign that it shares.

    Attributes:
        holder: the worker, which must be alive.
        version: that of the common limits it has read; a claim fails if they changed since.
        alone: no other frame of the campaign may be in flight.
        max_cost: what is spent, may be spent and is in flight must be below it, in euros.
    """

    holder: str
    version: int
    alone: bool = False
    max_cost: Decimal | None = None

    @property
    def asks_more(self) -> bool:
        """Whether the claim depends on other frames too."""
        return self.alone or self.max_cost is not None
