"""A campaign: its text parameters, its frames and its identity.

The API replaces a parameter it does not understand and sends anyway, so every value is
checked here before anything else happens (`octopush-api.md` sections 0 and 3).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

from bulksms.columnar.arrays import ints_from_arrow
from bulksms.contacts import FIELDS, Contact, format_e164
from bulksms.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "PACKED_NUMBER",
    "Frame",
    "Parameters",
    "Purpose",
    "SmsType",
    "contacts_of",
    "content_digest",
    "frame_key",
    "list_name_of_frame",
]

SENDER = re.compile(r"[A-Za-z0-9]{3,11}")
PACKED_NUMBER = "<i8"  # a phone number as the ledger keeps it
LIST_NAME_LIMIT = 30  # characters; the contacts page of the API names it


class Purpose(StrEnum):
    """Why a text is sent; the API assumes marketing when the value is unknown."""

    ALERT = "alert"
    WHOLESALE = "wholesale"


class SmsType(StrEnum):
    """Which route is bought; the API assumes premium when the value is unknown."""

    PREMIUM = "sms_premium"
    LOW_COST = "sms_low_cost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The API's parameters under their own names, except the recipients.

    Raises:
        UsageError: the API would silently replace a value.
    """

    text: str
    sender: str | None = None
    purpose: Purpose = Purpose.WHOLESALE
    type: SmsType = SmsType.PREMIUM
    send_at: datetime | None = None
    list_name: str | None = None
    with_replies: bool = False
    recipient_tracking: bool = False
    auto_optimize_text: bool = True
    auto_delete_optout_contacts: bool = True
    simulation_mode: bool = False

    def __post_init__(self) -> None:
        if self.sender is not None and not SENDER.fullmatch(self.sender):
            raise UsageError(
                f"The sender {self.sender!r} is not valid: use 3 to 11 letters a-z, A-Z or digits, "
                "without spaces or accents.",
                code="sender_invalid",
                sender=self.sender or "",
            )
        if self.list_name is not None and not 1 <= len(self.list_name.strip()) <= LIST_NAME_LIMIT:
            raise UsageError(f"The list name must have 1 to {LIST_NAME_LIMIT} characters.")
        if self.send_at is not None and self.send_at.utcoffset() is None:
            raise UsageError("The sending time needs an offset from UTC.", code="send_time_invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The contacts of one API request, in file order.

    Attributes:
        number: counts from 1.
        table: at most 500 contacts as an Arrow table of `row`, `phone_number` as the digits of
            E.164 in an integer, and `FIELDS`, where what a contact lacks is empty.
    """

    number: int
    table: "pa.Table"

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Its contacts as records."""
        return tuple(contacts_of(self.table))

    @property
    def phone_numbers(self) -> bytes:
        """Their phone numbers as little-endian integers of 64 bits."""
        return bytes(self.table["phone_number"].to_numpy().astype(PACKED_NUMBER).tobytes())

    @property
    def first_row(self) -> int:
        """The spreadsheet row of the first contact."""
        return int(self.table["row"][0].as_py())

    @property
    def last_row(self) -> int:
        """The spreadsheet row of the last contact."""
        return int(self.table["row"][-1].as_py())


def contacts_of(table: "pa.Table") -> Iterator[Contact]:
    """Yield the rows of a frame's table as records, in their order."""
    numbers = format_e164(ints_from_arrow(table["phone_number"].combine_chunks()))
    fields = (table[name].to_pylist() for name in FIELDS)
    return map(Contact, table["row"].to_pylist(), numbers.to_pylist(), *fields)


def list_name_of_frame(list_name: str | None, number: int, total: int) -> str | None:
    """Name the list of one frame: each of several frames creates a list of its own."""
    if list_name is None or total == 1:
        return list_name
    suffix = f"-{number}"
    return f"{list_name.strip()[: LIST_NAME_LIMIT - len(suffix)].rstrip()}{suffix}"


def content_digest(parameters: Mapping[str, object], recipients: Iterable[bytes]) -> str:
    """Identify the content of a campaign: equal text, settings and contacts, equal digest.

    The recipients come in parts; where they are cut does not matter.
    """
    encoded = orjson.dumps(dict(parameters), option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(encoded + b"\0")
    for part in recipients:
        digest.update(part)
    return digest.hexdigest()


def frame_key(campaign: str, number: int, *, rehearsal: bool, wave: int = 1) -> str:
    """Identify a frame for its request id; `wave` grows only by an operator's order to resend."""
    return f"{'rehearsal' if rehearsal else 'real'}/{campaign}/{wave}/{number}"
