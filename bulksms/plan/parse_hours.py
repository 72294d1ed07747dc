"""Reads the hours in which marketing may be sent, as people write them."""

from datetime import time

from bulksms.errors import UsageError
from bulksms.message import SendingHours
from bulksms.plan.options import HoursOptions

__all__ = ["parse_hours"]


def parse_hours(options: HoursOptions) -> SendingHours | None:
    """Read the hours of marketing; None allows any hour.

    Raises:
        UsageError: they are not valid, or end before they begin.
    """
    written = options.hours.strip()
    if written.lower() == "off":
        return None
    opens, _, closes = written.partition("-")
    try:
        first, last = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError:
        first = last = time()
    # With an offset they would be hours of one clock instead of each person's own.
    if first.tzinfo or last.tzinfo or first >= last:
        raise UsageError(
            f"--hours {written!r} is not valid: write it like 08:00-20:00, or off.",
            code="hours_invalid",
            hours=written,
        )
    return SendingHours(
        opens=first, closes=last, sundays=options.sundays, holidays=options.holidays
    )
