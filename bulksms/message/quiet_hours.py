"""When marketing may reach people: within hours of their own time zone, not on days off.

The default is the strictest of the French sources (`octopush-api.md` 7.2); all of it can be
changed. The moment is an argument; nothing here reads a clock.
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
# How far ahead a common time is searched; two zones without a common hour have none.
HORIZON = timedelta(days=14)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingHours:
    """The hours in which marketing may be sent, and whether Sundays and holidays count."""

    opens: time = time(8)
    closes: time = time(20)
    sundays: bool = False
    holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietPeriod:
    """Why marketing must not reach a locality at a moment, and when that ends there."""

    locality: Locality
    zone: str
    reason: str
    ends_at: datetime


def quiet_period(
    localities: Iterable[Locality], moment: datetime, hours: SendingHours
) -> QuietPeriod | None:
    """Find the quiet period that ends last; `None` when all localities may be texted."""
    periods = list(_quiet_periods(localities, moment, hours))
    return max(periods, key=lambda period: period.ends_at) if periods else None


def next_allowed_time(
    localities: tuple[Locality, ...], moment: datetime, hours: SendingHours
) -> datetime | None:
    """Find the first moment from `moment` on when all localities may be texted.

    The answer has the zone of `moment`; `None` when there is none within two weeks.
    """
    at = moment
    while at - moment < HORIZON:
        period = quiet_period(localities, at, hours)
        if period is None:
            return at
        at = period.ends_at.astimezone(moment.tzinfo)
    return None


def explain_quiet_hours(
    localities: tuple[Locality, ...], moment: datetime, hours: SendingHours
) -> str | None:
    """Explain why a moment is not allowed, and which one is; `None` when it is allowed."""
    period = quiet_period(localities, moment, hours)
    if period is None:
        return None
    where = f"{period.locality.country} ({period.zone})"
    problem = f"Marketing must not reach people at this time: {period.reason} in {where}."
    allowed = next_allowed_time(localities, moment, hours)
    if allowed is None:
        return (
            f"{problem} The countries on the list have no common hour: send to them in separate "
            "campaigns."
        )
    local = allowed.astimezone(_zone_info(localities[0].zones[0])).isoformat()
    return (
        f"{problem} The next time allowed for everyone on the list is {local}: schedule it with "
        f"--send-at {local}, or wait for it with --wait."
    )


def _quiet_periods(
    localities: Iterable[Locality], moment: datetime, hours: SendingHours
) -> Iterator[QuietPeriod]:
    for locality in localities:
        for zone in locality.zones:
            local = moment.astimezone(_zone_info(zone))
            reason = _quiet_reason(locality, local, hours)
            if reason is not None:
                ends_at = _next_opening(locality, local, hours)
                yield QuietPeriod(locality=locality, zone=zone, reason=reason, ends_at=ends_at)


def _quiet_reason(locality: Locality, local: datetime, hours: SendingHours) -> str | None:
    """Explain why a local time is not allowed."""
    if not hours.sundays and local.weekday() == SUNDAY:
        return "it is Sunday"
    holiday = None if hours.holidays else _holiday(locality, local.date())
    if holiday is not None:
        return f"it is a public holiday ({holiday})"
    if not hours.opens <= local.time() < hours.closes:
        return f"it is {local:%H:%M}"
    return None


def _next_opening(locality: Locality, local: datetime, hours: SendingHours) -> datetime:
    """Find the next local opening after a time that is not allowed."""
    day = local.date() if local.time() < hours.opens else local.date() + ONE_DAY
    last = local.date() + HORIZON
    while day < last and _quiet_reason(locality, _at(day, hours.opens, local), hours) is not None:
        day += ONE_DAY
    return _at(day, hours.opens, local)


def _at(day: date, hour: time, local: datetime) -> datetime:
    return datetime.combine(day, hour, tzinfo=local.tzinfo)


@cache
def _zone_info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


@cache
def _holiday(locality: Locality, day: date) -> str | None:
    """Name the public holiday on a day; a locality without a calendar has none."""
    if not locality.country:
        return None
    import holidays

    try:
        calendar = holidays.country_holidays(
            locality.country, subdiv=locality.subdivision, years=day.year, language="en_US"
        )
    except NotImplementedError:
        return None
    name: str | None = calendar.get(day)
    return name
