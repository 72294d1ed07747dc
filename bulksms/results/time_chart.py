"""A time line with the labels of its chart, in the language of the reader."""

from dataclasses import dataclass
from datetime import timedelta, tzinfo

from bulksms.pages.languages import Language
from bulksms.results.timeline import Timeline

__all__ = ["ChartBin", "ChartTick", "TimeChart", "chart_of"]

_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


@dataclass(frozen=True, slots=True)
class ChartBin:
    """The people of one column, and the time that it begins at."""

    label: str
    people: int


@dataclass(frozen=True, slots=True)
class ChartTick:
    """A line of the grid."""

    label: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChart:
    """The data that `time_chart.jinja` draws; `width` names the length of a bin after "per"."""

    bins: tuple[ChartBin, ...]
    ticks: tuple[ChartTick, ...]
    width: str

    @property
    def highest(self) -> ChartBin:
        """The first of the columns with the most people."""
        return max(self.bins, key=lambda each: each.people)


def chart_of(timeline: Timeline | None, zone: tzinfo, language: Language) -> TimeChart | None:
    """Label a time line; `None` where there is none."""
    if timeline is None:
        return None
    pattern = _pattern(timeline.width)
    return TimeChart(
        bins=tuple(
            ChartBin(language.clock(each.start, zone, pattern), each.people)
            for each in timeline.bins
        ),
        ticks=tuple(ChartTick(language.number(tick), tick) for tick in timeline.ticks),
        width=_width(timeline.width, language),
    )


def _pattern(width: timedelta) -> str:
    """Choose how the start of a bin is written: to the second, the minute or the day."""
    if width < timedelta(minutes=1):
        return "HH:mm:ss"
    return "d MMM HH:mm" if width >= timedelta(hours=3) else "HH:mm"


def _width(width: timedelta, language: Language) -> str:
    """Name the length of a bin after "per": `minute`, `5 minutes`."""
    n = language.catalogue.ngettext
    seconds = int(width.total_seconds())
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    count = seconds // length
    sentences = {
        "seconds": n("%(count)s second", "%(count)s seconds", count),
        "minutes": n("minute", "%(count)s minutes", count),
        "hours": n("hour", "%(count)s hours", count),
        "days": n("day", "%(count)s days", count),
    }
    return sentences[unit] % {"count": language.number(count)}
