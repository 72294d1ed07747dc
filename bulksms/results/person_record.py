"""The data that the ledger holds on one person, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from bulksms.results.person_rows import PersonRow

__all__ = ["PersonCampaign", "PersonMessage", "PersonOptOut", "PersonRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMessage:
    """One message in a frame: its text, none after an erasure, and what became of the frame.

    `outcome` is the class of contacts, such as `sent`. `receipts` are status and date of every
    delivery report, as Octopush wrote them.
    """

    frame: int
    outcome: str
    ticket: str | None
    text: str | None
    posted_at: datetime | None
    receipts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCampaign:
    """A campaign that a person is in, with their messages and their rows of the source."""

    name: str
    mode: str
    begun_at: datetime
    sender: str | None
    purpose: str | None
    send_at: str | None
    files: tuple[str, ...]
    messages: tuple[PersonMessage, ...]
    rows: tuple[PersonRow, ...]
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOptOut:
    """Whether a person opted out, since when, from which source, and every change.

    `by_hash` says that only a keyed hash of the number is kept, `is_held` that the STOP waits for
    a person to look at it.
    """

    opted_out: bool
    by_hash: bool = False
    is_held: bool = False
    since: datetime | None = None
    origin: str | None = None
    changes: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Everything held on one phone number at a moment.

    Attributes:
        other_receipts: ticket, status and date of receipts about texts that are in no campaign.
    """

    phone_number: str
    at: datetime
    campaigns: tuple[PersonCampaign, ...]
    opt_out: PersonOptOut
    other_receipts: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held at all."""
        opt_out = self.opt_out
        held = self.campaigns, self.other_receipts, opt_out.opted_out, opt_out.changes
        return not any(held)
