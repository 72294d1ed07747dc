"""What the headers of an answer say of time: how long to wait, and what hour it is there.

A date in `Retry-After` is compared with the `Date` of the same answer, so that no clock of ours
is needed.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 900.0  # seconds; longer means: pause and let a person resume (row 30)
DEFAULT_WAIT = 5.0  # seconds, when nothing sensible is said (row 31)
DIGITS = 9  # more of them are garbage


def seconds_to_wait(headers: Mapping[str, str]) -> float:
    """Read the wait asked for, in seconds; five where none or nonsense is given."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told) if len(told) <= DIGITS else DEFAULT_WAIT
    until, now = moment(told), moment(headers.get("Date", ""))
    if until is None or now is None:
        return DEFAULT_WAIT
    return max(0.0, (until - now).total_seconds())


def moment(text: str) -> datetime | None:
    """Read an HTTP date, which is always in GMT."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
