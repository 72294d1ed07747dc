"""When a saved campaign is due."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.errors import UsageError
from bulksms.use_cases.unattended.schedule import Schedule, read_schedule


def schedule_of(tmp_path: Path, *lines: str) -> Schedule | None:
    path = tmp_path / "welcome.toml"
    path.write_text("\n".join(('files = "list.csv"', 'text = "Bonjour"', *lines)), "utf-8")
    return read_schedule(read_campaign_file(path))


def due(tmp_path: Path, after: str, until: str, *lines: str) -> list[str]:
    schedule = schedule_of(tmp_path, *lines)
    assert schedule is not None
    moments = schedule.due_between(
        datetime.fromisoformat(after).replace(tzinfo=UTC),
        datetime.fromisoformat(until).replace(tzinfo=UTC),
    )
    return [f"{moment:%m-%d %H:%M}" for moment in moments]


def test_every_day_at_hours_of_the_region(tmp_path: Path) -> None:
    moments = due(
        tmp_path,
        "2027-01-14 08:00",
        "2027-01-15 17:30",
        'every = "day"',
        'at = ["09:00", "18:30"]',
    )
    assert moments == ["01-14 17:30", "01-15 08:00", "01-15 17:30"]


def test_weekdays_leave_out_the_weekend_and_days_have_names(tmp_path: Path) -> None:
    weekdays = due(
        tmp_path, "2027-01-15 12:00", "2027-01-18 12:00", 'every = "weekday"', 'at = "09:00"'
    )
    assert weekdays == ["01-18 08:00"]
    chosen = due(
        tmp_path,
        "2027-01-11 00:00",
        "2027-01-18 00:00",
        'every = ["Monday", "thursday"]',
        'at = "9:00"',
        'zone = "Europe/London"',
    )
    assert chosen == ["01-11 09:00", "01-14 09:00"]


def test_an_hour_is_local_through_a_clock_change(tmp_path: Path) -> None:
    # France goes to summer time on 2027-03-28 at 02:00 and back on 2027-10-31 at 03:00.
    lines = ('every = "day"', 'at = "02:30"')
    spring = due(tmp_path, "2027-03-26 12:00", "2027-03-29 12:00", *lines)
    assert spring == ["03-27 01:30", "03-28 01:30", "03-29 00:30"]  # skipped: an hour later
    autumn = due(tmp_path, "2027-10-29 12:00", "2027-11-01 12:00", *lines)
    assert autumn == ["10-30 00:30", "10-31 00:30", "11-01 01:30"]  # twice: the first


def test_a_length_of_time_is_counted_from_the_same_start_everywhere(tmp_path: Path) -> None:
    moments = due(tmp_path, "2027-01-14 08:00", "2027-01-14 09:30", 'every = "30m"')
    assert moments == ["01-14 08:30", "01-14 09:00", "01-14 09:30"]
    assert due(tmp_path, "2027-01-14 07:59", "2027-01-14 12:00", 'every = "2h"') == [
        "01-14 08:00",
        "01-14 10:00",
        "01-14 12:00",
    ]


def test_without_every_there_is_no_schedule(tmp_path: Path) -> None:
    assert schedule_of(tmp_path) is None


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (['at = "09:00"'], "line 3: at needs every"),
        (['every = "day"'], 'line 3: say the hour with at = "09:00"'),
        (['every = "fortnight"', 'at = "09:00"'], "line 3: 'fortnight' is not a day"),
        (['every = "day"', 'at = "25:00"'], "line 4: '25:00' is not an hour"),
        (['every = "0m"'], "line 3: a length of time is at least 1m"),
        (['every = "30m"', 'at = "09:00"'], "line 3: a length of time is at least 1m"),
        (['every = "day"', 'at = "09:00"', 'zone = "Paris/Europe"'], "is not a time zone"),
        (['every = "day"', 'at = "09:00"', 'region = "US"'], "line 3: say the time zone"),
        (['every = "day"', 'at = "09:00"', 'missed = "maybe"'], "line 5: missed is"),
    ],
)
def test_a_schedule_that_is_not_understood_names_its_line(
    tmp_path: Path, lines: list[str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        schedule_of(tmp_path, *lines)
