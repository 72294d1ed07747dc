"""The actions in the audit trail."""

from enum import StrEnum

__all__ = ["AuditAction"]


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
