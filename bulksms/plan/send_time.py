"""Reads the time at which texts are to be sent, and the hours of marketing, as people write them.

Without an offset a time is local: of the zone that was chosen, or of the region where that
has one. Hours that a clock change skips or repeats are refused, since the API sends at once
what it cannot understand.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bulksms.errors import UsageError
from bulksms.message import SendingHours
from bulksms.message.timezones import zones_by_country
from bulksms.nearest import nearest_name
from bulksms.plan.options import HoursOptions

__all__ = ["parse_hours", "parse_send_at", "parse_zone"]

FORMS = '"2026-11-30 10:00", "30/11/2026 10:00" or "tomorrow 10:00"'
TODAY = frozenset({"today", "aujourd'hui", "aujourd\u2019hui", "heute", "hoy", "oggi", "hoje"})
TOMORROW = frozenset({"tomorrow", "demain", "morgen", "mañana", "domani", "amanhã"})
# Countries that write the month first; elsewhere 03/04 is 3 April.
MONTH_FIRST = frozenset({"US", "PR", "VI", "GU", "AS", "MP", "PH", "FM", "PW", "MH"})
ONE_DAY = timedelta(days=1)
NOON = 12
HOURS = 24

_OFFSET = re.compile(r"(.*?)\s*(Z|UTC|[+-]\d\d:?\d\d)", re.IGNORECASE)
_DAY_AND_TIME = re.compile(r"(\S+?)(?:,?\s+|T)(?:at\s+|à\s+|um\s+)?(\d.*)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?:[:hH](\d\d)?)?(?::(\d\d))?\s*([ap]m|uhr)?", re.IGNORECASE)
FARTHEST = timedelta(days=366)  # beyond it, a wrong year is likelier than a plan
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def parse_send_at(text: str, now: datetime, region: str, zone: ZoneInfo | None = None) -> datetime:
    """Read a time in the future.

    Args:
        text: what people wrote.
        now: the current time, for `today`, `tomorrow` and the past.
        region: the country whose zone is used where it has one.
        zone: the zone that was chosen.

    Raises:
        UsageError: the time cannot be read, is past or too far away, or is not one moment.
    """
    bare, offset = _split_offset(" ".join(text.split()))
    day_text, clock_time = _split_time(text, bare)
    if offset is not None:
        day = _day(text, day_text, now.astimezone(offset).date(), region)
        moment = datetime.combine(day, clock_time, tzinfo=offset)
    else:
        today = now.astimezone(zone or _any_zone(region)).date()
        day = _day(text, day_text, today, region)
        local = datetime.combine(day, clock_time)
        moment = _localise(text, local, zone or _zone_of_region(text, local, region))
    if moment <= now:
        raise UsageError(
            f"The sending time {text!r} is in the past, and the API would send at once: choose a "
            "later one, or leave it out.",
            code="send_time_past",
        )
    if moment - now > FARTHEST:
        raise UsageError(
            f"The sending time {text!r} is more than a year away, and a frame cannot be recalled: "
            "check the year, or send it later.",
            code="send_time_invalid",
        )
    return moment


def parse_zone(name: str) -> ZoneInfo:
    """Read the name of a time zone.

    Raises:
        UsageError: there is no such zone.
    """
    zones = {zone.casefold(): zone for zone in available_timezones()}
    try:
        return ZoneInfo(zones[name.strip().casefold()])
    except (KeyError, ZoneInfoNotFoundError):
        cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones.values())}
        whole = cities | {zone: zone for zone in zones.values()}
        nearest = nearest_name(name, whole)
        hint = f" (did you mean {whole[nearest]!r}?)" if nearest else ""
        raise UsageError(
            f"--zone {name!r} is not a time zone{hint}: write it like Europe/Paris.",
            code="send_time_invalid",
        ) from None


def parse_hours(options: HoursOptions) -> SendingHours | None:
    """Read the hours of marketing; None allows any hour.

    Raises:
        UsageError: they are not valid, or end before they begin.
    """
    written = options.hours.strip()
    if written.lower() == "off":
        return None
    opens, _, closes = written.partition("-")
    try:
        first, last = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError:
        first = last = time()
    # With an offset they would be hours of one clock instead of each person's own.
    if first.tzinfo or last.tzinfo or first >= last:
        raise UsageError(
            f"--hours {written!r} is not valid: write it like 08:00-20:00, or off.",
            code="hours_invalid",
            hours=written,
        )
    return SendingHours(
        opens=first, closes=last, sundays=options.sundays, holidays=options.holidays
    )


def _split_offset(text: str) -> tuple[str, tzinfo | None]:
    """Take an offset from UTC off the end."""
    match = _OFFSET.fullmatch(text)
    if match is None or ":" not in match[1]:
        return text, None
    if match[2].upper() in {"Z", "UTC"}:
        return match[1], UTC
    offset = match[2].replace(":", "")
    return match[1], datetime.strptime(offset, "%z").tzinfo


def _split_time(text: str, bare: str) -> tuple[str, time]:
    """Split a day from its time, and read the time.

    Raises:
        UsageError: there is no time, or it is none of a clock.
    """
    match = _DAY_AND_TIME.fullmatch(bare)
    clock_time = _clock_time(match[2]) if match else None
    if match is None or clock_time is None:
        raise _unreadable(text)
    return match[1], clock_time


def _clock_time(text: str) -> time | None:
    """Read 10:00, 10h, 10h30, 10:00:00 or 10 am; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None or match[0].isdigit():
        return None
    hour, minute, second = (int(match[n] or 0) for n in (1, 2, 3))
    half = (match[4] or "").lower()
    if half in {"am", "pm"}:
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _day(text: str, day_text: str, today: date, region: str) -> date:
    """Read a day in words or digits.

    Raises:
        UsageError: there is no such day, or it could be two.
    """
    word = day_text.casefold()
    if word in TODAY:
        return today
    if word in TOMORROW:
        return today + ONE_DAY
    year_first, year_last = _YEAR_FIRST.fullmatch(day_text), _YEAR_LAST.fullmatch(day_text)
    if year_first:
        return _date(text, *(int(part) for part in year_first.groups()))
    if not year_last:
        raise _unreadable(text)
    first, second, year = (int(part) for part in year_last.groups())
    if region in MONTH_FIRST and first <= NOON:
        if second <= NOON and first != second:
            raise UsageError(
                f"The sending time {text!r} could be two days: write it like "
                f'"{year}-{first:02}-{second:02} 10:00".',
                code="send_time_invalid",
            )
        first, second = second, first
    return _date(text, year, second, first)


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UsageError(
            f"The sending time {text!r} names a day that does not exist: write it like {FORMS}.",
            code="send_time_invalid",
        ) from None


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"The sending time {text!r} cannot be read: write a day and an hour, like {FORMS}.",
        code="send_time_invalid",
    )


def _any_zone(region: str) -> tzinfo:
    names = zones_by_country().get(region)
    return ZoneInfo(names[0]) if names else UTC


def _zone_of_region(text: str, local: datetime, region: str) -> ZoneInfo:
    """Choose the zone of a region whose zones all show the same time.

    Raises:
        UsageError: they do not.
    """
    zones = [ZoneInfo(name) for name in zones_by_country().get(region, ())]
    offsets = {local.replace(tzinfo=zone).utcoffset() for zone in zones}
    if len(offsets) == 1:
        return zones[0]
    examples = ", ".join(f"--zone {zone.key}" for zone in zones[:3]) or "--zone Europe/Paris"
    count = "several time zones" if zones else "no time zone"
    raise UsageError(
        f"The sending time {text!r} needs a time zone, and {region} has {count}: add one "
        f"({examples}), or an offset from UTC, like {local:%Y-%m-%dT%H:%M}+01:00.",
        code="send_time_invalid",
    )


def _localise(text: str, local: datetime, zone: ZoneInfo) -> datetime:
    """Give a local time its zone.

    Raises:
        UsageError: a clock change skips it or repeats it.
    """
    moment = local.replace(tzinfo=zone)
    later = moment.replace(fold=1)
    if moment.utcoffset() == later.utcoffset():
        return moment
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise UsageError(
            f"The sending time {text!r} does not exist in {zone.key}, where clocks go forward "
            "then: choose another hour.",
            code="send_time_skipped",
        )
    raise UsageError(
        f"The sending time {text!r} happens twice in {zone.key}, where clocks go back then: write "
        f"{_with_offset(moment)} for the first or {_with_offset(later)} for the second.",
        code="send_time_twice",
    )


def _with_offset(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
