"""The durable record of every post, so that no one is texted twice.

The names load when they are asked for: a check without a ledger needs no database library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulksms.ledger.delivery.receipt_evidence import Evidence
    from bulksms.ledger.delivery.receipts import MessageGroup, MessageStates, ReceiptRecord
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
    from bulksms.ledger.operators.accepted_files import AcceptedFile
    from bulksms.ledger.operators.approvals import ApprovalRecord, ApprovalStep
    from bulksms.ledger.operators.audit_trail import AuditEntry
    from bulksms.ledger.people.held_stops import HeldReason, HeldStop
    from bulksms.ledger.records.frame_records import (
        CampaignRecord,
        EntryRecord,
        FirstPost,
        FrameRecord,
        FrameState,
        FrozenFrame,
        LearntPrice,
        NewCampaign,
        PackedBody,
        ProofRecord,
        RebuildResult,
        RecordedAnswer,
        ScheduledRunRecord,
    )
    from bulksms.ledger.records.operator_records import AuditAction, OrderKind, OrderRecord
    from bulksms.ledger.records.shared_records import (
        LEASE,
        MAX_CLOCK_ERROR,
        ClaimTerms,
        HolderRecord,
        SharedRunRecord,
    )
    from bulksms.ledger.records.totals import CampaignTotals, FrameGroup
    from bulksms.ledger.server_address import is_server_url

__all__ = [
    "LEASE",
    "MAX_CLOCK_ERROR",
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
    "HolderRecord",
    "LearntPrice",
    "Ledger",
    "MessageGroup",
    "MessageStates",
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

_MODULES = {
    "LEASE": "records.shared_records",
    "MAX_CLOCK_ERROR": "records.shared_records",
    "ClaimTerms": "records.shared_records",
    "HolderRecord": "records.shared_records",
    "SharedRunRecord": "records.shared_records",
    "AuditAction": "records.operator_records",
    "AuditEntry": "operators.audit_trail",
    "AcceptedFile": "operators.accepted_files",
    "ApprovalRecord": "operators.approvals",
    "ApprovalStep": "operators.approvals",
    "CampaignTotals": "records.totals",
    "Evidence": "delivery.receipt_evidence",
    "FrameGroup": "records.totals",
    "HeldReason": "people.held_stops",
    "HeldStop": "people.held_stops",
    "Ledger": "ledger",
    "MessageGroup": "delivery.receipts",
    "MessageStates": "delivery.receipts",
    "OrderKind": "records.operator_records",
    "OrderRecord": "records.operator_records",
    "ReceiptRecord": "delivery.receipts",
    "describe_sharing": "location",
    "is_server_url": "server_address",
    "ledger_exists": "location",
    "ledger_file": "location",
    "mounts": "location",
    "open_ledger": "open",
    "refuse_shared_folder": "location",
    "refuse_untrusted": "location",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'records.frame_records')}"), name)
