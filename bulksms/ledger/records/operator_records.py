"""What operators order and do, as plain values: orders about campaigns, actions in the trail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["AuditAction", "OrderKind", "OrderRecord"]


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
