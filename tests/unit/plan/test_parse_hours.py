from datetime import time

import pytest

from bulksms.errors import UsageError
from bulksms.message import SendingHours
from bulksms.plan.options import HoursOptions
from bulksms.plan.parse_hours import parse_hours


def test_hours_are_read_from_the_option() -> None:
    options = HoursOptions(hours="09:30-18:00", sundays=True)

    assert parse_hours(options) == SendingHours(opens=time(9, 30), closes=time(18), sundays=True)


def test_off_allows_any_hour() -> None:
    assert parse_hours(HoursOptions(hours="off")) is None


@pytest.mark.parametrize(
    "hours",
    ["", "8", "20:00-08:00", "08:00", "soon-later", "08:00-08:00", "2026-01-01", "08Z-20Z"],
)
def test_hours_that_are_not_valid_are_refused(hours: str) -> None:
    with pytest.raises(UsageError, match="--hours"):
        parse_hours(HoursOptions(hours=hours))
