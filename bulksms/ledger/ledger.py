"""The ledger: the durable record of every campaign, one part per subject.

Every method of a part is one transaction and is on the disk when it returns. The parts may be
used from several threads.
"""

from types import TracebackType
from typing import Self

from bulksms.clock import Clock
from bulksms.ledger.accepted_files import AcceptedFiles
from bulksms.ledger.account_balances import AccountBalances
from bulksms.ledger.approvals import Approvals
from bulksms.ledger.audit_trail import AuditTrail
from bulksms.ledger.campaigns import Campaigns
from bulksms.ledger.claims import Claims
from bulksms.ledger.erasures import Erasures
from bulksms.ledger.frame_queries import FrameQueries
from bulksms.ledger.frames import Frames
from bulksms.ledger.group_commit import GroupCommit
from bulksms.ledger.held_stops import HeldStops
from bulksms.ledger.history import History
from bulksms.ledger.holders import Holders
from bulksms.ledger.lanes import LaneLocks, Lanes
from bulksms.ledger.opt_outs import OptOuts
from bulksms.ledger.orders import Orders
from bulksms.ledger.proofs import Proofs
from bulksms.ledger.pseudonyms import Pseudonyms
from bulksms.ledger.receipt_evidence import ReceiptEvidence
from bulksms.ledger.receipt_quota import ReceiptQuota
from bulksms.ledger.receipts import Receipts
from bulksms.ledger.reconcile import Reconciler
from bulksms.ledger.scheduled_runs import ScheduledRuns
from bulksms.ledger.settlements import Settlements
from bulksms.ledger.shared_runs import SharedRuns
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness_pair import WitnessPair

__all__ = ["Ledger"]


class Ledger:
    """The durable record of every campaign on this machine."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        witnesses = WitnessPair(storage)
        self._storage = storage
        self.holders, self.lanes = Holders(storage, clock), Lanes(storage, clock)
        self.shared_runs = SharedRuns(storage, clock)
        self.locks = LaneLocks(storage.locks, self.lanes, clock)
        self.reconciler = Reconciler(storage, witnesses, clock)
        self.campaigns = Campaigns(storage, clock)
        self.pseudonyms = Pseudonyms(storage)
        self.frames = Frames(storage, self.pseudonyms)
        self.frame_queries = FrameQueries(storage)
        self.account_balances = AccountBalances(storage)
        self.claims = Claims(storage, self.reconciler, GroupCommit(storage, witnesses), clock)
        self.settlements = Settlements(storage)
        self.orders = Orders(storage)
        self.opt_outs = OptOuts(storage, witnesses, clock)
        self.held_stops = HeldStops(storage)
        self.proofs = Proofs(storage)
        self.history = History(storage, self.pseudonyms)
        self.erasures = Erasures(storage, clock)
        self.scheduled_runs = ScheduledRuns(storage)
        self.receipts = Receipts(storage)
        self.receipt_quota = ReceiptQuota(storage)
        self.evidence = ReceiptEvidence(storage)
        self.approvals = Approvals(storage)
        self.accepted_files = AcceptedFiles(storage)
        self.audit = AuditTrail(storage, witnesses, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._storage.close()
