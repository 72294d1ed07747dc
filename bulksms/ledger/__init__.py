"""What has happened, kept so that a crash costs nothing and nobody is texted twice."""

from bulksms.ledger.ledger import Ledger
from bulksms.ledger.opening import open_ledger
from bulksms.ledger.places import mounts, refuse_place
from bulksms.ledger.records import (
    Answer,
    CampaignRecord,
    EntryRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
    ProofRecord,
)
from bulksms.ledger.storage import ledger_exists, ledger_file
from bulksms.ledger.trust import Mended

__all__ = [
    "Answer",
    "CampaignRecord",
    "EntryRecord",
    "FrameRecord",
    "FrameState",
    "FrozenFrame",
    "Ledger",
    "Mended",
    "ProofRecord",
    "ledger_exists",
    "ledger_file",
    "mounts",
    "open_ledger",
    "refuse_place",
]
