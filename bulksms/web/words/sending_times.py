"""The days and hours that are offered for a text, and why it may not go out at some of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from bulksms.message import Locality, SendingHours, quiet_period
from bulksms.message.quiet_hours import QuietPeriod, next_allowed_time
from bulksms.pages.languages import Language

__all__ = ["HOURS", "DayChoice", "HourChoice", "SendingTimes", "city_of", "main_zone"]

DAYS = 8
HOURS = SendingHours()
SHOWN_HOURS = range(7, 22)
FARTHEST = timedelta(days=365)
NOON = time(12)
SUNDAY = 6
CLOCKS = 2  # of other zones that an hour shows


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day on which the text may go out, or the reason why it may not."""

    value: str
    label: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class HourChoice:
    """An hour of a day, with the reason why it is not allowed, else the time in other zones."""

    value: str
    label: str
    reason: str | None
    elsewhere: str


def main_zone(localities: Sequence[Locality], region: str) -> ZoneInfo:
    """Return the zone in which times are written: that of the country whose numbers are usual."""
    at_home = (zone for each in localities if each.country == region.upper() for zone in each.zones)
    anywhere = (zone for each in localities for zone in each.zones)
    return ZoneInfo(next(at_home, next(anywhere, "Europe/Paris")))


def city_of(zone: tzinfo | None, language: Language) -> str:
    """Name a zone by its city; an offset from UTC as it is written."""
    if not isinstance(zone, ZoneInfo):
        return str(zone)
    return str(get_timezone_location(zone, locale=language.locale, return_city=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingTimes:
    """When a text may reach people, by the clocks of all of them.

    Attributes:
        zone: in which times are written.
        now: the current time in that zone.
        marketing: whether the hours of marketing count.
    """

    localities: tuple[Locality, ...]
    zone: ZoneInfo
    now: datetime
    marketing: bool
    language: Language

    def days(self) -> Iterator[DayChoice]:
        """Yield the next days; one with any free hour is offered."""
        first = self.now.date()
        for day in (first + timedelta(days=number) for number in range(DAYS)):
            free = self.next_free(self._at(day, time()))
            is_offered = free is not None and free.date() == day
            reason = None if is_offered else self._reason_of_day(day)
            yield DayChoice(day.isoformat(), self.language.short_day(day), reason)

    def hours(self, day: str) -> Iterator[HourChoice]:
        """Yield the hours of a day; of the first free one after today where none is chosen yet."""
        _ = self.language.catalogue.gettext
        chosen = self.day_of(day) or self._first_day_after_today()
        for hour in SHOWN_HOURS:
            moment = self._at(chosen, time(hour))
            period = self._quiet(moment)
            reason = _("past") if moment <= self.now else period and self._short(period, moment)
            label = self.language.time(moment)
            yield HourChoice(f"{hour:02}:00", label, reason or None, self._elsewhere(moment))

    def day_of(self, text: str) -> date | None:
        """Read a day of the year to come; None where it is none."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if self.now.date() <= day <= self.now.date() + FARTHEST else None

    def problem(self, moment: datetime) -> str | None:
        """Explain why marketing must not reach these people at a moment; None when it may."""
        period = self._quiet(moment)
        if period is None:
            return None
        _ = self.language.catalogue.gettext
        local = moment.astimezone(ZoneInfo(period.zone))
        country = self.language.country(period.locality.country)
        if local.weekday() == SUNDAY:
            return _("Marketing does not go out on Sundays.")
        if HOURS.opens <= local.time() < HOURS.closes:
            sentence = _("It is a public holiday (%(country)s): marketing does not go out.")
            return sentence % {"country": country}
        sentence = _(
            "It is %(time)s there (%(city)s): marketing goes out between %(opens)s and %(closes)s."
        )
        return sentence % {
            "time": self.language.time(local),
            "city": city_of(ZoneInfo(period.zone), self.language),
            "opens": f"{HOURS.opens:%H:%M}",
            "closes": f"{HOURS.closes:%H:%M}",
        }

    def next_free(self, moment: datetime) -> datetime | None:
        """Return the first moment from then on that is allowed for all; None within two weeks."""
        start = max(moment, self.now)
        if not self.marketing:
            return start
        return next_allowed_time(self.localities, start, HOURS)

    def other_clocks(self, moment: datetime) -> list[tuple[str, str]]:
        """Return the city and the time of each other zone, the earliest first."""
        zones = {zone for each in self.localities for zone in each.zones}
        clocks: dict[timedelta | None, datetime] = {}
        for zone in sorted(zones):
            local = moment.astimezone(ZoneInfo(zone))
            if local.utcoffset() != moment.utcoffset():
                clocks.setdefault(local.utcoffset(), local)
        in_order = sorted(clocks.values(), key=lambda local: local.utcoffset() or timedelta())
        return [
            (city_of(local.tzinfo, self.language), self.language.time(local)) for local in in_order
        ]

    def _first_day_after_today(self) -> date:
        today = self.now.date()
        free = (date.fromisoformat(each.value) for each in self.days() if each.reason is None)
        return next((day for day in free if day != today), today)

    def _reason_of_day(self, day: date) -> str:
        """Explain why no hour of a day is left."""
        noon = self._at(day, NOON)
        period = self._quiet(noon)
        if period is None:
            return self.language.catalogue.gettext("too late")
        return self._short(period, noon)

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.zone)

    def _elsewhere(self, moment: datetime) -> str:
        """Write the time in the zones that differ most from the one in which times are written."""
        clocks = self.other_clocks(moment)
        shown = clocks if len(clocks) <= CLOCKS else [clocks[0], clocks[-1]]
        sentence = self.language.catalogue.gettext("%(time)s in %(city)s")
        return ", ".join(sentence % {"time": clock, "city": city} for city, clock in shown)

    def _quiet(self, moment: datetime) -> QuietPeriod | None:
        return quiet_period(self.localities, moment, HOURS) if self.marketing else None

    def _short(self, period: QuietPeriod, moment: datetime) -> str:
        """Explain in a few words why a moment is not allowed."""
        _ = self.language.catalogue.gettext
        local = moment.astimezone(ZoneInfo(period.zone))
        if local.weekday() == SUNDAY:
            return _("not on Sundays")
        if HOURS.opens <= local.time() < HOURS.closes:
            return _("public holiday")
        if local.utcoffset() == moment.utcoffset():
            return _("too early") if local.time() < HOURS.opens else _("too late")
        sentence = _("%(time)s in %(city)s")
        city = city_of(ZoneInfo(period.zone), self.language)
        return sentence % {"time": self.language.time(local), "city": city}
