"""When a saved campaign is due: at hours of a zone on some days, or after equal lengths of time.

Only workers use it; `bulksms run` runs whenever it is called.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bulksms.errors import UsageError
from bulksms.message.timezones import zones_by_country
from bulksms.plan.send_time import parse_zone
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["Schedule", "read_schedule"]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = {"day": frozenset(range(7)), "weekday": frozenset(range(5))}
INTERVAL = re.compile(r"(\d+)\s*(m|h)", re.ASCII)
SHORTEST = timedelta(minutes=1)
MISSED = frozenset({"run", "report"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
HOW = 'write every = "day", "weekday", "monday", or a length of time such as "30m" or "2h"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The times at which a campaign is due.

    With an `interval` these are its multiples since 1970 in UTC, the same on every machine;
    otherwise the `times` of the `days` (Monday is 0) in the `zone`.
    """

    zone: ZoneInfo
    interval: timedelta | None = None
    days: frozenset[int] = frozenset()
    times: tuple[time, ...] = ()

    def due_between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the due times after one moment up to another, in UTC and in their order."""
        if self.interval is not None:
            due = EPOCH + ((after - EPOCH) // self.interval + 1) * self.interval
            while due <= until:
                yield due
                due += self.interval
            return
        day = after.astimezone(self.zone).date() - ONE_DAY
        last = until.astimezone(self.zone).date()
        while day <= last:
            if day.weekday() in self.days:
                moments = sorted({self._moment(day, each) for each in self.times})
                yield from (moment for moment in moments if after < moment <= until)
            day += ONE_DAY

    def _moment(self, day: date, at: time) -> datetime:
        """The moment of a local time; one that a clock change skips comes as much later."""
        local = datetime.combine(day, at, self.zone)  # the first of two that are the same
        return local.astimezone(UTC)


def read_schedule(campaign: SavedCampaign) -> Schedule | None:
    """Read the schedule of a campaign file; None when it has none.

    Raises:
        UsageError: it is incomplete, or not understood.
    """
    rules = campaign.rules
    if not rules.every:
        if rules.at:
            raise UsageError(f"{campaign.at('at')}: at needs every: {HOW}.")
        return None
    if rules.missed not in MISSED:
        raise UsageError(f'{campaign.at("missed")}: missed is "run" or "report".')
    zone, interval = _zone(campaign), _interval(campaign)
    if interval is not None:
        return Schedule(zone=zone, interval=interval)
    times = tuple(_time(campaign, text) for text in rules.at)
    if not times:
        raise UsageError(f'{campaign.at("every")}: say the hour with at = "09:00".')
    return Schedule(zone=zone, days=_days(campaign), times=times)


def _interval(campaign: SavedCampaign) -> timedelta | None:
    """Read a length of time; None where days are named."""
    every = campaign.rules.every
    match = INTERVAL.fullmatch(every[0].strip()) if len(every) == 1 else None
    if match is None:
        return None
    interval = timedelta(**{"minutes" if match[2] == "m" else "hours": int(match[1])})
    if interval < SHORTEST or campaign.rules.at:
        raise UsageError(
            f"{campaign.at('every')}: a length of time is at least 1m, and needs no at."
        )
    return interval


def _days(campaign: SavedCampaign) -> frozenset[int]:
    days: set[int] = set()
    for word in map(str.casefold, map(str.strip, campaign.rules.every)):
        if word not in GROUPS and word not in DAYS:
            raise UsageError(f"{campaign.at('every')}: {word!r} is not a day: {HOW}.")
        days |= GROUPS.get(word) or {DAYS.index(word)}
    return frozenset(days)


def _time(campaign: SavedCampaign, text: str) -> time:
    match = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", text, re.ASCII)
    if match is None:
        raise UsageError(f'{campaign.at("at")}: {text!r} is not an hour: write it like "09:00".')
    return time(int(match[1]), int(match[2]))


def _zone(campaign: SavedCampaign) -> ZoneInfo:
    """Return the zone that is chosen, or that of the region where it has one.

    Raises:
        UsageError: there is no such zone, or the region has several.
    """
    if campaign.plan.message.zone:
        return parse_zone(campaign.plan.message.zone)
    zones = zones_by_country().get(campaign.plan.reading.region, ())
    if len(zones) != 1:  # with more, their clocks may differ
        raise UsageError(f'{campaign.at("every")}: say the time zone with zone = "Europe/Paris".')
    return ZoneInfo(zones[0])
