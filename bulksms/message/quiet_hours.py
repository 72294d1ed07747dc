"""When marketing may reach people: by their own clock, never on their Sundays and holidays.

The strictest of the French sources (`octopush-api.md` 7.2) is the default, and all of it can
be chosen. A moment is an argument; nothing here looks at a clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms.message.timezones import Locality

__all__ = [
    "QuietPeriod",
    "SendingHours",
    "explain_quiet_hours",
    "next_allowed_time",
    "quiet_period",
]

SUNDAY = 6
# How far ahead a common opening is sought; two zones that share no hour find none.
HORIZON = timedelta(days=14)
ANY_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingHours:
    """The hours of one day in which marketing may be posted, and the days that are left out."""

    opens: time = time(8)
    closes: time = time(20)
    sundays: bool = False
    holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPeriod:
    """Why a place must be left in peace at a moment, and until when, by its own clock."""

    place: Locality
    zone: str
    why: str
    until: datetime


def quiet_period(
    places: Iterable[Locality], moment: datetime, hours: SendingHours
) -> QuietPeriod | None:
    """Find the place that is shut the longest at a moment; none when all are open."""
    found = list(_shut(places, moment, hours))
    return max(found, key=lambda one: one.until) if found else None


def next_allowed_time(
    places: tuple[Locality, ...], moment: datetime, hours: SendingHours
) -> datetime | None:
    """Find the first moment from `moment` on when every place is open, in UTC's terms of `moment`.

    None when there is none within two weeks.
    """
    at = moment
    while at - moment < HORIZON:
        closed = quiet_period(places, at, hours)
        if closed is None:
            return at
        at = closed.until.astimezone(moment.tzinfo)
    return None


def explain_quiet_hours(
    places: tuple[Locality, ...], moment: datetime, hours: SendingHours
) -> str | None:
    """Say what is wrong with a moment and which one would be right; nothing when it is right."""
    closed = quiet_period(places, moment, hours)
    if closed is None:
        return None
    where = f"{closed.place.country} ({closed.zone})"
    why = f"Marketing must not reach people at that hour: {closed.why} in {where}."
    opening = next_allowed_time(places, moment, hours)
    if opening is None:
        return (
            f"{why} The places in the list share no hour at all: "
            "send to them in campaigns of their own."
        )
    local = opening.astimezone(_clock_of(places[0].zones[0])).isoformat()
    return (
        f"{why} The next moment for everybody in the list is {local}: "
        f"give it with --send-at {local}, or wait for it with --wait."
    )


def _shut(
    places: Iterable[Locality], moment: datetime, hours: SendingHours
) -> Iterator[QuietPeriod]:
    for place in places:
        for zone in place.zones:
            local = moment.astimezone(_clock_of(zone))
            why = _why(place, local, hours)
            if why is not None:
                yield QuietPeriod(
                    place=place, zone=zone, why=why, until=_reopens(place, local, hours)
                )


def _why(place: Locality, local: datetime, hours: SendingHours) -> str | None:
    """Say why a local moment is outside the hours."""
    if not hours.sundays and local.weekday() == SUNDAY:
        return "it is Sunday"
    holiday = None if hours.holidays else _holiday(place, local.date())
    if holiday is not None:
        return f"it is a public holiday ({holiday})"
    if not hours.opens <= local.time() < hours.closes:
        return f"it is {local:%H:%M}"
    return None


def _reopens(place: Locality, local: datetime, hours: SendingHours) -> datetime:
    """Find the next local opening after a moment that is shut."""
    day = local.date() if local.time() < hours.opens else local.date() + ANY_DAY
    last = local.date() + HORIZON
    while day < last and _why(place, _at(day, hours.opens, local), hours) is not None:
        day += ANY_DAY
    return _at(day, hours.opens, local)


def _at(day: date, hour: time, local: datetime) -> datetime:
    return datetime.combine(day, hour, tzinfo=local.tzinfo)


@cache
def _clock_of(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


@cache
def _holiday(place: Locality, day: date) -> str | None:
    """Name the public holiday a place keeps on a day; a place without a calendar keeps none."""
    if not place.country:
        return None
    import holidays

    try:
        calendar = holidays.country_holidays(
            place.country, subdiv=place.subdivision, years=day.year, language="en_US"
        )
    except NotImplementedError:
        return None
    name: str | None = calendar.get(day)
    return name
