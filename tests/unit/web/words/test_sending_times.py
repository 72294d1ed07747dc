"""The days and hours that are offered: by everyone's clock, with the reason where not."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bulksms.message import localities_of
from bulksms.pages.languages import language_of
from bulksms.web.words.sending_times import SendingTimes, city_of, main_zone

FRANCE, BELGIUM, REUNION = 33639980001, 32460000000, 262692000000
PARIS = ZoneInfo("Europe/Paris")


def times_for(
    *numbers: int, now: str = "2026-11-27T15:30", marketing: bool = True, language: str = "en"
) -> SendingTimes:
    return SendingTimes(
        localities=localities_of(np.array(numbers, dtype=np.int64)),
        zone=PARIS,
        now=datetime.fromisoformat(now).replace(tzinfo=PARIS),
        marketing=marketing,
        language=language_of(language),
    )


def test_sundays_and_holidays_are_not_offered() -> None:
    days = {day.value: day.reason for day in times_for(FRANCE, now="2026-12-23T10:00").days()}

    assert days == {
        "2026-12-23": None,
        "2026-12-24": None,
        "2026-12-25": "public holiday",
        "2026-12-26": None,
        "2026-12-27": "not on Sundays",
        "2026-12-28": None,
        "2026-12-29": None,
        "2026-12-30": None,
    }


def test_today_is_over_in_the_evening() -> None:
    first = next(times_for(FRANCE, now="2026-11-27T20:47").days())

    assert first.reason == "too late"


def test_a_sunday_is_a_sunday_in_the_afternoon_too() -> None:
    first = next(times_for(FRANCE, now="2026-11-29T16:00").days())

    assert first.reason == "not on Sundays"


def test_the_hours_of_today_that_are_past_are_not_offered() -> None:
    hours = {each.value: each.reason for each in times_for(FRANCE).hours("2026-11-27")}

    assert hours["07:00"] == "past"
    assert hours["15:00"] == "past"
    assert hours["16:00"] is None
    assert hours["19:00"] is None
    assert hours["20:00"] == "too late"


def test_without_a_day_the_hours_are_those_of_the_next_free_one() -> None:
    hours = {each.value: each.reason for each in times_for(FRANCE).hours("")}

    assert [value for value, reason in hours.items() if reason is None] == [
        f"{hour:02}:00" for hour in range(8, 20)
    ]
    assert hours["07:00"] == "too early"


def test_an_hour_is_shown_by_the_clocks_of_all() -> None:
    hours = {each.value: each for each in times_for(FRANCE, REUNION).hours("2026-11-30")}

    assert hours["10:00"].elsewhere == "13:00 in Réunion"
    assert hours["16:00"].reason is None
    assert hours["17:00"].reason == "20:00 in Réunion"
    assert hours["07:00"].reason == "too early"


def test_countries_with_the_same_time_are_one_clock() -> None:
    times = times_for(FRANCE, BELGIUM)

    assert times.other_clocks(times.now) == []


def test_a_day_counts_when_any_hour_is_free_for_all() -> None:
    quebec = times_for(FRANCE, 14185550100).days()

    assert next(day.reason for day in quebec if day.value == "2026-11-30") is None


def test_service_texts_go_out_at_any_hour() -> None:
    times = times_for(FRANCE, marketing=False)

    assert times.problem(datetime(2026, 11, 29, 3, tzinfo=PARIS)) is None
    assert {each.reason for each in times.hours("2026-11-29")} == {None}


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-11-29T10:00", "Marketing does not go out on Sundays."),
        ("2026-12-25T10:00", "It is a public holiday (France): marketing does not go out."),
        (
            "2026-11-30T20:47",
            "It is 20:47 there (Paris): marketing goes out between 08:00 and 20:00.",
        ),
        ("2026-11-30T10:00", None),
    ],
)
def test_a_moment_that_is_not_allowed_says_why(moment: str, sentence: str | None) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=PARIS)

    assert times_for(FRANCE).problem(at) == sentence


def test_the_next_free_time_is_after_the_sunday() -> None:
    saturday = datetime(2026, 11, 28, 21, tzinfo=PARIS)

    assert times_for(FRANCE).next_free(saturday) == datetime(2026, 11, 30, 8, tzinfo=PARIS)


def test_times_are_written_in_the_zone_of_the_home_country() -> None:
    localities = localities_of(np.array([BELGIUM, FRANCE], dtype=np.int64))

    assert main_zone(localities, "fr").key == "Europe/Paris"
    assert main_zone((), "FR").key == "Europe/Paris"


def test_cities_and_days_are_written_in_the_language() -> None:
    french = language_of("fr")

    assert city_of(ZoneInfo("Indian/Reunion"), french) == "La Réunion"
    assert next(times_for(FRANCE, now="2026-12-01T09:00", language="fr").days()).label == (
        "mar. 1er déc."
    )
