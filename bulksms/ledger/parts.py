"""The parts of a ledger; with them the database library is loaded."""

from bulksms.ledger.campaigns.campaigns import Campaigns
from bulksms.ledger.campaigns.frame_queries import FrameQueries
from bulksms.ledger.campaigns.frames import Frames
from bulksms.ledger.campaigns.history import History
from bulksms.ledger.delivery.account_balances import AccountBalances
from bulksms.ledger.delivery.dead_numbers import DeadNumbers
from bulksms.ledger.delivery.receipt_evidence import ReceiptEvidence
from bulksms.ledger.delivery.receipt_quota import ReceiptQuota
from bulksms.ledger.delivery.receipts import Receipts
from bulksms.ledger.operators.audit_trail import AuditTrail
from bulksms.ledger.operators.orders import Orders
from bulksms.ledger.operators.proofs import Proofs
from bulksms.ledger.operators.repeated_campaigns import (
    AcceptedFiles,
    Approvals,
    ScheduledRuns,
)
from bulksms.ledger.people.erasures import Erasures
from bulksms.ledger.people.held_stops import HeldStops
from bulksms.ledger.people.opt_outs import OptOuts
from bulksms.ledger.people.pseudonyms import Pseudonyms
from bulksms.ledger.people.refusals import Refusals
from bulksms.ledger.posts.claims import Claims
from bulksms.ledger.posts.server_commit import choose_commit
from bulksms.ledger.posts.settlements import Settlements
from bulksms.ledger.recovery.reconcile import Reconciler
from bulksms.ledger.sharing.due_runs import DueRuns
from bulksms.ledger.sharing.holders import Holders
from bulksms.ledger.sharing.lanes import LaneLocks, Lanes
from bulksms.ledger.sharing.shared_runs import SharedRuns
from bulksms.ledger.witness.witness_pair import WitnessPair

__all__ = [
    "AcceptedFiles",
    "AccountBalances",
    "Approvals",
    "AuditTrail",
    "Campaigns",
    "Claims",
    "DeadNumbers",
    "DueRuns",
    "Erasures",
    "FrameQueries",
    "Frames",
    "HeldStops",
    "History",
    "Holders",
    "LaneLocks",
    "Lanes",
    "OptOuts",
    "Orders",
    "Proofs",
    "Pseudonyms",
    "ReceiptEvidence",
    "ReceiptQuota",
    "Receipts",
    "Reconciler",
    "Refusals",
    "ScheduledRuns",
    "Settlements",
    "SharedRuns",
    "WitnessPair",
    "choose_commit",
]
