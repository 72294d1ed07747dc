"""Rebuilds a ledger that was restored or copied, from its witnesses."""

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger import AuditAction, RebuildResult, ledger_exists, open_ledger
from bulksms.settings import Settings

__all__ = ["rebuild_ledger"]


def rebuild_ledger(settings: Settings, clock: Clock) -> RebuildResult:
    """Complete the ledger from its witnesses, or accept it where they hold nothing.

    Raises:
        LedgerBusy: one of the campaigns is being sent.
        LedgerError: there is no ledger, or it is damaged.
    """
    if not ledger_exists(settings.home, settings.ledger):
        raise LedgerError(f"There is no ledger in {settings.home}, so there is nothing to rebuild.")
    with open_ledger(settings.home, settings.ledger) as ledger:
        result = ledger.reconciler.rebuild(clock.now())
        ledger.audit.record(
            AuditAction.MEND,
            counts={"frames": result.doubted_frames, "opt_outs": result.opt_outs_restored},
        )
        return result
