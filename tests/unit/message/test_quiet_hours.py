"""The quiet hours: people's own clocks, Sundays, holidays and both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.message.quiet_hours import SendingHours, next_allowed_time, quiet_period
from bulksms.message.timezones import localities_of

FRANCE = 33639980001  # fiction
REUNION = 262692000000
QUEBEC = 14185550100
HAWAII = 18085550100
BELGIUM = 32460000000
PARIS = ZoneInfo("Europe/Paris")


def places(*digits: int) -> tuple:  # type: ignore[type-arg]
    return localities_of(np.array(digits, dtype=np.int64))


@pytest.mark.parametrize(
    ("local", "why"),
    [
        ("2026-11-23T07:59:59", "it is 07:59"),
        ("2026-11-23T08:00:00", None),
        ("2026-11-23T19:59:59", None),
        ("2026-11-23T20:00:00", "it is 20:00"),
        ("2026-11-21T10:00:00", None),  # a Saturday
        ("2026-11-22T10:00:00", "it is Sunday"),
        ("2026-05-01T10:00:00", "it is a public holiday (Labor Day)"),
        ("2026-07-14T10:00:00", "it is a public holiday (National Day)"),
        ("2026-05-14T10:00:00", "it is a public holiday (Ascension Day)"),
    ],
)
def test_marketing_keeps_the_hours_of_france(local: str, why: str | None) -> None:
    period = quiet_period(
        places(FRANCE), datetime.fromisoformat(local).replace(tzinfo=PARIS), SendingHours()
    )

    assert (period.reason if period else None) == why


def test_sunday_morning_proposes_monday_at_eight() -> None:
    sunday = datetime(2026, 11, 22, 10, tzinfo=PARIS)

    assert next_allowed_time(places(FRANCE), sunday, SendingHours()) == datetime(
        2026, 11, 23, 8, tzinfo=PARIS
    )


def test_the_eve_of_two_days_off_proposes_the_day_after_both() -> None:
    # Christmas 2027 is a Saturday, and a Sunday follows.
    eve = datetime(2027, 12, 24, 21, tzinfo=PARIS)

    assert next_allowed_time(places(FRANCE), eve, SendingHours()) == datetime(
        2027, 12, 27, 8, tzinfo=PARIS
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Saturday evening to Monday morning, over the hour lost and over the hour won.
        ("2026-03-28T20:30:00+01:00", "2026-03-30T08:00:00+02:00"),
        ("2026-10-24T20:30:00+02:00", "2026-10-26T08:00:00+01:00"),
    ],
)
def test_an_opening_over_a_clock_change_is_at_eight_by_the_new_clock(
    before: str, after: str
) -> None:
    opening = next_allowed_time(places(FRANCE), datetime.fromisoformat(before), SendingHours())

    assert opening == datetime.fromisoformat(after)


def test_reunion_goes_by_its_own_clock_and_its_own_holiday() -> None:
    at_17_paris = datetime(2026, 11, 23, 17, 30, tzinfo=PARIS)  # 20:30 in Saint-Denis
    abolition = datetime(2027, 12, 20, 10, tzinfo=PARIS)  # a Monday

    assert quiet_period(places(FRANCE), at_17_paris, SendingHours()) is None
    late = quiet_period(places(REUNION), at_17_paris, SendingHours())
    assert late is not None
    assert late.reason == "it is 20:30"
    free = quiet_period(places(REUNION), abolition, SendingHours())
    assert free is not None
    assert free.reason == "it is a public holiday (Abolition of Slavery)"


def test_quebec_keeps_the_holiday_of_its_province() -> None:
    saint_jean = datetime(2026, 6, 24, 10, tzinfo=ZoneInfo("America/Toronto"))
    toronto = 14165550100

    assert quiet_period(places(QUEBEC), saint_jean, SendingHours()) is not None
    assert quiet_period(places(toronto), saint_jean, SendingHours()) is None


def test_a_list_of_two_places_waits_until_both_are_open() -> None:
    morning = datetime(2026, 11, 23, 9, tzinfo=PARIS)  # 22:00 the day before in Honolulu
    opening = next_allowed_time(places(FRANCE, HAWAII), morning, SendingHours())

    assert opening == datetime(2026, 11, 23, 18, tzinfo=UTC)  # 19:00 in Paris, 8:00 in Honolulu


def test_places_that_share_no_hour_have_no_opening() -> None:
    narrow = SendingHours(opens=time(9), closes=time(10))

    assert (
        next_allowed_time(places(FRANCE, HAWAII), datetime(2026, 11, 23, 9, tzinfo=PARIS), narrow)
        is None
    )


def test_sundays_and_holidays_can_be_allowed() -> None:
    sunday = datetime(2026, 11, 22, 10, tzinfo=PARIS)
    may_day = datetime(2026, 5, 1, 10, tzinfo=PARIS)

    assert quiet_period(places(FRANCE), sunday, SendingHours(sundays=True)) is None
    assert quiet_period(places(FRANCE), may_day, SendingHours(holidays=True)) is None


@given(
    at=st.datetimes(
        min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - made aware below
        max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    )
)
def test_the_opening_proposed_is_open_and_is_the_first(at: datetime) -> None:
    where = places(FRANCE, REUNION)
    moment = at.replace(tzinfo=UTC)
    opening = next_allowed_time(where, moment, SendingHours())

    assert opening is not None
    assert quiet_period(where, opening, SendingHours()) is None
    if opening > moment:
        assert quiet_period(where, opening - timedelta(minutes=1), SendingHours()) is not None
        middle = moment + (opening - moment) / 2
        assert quiet_period(where, middle, SendingHours()) is not None


@pytest.mark.parametrize(
    ("digits", "country", "zone"),
    [
        (FRANCE, "FR", "Europe/Paris"),
        (REUNION, "RE", "Indian/Reunion"),
        (262639000000, "YT", "Indian/Mayotte"),
        (590690000000, "GP", "America/Guadeloupe"),
        (QUEBEC, "CA", "America/Toronto"),
        (HAWAII, "US", "Pacific/Honolulu"),
        (BELGIUM, "BE", "Europe/Brussels"),
    ],
)
def test_a_number_shows_where_its_owner_is(digits: int, country: str, zone: str) -> None:
    (locality,) = places(digits)

    assert locality.country == country
    assert locality.zones == (zone,)


def test_a_country_of_many_zones_counts_each_of_them_once() -> None:
    localities = places(HAWAII, HAWAII + 1, 12025550101, FRANCE, FRANCE + 1)

    assert [locality.country for locality in localities] == ["FR", "US", "US"]


def test_no_numbers_are_nowhere() -> None:
    assert places() == ()
