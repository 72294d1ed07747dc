"""The sums over a campaign's frames, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bulksms.ledger.records.frame_records import FrameState

__all__ = ["CampaignTotals", "FrameGroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameGroup:
    """Frames in one state with one answer: how many, their people, the first few numbers."""

    frames: int
    contacts: int
    first_numbers: tuple[int, ...]
    code: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTotals:
    """The sums over all frames of a campaign.

    Attributes:
        frames: how many frames are in each state; states without frames may be missing.
        contacts: people by the state of their frame, without those of `doubted` frames.
        doubted_contacts: people in frames that were in doubt and are planned, refused or
            dropped by now.
        short: people of accepted frames whom the API did not take.
        unpriced: accepted frames of which the API did not report a cost.
        planned_cost: what the paid frames were expected to cost; `None` unless known of all.
        residual_credit: the credit after the last frame that the API accepted.
        in_doubt: the frames in doubt, if there are any.
        refused: the refused frames, one group for each code and message.
    """

    frames: Mapping[FrameState, int] = field(default_factory=dict)
    contacts: Mapping[FrameState, int] = field(default_factory=dict)
    doubted_contacts: int = 0
    short: int = 0
    sms_needed: int = 0
    total_cost: Decimal = Decimal(0)
    unpriced: int = 0
    planned_cost: Decimal | None = None
    residual_credit: Decimal | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    in_doubt: FrameGroup | None = None
    refused: tuple[FrameGroup, ...] = ()
