from datetime import time

import pytest

from bulksms.cli.hours import parse_hours
from bulksms.errors import UsageError
from bulksms.message import SendingHours


def test_hours_are_read_from_the_option() -> None:
    told = {"hours": "09:30-18:00", "sundays": True, "holidays": False}

    assert parse_hours(told) == SendingHours(opens=time(9, 30), closes=time(18), sundays=True)


def test_off_means_at_any_hour() -> None:
    assert parse_hours({"hours": "off", "sundays": False, "holidays": False}) is None


@pytest.mark.parametrize(
    "told",
    ["", "8", "20:00-08:00", "08:00", "soon-later", "08:00-08:00", "2026-01-01", "08Z-20Z"],
)
def test_hours_that_cannot_be_meant_are_refused(told: str) -> None:
    with pytest.raises(UsageError, match="--hours"):
        parse_hours({"hours": told, "sundays": False, "holidays": False})
