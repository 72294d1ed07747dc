"""The ledger: the durable record of every campaign, one part per subject.

Every method of a part is one transaction and is on the disk when it returns. The parts may be
used from several threads.
"""

from typing import TYPE_CHECKING, Self

from bulksms.clock import Clock

if TYPE_CHECKING:
    from bulksms.ledger.storage import Storage

__all__ = ["Ledger"]


class Ledger:
    """The durable record of every campaign on this machine."""

    def __init__(self, storage: "Storage", clock: Clock) -> None:
        from bulksms.ledger import parts  # with the database library

        witnesses = parts.WitnessPair(storage)
        self._storage = storage
        self.holders, self.lanes = parts.Holders(storage), parts.Lanes(storage)
        self.due_runs = parts.DueRuns(storage)
        self.shared_runs = parts.SharedRuns(storage)
        self.locks = parts.LaneLocks(storage.locks, self.lanes)
        self.reconciler = parts.Reconciler(storage, witnesses, clock)
        self.campaigns = parts.Campaigns(storage, clock)
        self.pseudonyms = parts.Pseudonyms(storage)
        self.frames = parts.Frames(storage, self.pseudonyms)
        self.frame_queries = parts.FrameQueries(storage)
        self.account_balances = parts.AccountBalances(storage)
        commit = parts.choose_commit(storage, witnesses)
        self.claims = parts.Claims(storage, self.reconciler, commit)
        self.settlements = parts.Settlements(storage)
        self.orders = parts.Orders(storage)
        self.opt_outs = parts.OptOuts(storage, witnesses, clock)
        self.refusals = parts.Refusals(storage, witnesses)
        self.held_stops = parts.HeldStops(storage)
        self.proofs = parts.Proofs(storage)
        self.history = parts.History(storage, self.pseudonyms)
        self.erasures = parts.Erasures(storage, clock)
        self.scheduled_runs = parts.ScheduledRuns(storage)
        self.receipts = parts.Receipts(storage)
        self.receipt_quota = parts.ReceiptQuota(storage)
        self.evidence = parts.ReceiptEvidence(storage)
        self.dead_numbers = parts.DeadNumbers(storage)
        self.approvals = parts.Approvals(storage)
        self.accepted_files = parts.AcceptedFiles(storage)
        self.audit = parts.AuditTrail(storage, witnesses, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def refuse_after_failure(self) -> None:
        """Refuse to continue after a permanent failure.

        Raises:
            LedgerError: there was one.
        """
        self._storage.refuse_after_failure()

    def close(self) -> None:
        """Close the database."""
        self._storage.close()
