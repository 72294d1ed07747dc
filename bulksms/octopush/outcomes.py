"""What can have become of a posted frame: four values, and no exceptions.

A phone that buzzes twice cannot be un-buzzed, so "not sent" is only said when it is certain;
whatever is less than certain is `Unknown` (`reliability.md` sections 2.3 and 2.4). Each carries
the hour the server named with its answer (`date`), by which our own clock is checked.
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
    """The provider took the frame; `number_of_contacts` may be smaller than what we sent.

    `ticket` is empty only when simulating. An amount the answer lacks is None, not zero.
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
    """The provider said no, and the same frame would be refused again.

    `message` is the provider's own wording, `reason` the sentence people read.
    """

    code: int
    message: str
    scope: RefusalScope
    reason: str
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Certainly nothing was taken; `stop` says that repeating is useless until a person acts.

    `retry_after` is the wait in seconds that was asked of us, if any. `too_large` says that
    the same people may be taken in smaller frames.
    """

    reason: str
    code: int | None = None
    stop: bool = False
    retry_after: float | None = None
    too_large: bool = False
    date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have been taken, so that only a proved account may post the very same again.

    `stop` says to post nothing further, and not this again either. `retry_after` is the wait
    in seconds before a repeat, if one was named, and `once` that a second such answer is the
    end. `duplicate` says that the provider knows the request id already.
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
    """What is left on the account; the unit is euros unless a product was asked for."""

    amount: Decimal
    unit: str
