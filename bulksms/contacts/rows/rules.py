"""Which rows may be texted in this run, and what happens to doubtful ones.

It has never seen a row; `screening` applies the rules.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np

from bulksms.columnar.arrays import PhoneNumbers
from bulksms.contacts.numbers import SHIPPED
from bulksms.contacts.opt_outs.consent_age import ConsentLimit
from bulksms.contacts.opt_outs.lists import OptOutList

__all__ = ["Duplicates", "LongValues", "ScreeningRules"]


def _no_numbers() -> PhoneNumbers:
    return np.empty(0, dtype=np.int64)


class Duplicates(StrEnum):
    """Which of several rows with one number is texted; with `refuse` nothing can be sent."""

    FIRST = "first"
    LAST = "last"
    MOST_COMPLETE = "most_complete"
    REFUSE = "refuse"


class LongValues(StrEnum):
    """The handling of values too long for the API; with `stop` nothing can be sent."""

    REJECT = "reject"
    CUT = "cut"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRules:
    """The rules of who may be texted; no allowed countries means every country.

    Attributes:
        max_rejected: the share of rejected rows above which the run stops.
        max_foreign: the contacts outside the region's country above which the run stops, or `None`.
        guests: the only numbers that may be texted; `None`: everyone.
        number_table: the compiled number plans; a file made from other metadata is not used.
        consent_limit: how old the consent of a row may be; `None`: not asked.
        sent_before: numbers that got this text before, as the digits of E.164.
    """

    region: str = "FR"
    allow_landlines: bool = False
    allowed_countries: frozenset[str] = frozenset()
    rehearsal: bool = False
    max_rejected: float = 0.2
    max_foreign: int | None = None
    duplicates: Duplicates = Duplicates.FIRST
    long_values: LongValues = LongValues.REJECT
    guests: OptOutList | None = None
    number_table: Path = SHIPPED
    consent_limit: ConsentLimit | None = None
    sent_before: PhoneNumbers = field(default_factory=_no_numbers, compare=False)

    @property
    def cuts(self) -> bool:
        """Whether values over the limit are cut."""
        return self.long_values is LongValues.CUT
