"""How a run ended, as much of it as people and machines are notified of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

__all__ = ["RunCounts", "RunEnd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """Figures of a run that name no one.

    Attributes:
        contacts: people by class, such as `sent` and `rejected`.
        frames: requests by state, such as `accepted`.
        sms_needed: billed SMS.
        cost: what was charged, in euros.
        credit: what the account had left after the last request, in its own unit.
    """

    contacts: Mapping[str, int]
    frames: Mapping[str, int]
    sms_needed: int
    nothing_new: bool
    cost: Decimal
    credit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """The end of a run.

    Attributes:
        reason: one sentence on why it stopped; `None` when all is well.
        counts: `None` when the run stopped before there was anything to count.
        answer: the JSON object that `--json` prints.
    """

    exit_code: int
    started_at: datetime
    finished_at: datetime
    reason: str | None
    counts: RunCounts | None
    answer: Mapping[str, object]
