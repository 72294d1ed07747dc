"""What operators and schedules order, approve and do, and what waits for them, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

__all__ = [
    "AcceptedFile",
    "ApprovalRecord",
    "ApprovalStep",
    "AuditAction",
    "AuditEntry",
    "HeldReason",
    "HeldStop",
    "OrderKind",
    "OrderRecord",
    "ScheduledRunRecord",
]


class OrderKind(StrEnum):
    """The kinds of orders about a campaign; a stop is final."""

    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """An order: what, by whom, when, and why.

    Attributes:
        reason: a sentence without its point; `None` where a person gave none.
    """

    kind: OrderKind
    who: str
    at: datetime
    reason: str | None = None

    def describe(self) -> str:
        """Return what was done by whom and when, as the end of a sentence."""
        verb = {"pause": "paused", "stop": "stopped", "resume": "resumed"}[self.kind.value]
        return f"{verb} by {self.who} on {self.at:%Y-%m-%d at %H:%M} UTC"

    def sentence(self) -> str:
        """Return the same as a whole sentence."""
        action = self.describe()
        why = "" if self.reason is None else f": {self.reason}"
        return f"{action[0].upper()}{action[1:]}{why}."


class AuditAction(StrEnum):
    """An action; `lost` replaces an entry that was missing when the ledger was repaired."""

    BEGIN = "begin"
    RUN = "run"
    END = "end"
    APPROVE = "approve"
    MARK_SENT = "mark_sent"
    DROP = "drop"
    RESEND = "resend"
    PAUSE = "pause"
    STOP = "stop"
    OPT_OUT = "opt_out"
    OPT_OUT_WITHDRAWN = "opt_out_withdrawn"
    ERASE = "erase"
    PURGE = "purge"
    MEND = "mend"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry of the audit trail.

    Attributes:
        digest: of the campaign's content, or of the plan that was approved.
        counts: people by what became of them, frames or numbers, by their names.
        cost: in euros; planned for `begin`, charged for `end`.
        lost: the fingerprint of the entry that this one replaces.
    """

    seq: int
    at: datetime
    person: str
    action: AuditAction
    campaign: str | None = None
    digest: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    cost: Decimal | None = None
    lost: str | None = None

    @property
    def fingerprint(self) -> str:
        """The digest of everything in it, by which a change is noticed."""
        if self.lost is not None:
            return self.lost
        cost = None if self.cost is None else str(self.cost)
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        facts = [self.seq, at, self.person, self.action, self.campaign]
        facts += [self.digest, dict(sorted(self.counts.items())), cost]
        return sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRunRecord:
    """One run of a repeated campaign, and what its list looked like.

    Attributes:
        mapping: the header that each field was read from.
        campaign: the campaign it began; none where no one was left to text.
    """

    series: str
    at: datetime
    rows: int
    headers: tuple[str, ...]
    mapping: Mapping[str, str]
    campaign: str | None = None


class ApprovalStep(StrEnum):
    """A step of a person about a plan."""

    REQUESTED = "requested"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecord:
    """One step of one person about the plan of a series.

    Attributes:
        digest: identifies the terms.
        terms: what was approved, by the names of the settings.
    """

    series: str
    at: datetime
    step: ApprovalStep
    person: str
    digest: str
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFile:
    """One file that a watched folder took, known by the digest of its bytes.

    Attributes:
        series: the name of the campaign file's series.
        mode: `real`, `rehearsal` or `simulation`; what was only tried may run for real.
        claim: the working folder of the run that took it last.
        state: `running` until its outcome is known, then `done` or `failed`.
        attempts: how often it was begun without an outcome.
        rows: how many rows its producer announced.
        target: where it was moved; None until its outcome is known.
        code: the exit code of its run.
    """

    series: str
    mode: str
    digest: str
    name: str
    claim: str
    at: datetime
    state: str = "running"
    attempts: int = 0
    rows: int | None = None
    target: str | None = None
    code: int | None = None
    reason: str | None = None


class HeldReason(StrEnum):
    """Why a STOP should be looked at."""

    NEVER_TEXTED = "never_texted"  # its number is in none of the campaigns
    MANY_AT_ONCE = "many_at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStop:
    """A STOP that waits for a person; its number is opted out meanwhile."""

    phone_number: int
    reason: HeldReason
    at: datetime
