"""The states of a message at the handset, and which of several receipts counts.

Receipts are facts: they may come late, twice and in any order. The state of a message is a
function of the set of them, the strongest in the order of delivery_states.toml.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bulksms.text_files import read_shipped_table

__all__ = [
    "DeliveryState",
    "DeliveryStatus",
    "all_statuses",
    "known_status",
    "status_of",
]

_UNKNOWN = "UNKNOWN_DELIVERY"


class DeliveryState(StrEnum):
    """SMPP's own words for what became of a message; `delivered` reached the phone."""

    ENROUTE = "enroute"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"
    REJECTED = "rejected"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """One word of the API about a message.

    Attributes:
        charged: whether it is charged, in a sentence.
        dead: the number can never be reached, so it belongs on no list.
        for_good: the failure lies with the number, and not with the text or the moment.
        rank: of two statuses of one message, that of the higher rank counts.
        happened: what became of the message, without a point.
        advice: what to do.
    """

    code: str
    state: DeliveryState
    charged: str
    dead: bool
    for_good: bool
    rank: int
    happened: str
    advice: str

    @property
    def sentence(self) -> str:
        """What happened, whether it was charged, and what to do."""
        return f"{self.happened}. {self.charged} {self.advice}"


_CHARGED = {"yes": "Charged.", "no": "Not charged.", "unknown": "Perhaps charged."}


def known_status(word: str) -> str:
    """Return the code of a status as the API writes it; one that is not known says nothing."""
    code = word.strip().upper().replace(" ", "_").replace("-", "_")
    return code if code in _table() else _UNKNOWN


def status_of(code: str) -> DeliveryStatus:
    """Look up a status by its code."""
    return _table()[known_status(code)]


def all_statuses() -> tuple[DeliveryStatus, ...]:
    """List every status, the weakest first."""
    return tuple(_table().values())


@cache
def _table() -> dict[str, DeliveryStatus]:
    entries = read_shipped_table("bulksms.octopush", "delivery_states.toml")
    return {
        code: DeliveryStatus(
            code=code,
            state=DeliveryState(entry["state"]),
            charged=_CHARGED[entry["charged"]],
            dead=entry.get("dead", False),
            for_good=entry.get("for_good", False),
            rank=rank,
            happened=entry["words"][0],
            advice=entry["words"][1],
        )
        for rank, (code, entry) in enumerate(entries.items())
    }
