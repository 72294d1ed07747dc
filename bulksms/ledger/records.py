"""The nouns of the ledger: what a campaign and a frame look like once they are written down.

Plain values: nothing here knows of a database, of pandas or of phone numbers.
"""

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
    "Answer",
    "CampaignRecord",
    "EntryRecord",
    "FrameRecord",
    "FrameState",
    "FrozenFrame",
    "PackedBody",
    "ProofRecord",
    "damaged_body",
]

PROOF_LASTS = timedelta(days=30)


class FrameState(StrEnum):
    """Where a frame stands; only `planned` may be posted, and only once it is `intent`."""

    PLANNED = "planned"
    INTENT = "intent"
    ACCEPTED = "accepted"
    ACCEPTED_SHORT = "accepted_short"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """One campaign as the ledger knows it.

    `state` is `planned` until the first run, `sending` during one (or after one that was
    killed), then the verdict's: `done`, `paused`, `stopped` or `interrupted`.
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

    @property
    def is_test(self) -> bool:
        """Whether only the operator's own number was to get it."""
        return bool(self.parameters.get("test"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenFrame:
    """A frame as it will be posted, byte for byte, ready to be written down.

    `numbers` holds the digits of its phone numbers as little-endian 64-bit integers.
    """

    number: int
    first_row: int
    last_row: int
    contacts: int
    body: bytes
    digest: str
    request_id: str
    numbers: bytes
    sms_planned: int | None = None
    cost_planned: Decimal | None = None
    wave: int = 1
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBody:
    """The bytes of a frame as the ledger keeps them, and the digest they are to have."""

    number: int
    content: bytes
    digest: str

    def unpack(self) -> bytes:
        """Give the very bytes that were written.

        Raises:
            LedgerError: they are no longer those of the digest.
        """
        try:
            body = zlib.decompress(self.content)
        except zlib.error:
            body = b""
        if sha256(body).hexdigest() != self.digest:
            raise damaged_body(self.number)
        return body


def damaged_body(number: int) -> LedgerError:
    """Say that nothing can be posted of a frame."""
    return LedgerError(
        f"Frame {number} in the ledger is not as it was written: "
        "restore a backup; nothing is sent from this one."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRecord:
    """One frame as the ledger knows it: its place in the file, and what was answered.

    `doubted` says that it was in doubt, and is planned, refused or dropped by now: people may
    have the text, and it is not known. `repeatable` says that its doubt is of the kind that the
    very same post would end, on an account where a repeat is known to be refused.
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
    doubted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One change of a frame: when it came to stand where, under which id, and why."""

    at: datetime
    state: FrameState
    request_id: str
    digest: str
    ticket: str | None
    code: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """What was learnt of an account: whether a repeated request id is refused there.

    `refusals_burn` says whether a refused request uses up its id; none when it is not known.
    """

    account: str
    base_url: str
    proved_at: datetime
    protects: bool
    refusals_burn: bool | None = None
    version: str = __version__

    def valid(self, now: datetime, base_url: str) -> bool:
        """Whether a repeat with the same id may be trusted to text nobody again.

        Only if it was seen to be so, at this address, by this version, in the last 30 days.
        """
        same = self.base_url == base_url.rstrip("/") and self.version == __version__
        return self.protects and same and timedelta() <= now - self.proved_at < PROOF_LASTS


class Answer(TypedDict, total=False):
    """What the API's answer adds to a frame; all of it may be missing."""

    ticket: str | None
    number_of_contacts: int | None
    number_of_sms_needed: int | None
    total_cost: Decimal | None
    residual_credit: Decimal | None
    code: int | None
    message: str
    repeatable: bool
