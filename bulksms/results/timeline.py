"""When Octopush took the texts: a count for each stretch of time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bulksms.ledger import CampaignRecord, FrameRecord, FrameState
from bulksms.message.timezones import zones_by_country

__all__ = ["TimeBin", "Timeline", "taken_by_moment", "timeline_of", "zone_of_campaign"]

MOST_BINS = 24
WIDTHS = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 5, 15, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 86400, 7 * 86400)
)
_TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBin:
    """The people taken from a moment on, until the next bin."""

    start: datetime
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Bins of equal width without a gap; `ticks` are round numbers up to the largest bin."""

    width: timedelta
    bins: tuple[TimeBin, ...]
    ticks: tuple[int, ...]


def zone_of_campaign(record: CampaignRecord) -> tzinfo:
    """Return the zone of the campaign's region, where it has one; else UTC."""
    zones = zones_by_country().get(record.parameters.get("region") or "", ())
    return ZoneInfo(zones[0]) if len(zones) == 1 else UTC


def taken_by_moment(frames: Sequence[FrameRecord]) -> list[tuple[datetime, int]]:
    """List when Octopush took frames, and how many people of each."""
    return [
        (frame.finished_at, _people(frame))
        for frame in frames
        if frame.state in _TAKEN and frame.finished_at is not None
    ]


def timeline_of(moments: Sequence[tuple[datetime, int]], zone: tzinfo) -> Timeline | None:
    """Count the people that Octopush took over time, by the time of its answers."""
    taken = [(moment.astimezone(zone), people) for moment, people in moments]
    if not taken:
        return None
    first, last = (choose(moment for moment, _ in taken) for choose in (min, max))
    width = next((width for width in WIDTHS if (last - first) / width < MOST_BINS - 1), None)
    width = width or timedelta(days=(last - first).days // (MOST_BINS - 1) + 1)
    start = _floor(first, width)
    counts: Counter[int] = Counter()
    for moment, people in taken:
        counts[(moment - start) // width] += people
    bins = tuple(
        TimeBin(start=start + number * width, people=counts[number])
        for number in range(max(counts) + 1)
    )
    return Timeline(width=width, bins=bins, ticks=_ticks(max(counts.values())))


def _people(frame: FrameRecord) -> int:
    """Return how many people of a frame were taken: in a short one, fewer than were posted."""
    if frame.state is FrameState.ACCEPTED_SHORT and frame.number_of_contacts is not None:
        return frame.number_of_contacts
    return frame.contacts


def _floor(moment: datetime, width: timedelta) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // width * width


def _ticks(most: int) -> tuple[int, ...]:
    """Return 0, a half and a whole, where the whole is a round number not below the most."""
    power = 10 ** max(len(str(most)) - 2, 0)
    whole = next(
        step * power for step in (2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 50, 60, 80, 100)
        if step * power >= most
    )  # fmt: skip
    return (0, whole // 2, whole)
