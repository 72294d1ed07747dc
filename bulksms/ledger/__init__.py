"""The durable record of every post, so that no one is texted twice.

What is imported here needs no database library; that loads with the first ledger.
"""

from bulksms.ledger.ledger import Ledger
from bulksms.ledger.location import (
    describe_sharing,
    ledger_exists,
    ledger_file,
    mounts,
    refuse_shared_folder,
    refuse_untrusted,
)
from bulksms.ledger.open import open_ledger
from bulksms.ledger.records.frame_records import (
    OPEN_STATES,
    UNFINISHED_STATES,
    CampaignRecord,
    EntryRecord,
    FirstPost,
    FrameRecord,
    FrameState,
    FrozenFrame,
    NewCampaign,
    PackedBody,
    ProofRecord,
    RebuildResult,
    RecordedAnswer,
)
from bulksms.ledger.records.operator_records import (
    AcceptedFile,
    ApprovalRecord,
    ApprovalStep,
    AuditAction,
    AuditEntry,
    HeldReason,
    HeldStop,
    OrderKind,
    OrderRecord,
    ScheduledRunRecord,
)
from bulksms.ledger.records.receipt_records import Evidence, MessageGroup, ReceiptRecord
from bulksms.ledger.records.shared_records import (
    LEASE,
    MAX_CLOCK_ERROR,
    ClaimTerms,
    SharedRunRecord,
)
from bulksms.ledger.records.totals import CampaignTotals, FrameGroup
from bulksms.ledger.server_address import is_server_url

__all__ = [
    "LEASE",
    "MAX_CLOCK_ERROR",
    "OPEN_STATES",
    "UNFINISHED_STATES",
    "AcceptedFile",
    "ApprovalRecord",
    "ApprovalStep",
    "AuditAction",
    "AuditEntry",
    "CampaignRecord",
    "CampaignTotals",
    "ClaimTerms",
    "EntryRecord",
    "Evidence",
    "FirstPost",
    "FrameGroup",
    "FrameRecord",
    "FrameState",
    "FrozenFrame",
    "HeldReason",
    "HeldStop",
    "Ledger",
    "MessageGroup",
    "NewCampaign",
    "OrderKind",
    "OrderRecord",
    "PackedBody",
    "ProofRecord",
    "RebuildResult",
    "ReceiptRecord",
    "RecordedAnswer",
    "ScheduledRunRecord",
    "SharedRunRecord",
    "describe_sharing",
    "is_server_url",
    "ledger_exists",
    "ledger_file",
    "mounts",
    "open_ledger",
    "refuse_shared_folder",
    "refuse_untrusted",
]
