"""Delivery receipts and what they say of messages and frames, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Evidence", "MessageGroup", "MessageStates", "ReceiptRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """The API's report about one message: the ticket of its frame, its number, its status.

    Attributes:
        date: as the API wrote it: its zone is not documented, so it is only shown.
    """

    ticket: str
    phone_number: int
    status: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MessageStates:
    """The messages of a campaign that have a receipt, one position for each.

    Attributes:
        frames: the number of the frame that has the ticket.
        phone_numbers: who the receipts are about.
        ranks: the highest rank among the statuses.
        received_at: when the newest receipt came; one for all, `None` without any.
    """

    frames: "PhoneNumbers"
    phone_numbers: "PhoneNumbers"
    ranks: "PhoneNumbers"
    received_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGroup:
    """Messages of accepted frames whose receipts say the same.

    Attributes:
        rank: the highest rank among the statuses of each.
        is_overdue: whether their frames were answered by the moment that was asked about.
        received_at: when the newest of their receipts came.
    """

    rank: int
    is_overdue: bool
    messages: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The receipts of one ticket beside the people of a frame in doubt.

    The ticket is the frame's own where the API gave one, else one that no frame has.

    Attributes:
        members: people of the frame.
        reported: people of the frame whom a receipt with this ticket is about.
        strangers: other people whom a receipt with this ticket is about.
        rivals: other frames without a ticket that have some of the people.
    """

    ticket: str
    members: int
    reported: int
    strangers: int
    rivals: int

    @property
    def is_proof(self) -> bool:
        """Whether the ticket can only be the frame's own."""
        return self.reported == self.members and not self.strangers and not self.rivals
