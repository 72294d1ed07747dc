"""The four outcomes of a post, as values.

"Not sent" is only said when it is certain, because a text cannot be taken back; anything less
certain is `Unknown` (`reliability.md` sections 2.3 and 2.4). Each carries the server's time
(`date`), by which our own clock is checked.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class RefusalScope(StrEnum):
    """How far a refusal reaches."""

    FRAME = "frame"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider took the frame; `number_of_contacts` may be smaller than what was posted.

    `ticket` is empty only when simulating. An amount that the answer lacks, or that cannot be
    true, is None and not zero.
    """

    ticket: str
    number_of_contacts: int
    number_of_sms_needed: int | None = None
    total_cost: Decimal | None = None
    residual_credit: Decimal | None = None
    message: str = ""
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The provider refused the frame, and would refuse the same frame again.

    `message` is the provider's own wording, `reason` the sentence people read.
    """

    code: int
    message: str
    scope: RefusalScope
    reason: str
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """The frame was certainly not taken; with `stop` a repeat is useless until a person acts.

    `retry_after` is the wait in seconds that was asked for, if any. With `too_large` the same
    contacts may be taken in smaller frames.
    """

    reason: str
    code: int | None = None
    stop: bool = False
    retry_after: float | None = None
    too_large: bool = False
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The frame may have been taken, so only a proved account may post it again.

    With `stop` nothing more may be posted, nor this frame again. `retry_after` is the wait in
    seconds before a repeat, if one was named; with `once` a second such answer ends the run.
    With `duplicate` the provider knows the request id already.
    """

    reason: str
    stop: bool = False
    code: int | None = None
    retry_after: float | None = None
    once: bool = False
    duplicate: bool = False
    date: datetime | None = None


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The balance of the account, in euros unless a product was asked for."""

    amount: Decimal
    unit: str
