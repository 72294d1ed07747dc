from datetime import UTC, datetime, time

import pytest

from bulksms.errors import UsageError
from bulksms.message import SendingHours
from bulksms.plan.options import HoursOptions
from bulksms.plan.send_time import parse_hours, parse_send_at, parse_zone

NOW = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)  # in Paris it is the 29th already


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-30 10:00", "2026-11-30T10:00:00+01:00"),
        ("2026-11-30T10:00", "2026-11-30T10:00:00+01:00"),
        ("2026-11-30T10:00:30", "2026-11-30T10:00:30+01:00"),
        ("30/11/2026 10:00", "2026-11-30T10:00:00+01:00"),
        ("30.11.2026 10:00", "2026-11-30T10:00:00+01:00"),
        ("30-11-2026 10h", "2026-11-30T10:00:00+01:00"),
        ("3/4/2027 9:05", "2027-04-03T09:05:00+02:00"),
        ("30/11/2026 à 10h30", "2026-11-30T10:30:00+01:00"),
        ("tomorrow 10:00", "2026-11-30T10:00:00+01:00"),
        ("Tomorrow at 10:00", "2026-11-30T10:00:00+01:00"),
        ("demain 10h00", "2026-11-30T10:00:00+01:00"),
        ("today 18:00", "2026-11-29T18:00:00+01:00"),
        ("tomorrow 2 pm", "2026-11-30T14:00:00+01:00"),
        ("tomorrow 12:15 am", "2026-11-30T00:15:00+01:00"),
        ("  2027-03-01   09:00  ", "2027-03-01T09:00:00+01:00"),
        ("2027-03-01T09:00:00+01:00", "2027-03-01T09:00:00+01:00"),
        ("2027-03-01 09:00 +0530", "2027-03-01T09:00:00+05:30"),
        ("2027-03-01T09:00Z", "2027-03-01T09:00:00+00:00"),
        ("2027-07-01 09:00 UTC", "2027-07-01T09:00:00+00:00"),
        ("2026-11-28T23:30:01+00:00", "2026-11-28T23:30:01+00:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, expected: str) -> None:
    assert parse_send_at(text, NOW, "FR").isoformat() == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "cannot be read"),
        ("tomorrow", "cannot be read"),
        ("10:00", "cannot be read"),
        ("2027-03-01", "cannot be read"),
        ("2027-03-01 25:00", "cannot be read"),
        ("2027-03-01 10", "cannot be read"),
        ("tomorrow 13 pm", "cannot be read"),
        ("30/11/26 10:00", "cannot be read"),
        ("someday 10:00", "cannot be read"),
        ("2027-02-30 09:00", "does not exist"),
        ("11/30/2026 10:00", "does not exist"),
        ("today 00:10", "in the past"),
        ("2026-11-28T23:30:00+00:00", "in the past"),
        ("2026-11-29T00:00:00+01:00", "in the past"),
        ("2027-03-28 02:30", "does not exist in Europe/Paris, where clocks go forward"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        parse_send_at(text, NOW, "FR")


def test_a_repeated_hour_is_refused_with_both_offsets() -> None:
    with pytest.raises(UsageError) as caught:
        parse_send_at("2027-10-31 02:30", NOW, "FR")

    assert str(caught.value) == (
        "The sending time '2027-10-31 02:30' happens twice in Europe/Paris, where clocks go back "
        "then: write 2027-10-31T02:30+02:00 for the first or 2027-10-31T02:30+01:00 for the second."
    )
    first = parse_send_at("2027-10-31T02:30+02:00", NOW, "FR")
    assert first.isoformat() == "2027-10-31T02:30:00+02:00"


@pytest.mark.parametrize(
    ("region", "zone", "expected"),
    [
        ("GB", None, "2026-11-30T10:00:00+00:00"),
        ("DE", None, "2026-11-30T10:00:00+01:00"),
        ("ES", "Atlantic/Canary", "2026-11-30T10:00:00+00:00"),
        ("FR", "Indian/Reunion", "2026-11-30T10:00:00+04:00"),
        ("FR", "america/new_york", "2026-11-30T10:00:00-05:00"),
    ],
)
def test_a_local_time_is_that_of_the_zone_or_the_region(
    region: str, zone: str | None, expected: str
) -> None:
    moment = parse_send_at("2026-11-30 10:00", NOW, region, parse_zone(zone) if zone else None)

    assert moment.isoformat() == expected


@pytest.mark.parametrize(
    ("region", "zone"), [("US", "America/New_York"), ("ES", "Europe/Madrid"), ("CA", "America/")]
)
def test_a_region_with_several_zones_asks_for_one(region: str, zone: str) -> None:
    with pytest.raises(UsageError, match=rf"needs a time zone, and {region} has several.*{zone}"):
        parse_send_at("2026-11-30 10:00", NOW, region)


def test_a_date_that_could_be_two_is_refused_where_the_month_comes_first() -> None:
    zone = parse_zone("America/Chicago")

    with pytest.raises(UsageError, match='could be two days: write it like "2027-03-04 10:00"'):
        parse_send_at("03/04/2027 10:00", NOW, "US", zone)
    for text in ("11/30/2026 10:00", "30/11/2026 10:00"):
        assert parse_send_at(text, NOW, "US", zone).isoformat() == "2026-11-30T10:00:00-06:00"


def test_a_time_more_than_a_year_away_is_refused_and_the_year_is_asked_about() -> None:
    assert parse_send_at("28/11/2027 10:00", NOW, "FR").year == 2027
    with pytest.raises(UsageError, match=r"more than a year away.* check the year"):
        parse_send_at("30/11/2027 10:00", NOW, "FR")


def test_tomorrow_is_that_of_the_zone() -> None:
    zone = parse_zone("America/New_York")  # where it is still the 28th

    moment = parse_send_at("tomorrow 10:00", NOW, "FR", zone)

    assert moment.isoformat() == "2026-11-29T10:00:00-05:00"


@pytest.mark.parametrize("name", ["Paris", "Europe/Pariss", "CET+1", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a time zone"):
        parse_zone(name)


def test_a_city_gets_the_name_of_its_zone_as_a_hint() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'Europe/Paris'\?"):
        parse_zone("Paris")


def test_an_unknown_zone_gets_the_nearest_as_a_hint() -> None:
    with pytest.raises(UsageError, match="did you mean 'Europe/Paris'"):
        parse_zone("Europe/Pari")


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
