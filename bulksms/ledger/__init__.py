"""What has happened, kept so that a crash costs nothing and nobody is texted twice.

The names behind this door load when they are asked for: a check without a ledger, and whoever
only speaks of frames, need no database library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulksms.ledger.addresses import ledger_exists, ledger_file
    from bulksms.ledger.ledger import Ledger
    from bulksms.ledger.location import mounts, refuse_place
    from bulksms.ledger.opening import open_ledger
    from bulksms.ledger.reconcile import Mended
    from bulksms.ledger.records import (
        Answer,
        CampaignRecord,
        EntryRecord,
        FrameRecord,
        FrameState,
        FrozenFrame,
        PackedBody,
        ProofRecord,
    )

__all__ = [
    "Answer",
    "CampaignRecord",
    "EntryRecord",
    "FrameRecord",
    "FrameState",
    "FrozenFrame",
    "Ledger",
    "Mended",
    "PackedBody",
    "ProofRecord",
    "ledger_exists",
    "ledger_file",
    "mounts",
    "open_ledger",
    "refuse_place",
]

_ELSEWHERE = {
    "Ledger": "ledger",
    "Mended": "reconcile",
    "ledger_exists": "addresses",
    "ledger_file": "addresses",
    "mounts": "location",
    "open_ledger": "opening",
    "refuse_place": "location",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever stands behind the door
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'records')}"), name)
