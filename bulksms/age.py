"""A length of time as people write it: 180d, 26w, 18m, 3y; months and years by the calendar."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bulksms.errors import UsageError

__all__ = ["Age"]

_WRITTEN = re.compile(r"(\d{1,4})\s*([dwmy])")
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}
_NAMES = {"d": "day", "w": "week", "m": "month", "y": "year"}
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Age:
    """A number of days, weeks, months or years; `unit` is the first letter."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Age":
        """Read an age such as 180d or 3y.

        Raises:
            UsageError: it is not an age of at least a day.
        """
        match = _WRITTEN.fullmatch(text.strip().casefold())
        if match is None or not int(match[1]):
            raise UsageError(f"{text!r} is not an age: write one such as 180d, 26w, 18m or 3y.")
        return cls(int(match[1]), match[2])

    def before(self, moment: datetime) -> datetime:
        """Return the moment that lies so long before another one.

        Raises:
            UsageError: there is no such year.
        """
        try:
            if self.unit in _DAYS:
                return moment - timedelta(days=self.amount * _DAYS[self.unit])
            months = moment.year * MONTHS_PER_YEAR + moment.month - 1
            year, month = divmod(months - self.amount * _MONTHS[self.unit], MONTHS_PER_YEAR)
            last_day = calendar.monthrange(year, month + 1)[1]
            day = min(moment.day, last_day)  # a month before 31 March is the end of February
            return moment.replace(year=year, month=month + 1, day=day)
        except (OverflowError, ValueError) as error:
            raise UsageError(f"{self} is too long: choose a shorter time.") from error

    def __str__(self) -> str:
        plural = "" if self.amount == 1 else "s"
        return f"{self.amount} {_NAMES[self.unit]}{plural}"
