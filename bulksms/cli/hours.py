"""From what the options say about hours to the hours themselves."""

from datetime import time
from typing import Any

from bulksms.errors import UsageError
from bulksms.message.quiet_hours import SendingHours

__all__ = ["parse_hours"]


def parse_hours(given: dict[str, Any]) -> SendingHours | None:
    """Read in which hours marketing may go; none when it may always.

    Raises:
        UsageError: the hours cannot be read, or end before they begin.
    """
    told = str(given["hours"]).strip()
    if told.lower() == "off":
        return None
    opens, _, closes = told.partition("-")
    try:
        first, last = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError:
        first = last = time()
    # With an offset they would be hours of one clock, and not of each person's own.
    if first.tzinfo or last.tzinfo or first >= last:
        raise UsageError(f"--hours {told!r} cannot be read: write it like 08:00-20:00, or off.")
    return SendingHours(
        opens=first, closes=last, sundays=given["sundays"], holidays=given["holidays"]
    )
