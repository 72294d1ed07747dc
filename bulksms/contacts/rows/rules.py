"""Which rows may be texted in this run, and what becomes of doubtful ones.

It must not know a row; `screening` applies the rules.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.numbers import SHIPPED
from bulksms.contacts.opt_outs.lists import OptOutList

__all__ = ["Duplicates", "LongValues", "ScreeningRules"]


class Duplicates(StrEnum):
    """Which of several rows with one number is texted; `refuse` lets nothing be sent."""

    FIRST = "first"
    LAST = "last"
    MOST_COMPLETE = "most_complete"
    REFUSE = "refuse"


class LongValues(StrEnum):
    """What becomes of a value the API has no room for; `stop` lets nothing be sent."""

    REJECT = "reject"
    CUT = "cut"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRules:
    """What may be texted in this run; no allowed countries means every country.

    Attributes:
        max_rejected: the share of rejected rows that stops the run when it is passed.
        max_foreign: the contacts outside the region's country that stop it; `None`: no cap.
        guests: the only numbers a trial may reach; `None`: everybody.
        number_table: the file of the compiled number plans; one of other metadata is not used.
        sent_before: numbers that had this text, in E.164 or as digits from the ledger.
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
    sent_before: frozenset[str] | NDArray[np.int64] = field(default_factory=frozenset)

    @property
    def cuts(self) -> bool:
        """Whether values over the limit are cut."""
        return self.long_values is LongValues.CUT

    def sent(self) -> OptOutList:
        """The numbers that had this text, as a list to look up."""
        if isinstance(self.sent_before, frozenset):
            return OptOutList.from_numbers(self.sent_before)
        return OptOutList.from_digits(self.sent_before)
