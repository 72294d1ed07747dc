"""The records of the ledger: campaigns, frames, their entries and bytes, as plain values."""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypedDict

from bulksms import __version__
from bulksms.errors import LedgerError

__all__ = [
    "OPEN_STATES",
    "UNFINISHED_STATES",
    "CampaignRecord",
    "EntryRecord",
    "FirstPost",
    "FrameRecord",
    "FrameState",
    "FrozenFrame",
    "LearntPrice",
    "NewCampaign",
    "PackedBody",
    "ProofRecord",
    "RebuildResult",
    "RecordedAnswer",
    "damaged_body",
]

PROOF_LIFETIME = timedelta(days=30)
BYTES_PER_NUMBER = 8


class FrameState(StrEnum):
    """The state of a frame; only a planned one may become an intent and be posted."""

    PLANNED = "planned"
    INTENT = "intent"
    ACCEPTED = "accepted"
    ACCEPTED_SHORT = "accepted_short"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    DROPPED = "dropped"
    SIMULATED = "simulated"


UNFINISHED_STATES = (FrameState.PLANNED, FrameState.INTENT)
OPEN_STATES = (*UNFINISHED_STATES, FrameState.IN_DOUBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign about to be written down; past `expires_at` none of it may be posted.

    `digest` identifies text, settings and contacts, `text_digest` the text alone, `account`
    the login and the API's address.
    """

    name: str
    digest: str
    text_digest: str
    parameters: dict[str, Any]
    counts: dict[str, int]
    rehearsal: bool
    expires_at: datetime | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """One campaign in the ledger.

    `state` is `planned` until the first run, `sending` during one (or after one that crashed),
    then the run's outcome: `done`, `paused`, `stopped` or `interrupted`. After `purged_at` it has
    no personal data any more.
    """

    id: int
    name: str
    digest: str
    text_digest: str
    state: str
    created_at: datetime
    parameters: dict[str, Any]
    counts: dict[str, int]
    rehearsal: bool
    reason: str | None = None
    expires_at: datetime | None = None
    account: str | None = None
    purged_at: datetime | None = None
    cause: str | None = None

    @property
    def is_test(self) -> bool:
        """Whether it went only to the operator's own number."""
        return bool(self.parameters.get("test"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenFrame:
    """A frame as it will be posted, byte for byte.

    `numbers` holds its phone numbers as little-endian 64-bit integers.
    """

    number: int
    first_row: int
    last_row: int
    body: bytes
    request_id: str
    numbers: bytes
    sms_planned: int | None = None
    cost_planned: Decimal | None = None
    wave: int = 1
    parent: int | None = None

    @property
    def contacts(self) -> int:
        """How many people it texts."""
        return len(self.numbers) // BYTES_PER_NUMBER

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, in hexadecimal."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBody:
    """The compressed bytes of a frame, the digest they must have, and its members, if read."""

    number: int
    content: bytes
    members: bytes | None
    digest: str

    def unpack(self) -> bytes:
        """Return the bytes that were written.

        Raises:
            LedgerError: they no longer have their digest.
        """
        try:
            body = zlib.decompress(self.content)
        except zlib.error:
            body = b""
        if sha256(body).hexdigest() != self.digest:
            raise damaged_body(self.number)
        return body


def damaged_body(number: int) -> LedgerError:
    """Build the error for a frame whose bytes are damaged."""
    message = f"Frame {number} in the ledger is damaged: restore a backup; nothing is sent from it."
    return LedgerError(message, code="ledger_damaged")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRecord:
    """One frame in the ledger: its rows, its state and the API's answer.

    `doubted` says that it was in doubt, and is planned, refused or dropped by now: whether
    people have the text is unknown. `repeatable` says that the very same post would end its
    doubt, on an account where a repeat is known to be refused.
    """

    campaign_id: int
    number: int
    state: FrameState
    first_row: int
    last_row: int
    contacts: int
    request_id: str
    digest: str
    ticket: str | None = None
    number_of_contacts: int | None = None
    number_of_sms_needed: int | None = None
    total_cost: Decimal | None = None
    residual_credit: Decimal | None = None
    code: int | None = None
    message: str = ""
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    sms_planned: int | None = None
    cost_planned: Decimal | None = None
    wave: int = 1
    parent: int | None = None
    repeatable: bool = False
    holder: str | None = None
    doubted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One change of a frame: when, to which state, under which request id, and why.

    An intent has its account, and the API's own time as far as the run knew it.
    """

    at: datetime
    state: FrameState
    request_id: str
    digest: str
    ticket: str | None
    code: int | None
    message: str
    account: str | None = None
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPost:
    """The first post of a request id: when, under which account, at which server time.

    `times` are those of all changes of its campaign since then, in the order of writing.
    """

    at: datetime
    account: str | None
    server_time: datetime | None
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntPrice:
    """The price that the API charged an account for the SMS of one campaign."""

    cost: Decimal
    sms: int
    campaign: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """Whether an account refuses a repeated request id, as it was tried.

    `refusals_burn` says whether a refused request uses up its id; none if unknown. `window` is
    the longest time after which a repeat was tried and refused, and `trial` names the request
    that was repeated.
    """

    account: str
    base_url: str
    proved_at: datetime
    protects: bool
    refusals_burn: bool | None = None
    version: str = __version__
    window: timedelta | None = None
    trial: str | None = None

    def valid(self, now: datetime, base_url: str) -> bool:
        """Whether a repeat with the same id is known to be refused.

        It must have been tried at this address, by this version, in the last 30 days.
        """
        same = self.base_url == base_url.rstrip("/") and self.version == __version__
        return self.protects and same and timedelta() <= now - self.proved_at < PROOF_LIFETIME


class RecordedAnswer(TypedDict, total=False):
    """The fields that the API's answer adds to a frame; any of them may be missing."""

    ticket: str | None
    number_of_contacts: int | None
    number_of_sms_needed: int | None
    total_cost: Decimal | None
    residual_credit: Decimal | None
    code: int | None
    message: str
    repeatable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildResult:
    """The changes of a rebuild: frames put in doubt, campaigns missing from the ledger.

    `opt_outs_unreadable` counts opt-outs whose key is lost: they must be imported again.
    """

    doubted_frames: int
    lost_campaigns: tuple[str, ...]
    opt_outs_restored: int = 0
    opt_outs_unreadable: int = 0
