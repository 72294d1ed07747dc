"""When consent was given, row by row: dates as six languages write them, the newest of a row.

Where day and month could be exchanged and no other cell of the block tells, the earlier date
counts: when in doubt, do not text.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_from_arrow
from bulksms.contacts.columns.headers import compact
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.loader import Block

__all__ = ["ConsentLimit", "newest_consent", "read_dates"]

Dates: TypeAlias = NDArray[np.datetime64]
Numbers: TypeAlias = NDArray[np.int64]

NO_DATE = np.datetime64("NaT", "D")
LANGUAGES = ("en", "fr", "de", "es", "it", "pt")
MONTHS = 12
CENTURY = 100
FIRST_OLD_YEAR = 70  # 69 is 2069, 70 is 1970, as everywhere
SECONDS_PER_DAY = 86_400
LATER = r"(?:[^0-9].*)?$"  # a time of day, a zone
YEAR_FIRST = rf"^(?P<y>[12][0-9]{{3}})[-/. ]?(?P<a>[0-9]{{1,2}})[-/. ]?(?P<b>[0-9]{{1,2}}){LATER}"
YEAR_LAST = (
    rf"^(?P<a>[0-9]{{1,2}})[-/. ]\s?(?P<b>[0-9]{{1,2}})[-/. ]\s?(?P<y>[0-9]{{4}}|[0-9]{{2}}){LATER}"
)
APOSTROPHE = "\u2019"
WEEKDAY = r"(?:\pL+\.?,? +)?"
DAY_FIRST = (
    rf"^{WEEKDAY}(?P<a>[0-9]{{1,2}})(?:\.|er|st|nd|rd|th|º|°)?[ -]+(?:de |di |d['{APOSTROPHE}])?"
    rf"(?P<w>\pL+)\.?,?[ -]+(?:de |del |di )?(?P<y>[0-9]{{4}}){LATER}"
)
MONTH_FIRST = (
    rf"^(?:\pL+\.?,? +)??(?P<w>\pL+)\.? +(?P<a>[0-9]{{1,2}})(?:st|nd|rd|th)?,? +"
    rf"(?P<y>[0-9]{{4}}){LATER}"
)
SECONDS = r"^(?P<a>1[0-9]{9})(?:[0-9]{3})?(?:[.,][0-9]+)?$"  # since 1970, or thousandths of them


@dataclass(frozen=True, slots=True)
class ConsentLimit:
    """The oldest date of consent that counts, and today's; `age` is what people chose."""

    oldest: date
    today: date
    age: str


def newest_consent(
    block: Block, mapping: ColumnMapping, today: date
) -> tuple[Dates, NDArray[np.int64]]:
    """Return each row's newest date of consent, and the column it is in; `NaT` without one."""
    newest = np.full(len(block), NO_DATE)
    columns = np.full(len(block), mapping.consent_dates[0], dtype=np.int64)
    for position in mapping.consent_dates:
        dates = read_dates(block.column(position))
        dates[dates > np.datetime64(today) + 1] = NO_DATE  # no one agreed in the future
        newer = ~np.isnat(dates) & (np.isnat(newest) | (dates > newest))
        newest[newer], columns[newer] = dates[newer], position
    return newest, columns


def read_dates(cells: pa.StringArray) -> Dates:
    """Read the dates in a column; `NaT` where a cell holds none."""
    values = cells.dictionary_encode()
    texts = pc.utf8_trim_whitespace(pc.utf8_normalize(values.dictionary, form="NFKC"))
    dates = np.full(len(texts), NO_DATE)
    year, first, second = _numbers(texts, YEAR_FIRST, "y", "a", "b")
    _fill(dates, _dates(year, first, second))
    year, first, second = _numbers(texts, YEAR_LAST, "y", "a", "b")
    year = np.where(year >= CENTURY, year, year + np.where(year < FIRST_OLD_YEAR, 2000, 1900))
    _fill(dates, _by_order(year, first, second))
    for pattern in (DAY_FIRST, MONTH_FIRST):
        year, day = _numbers(texts, pattern, "y", "a")
        _fill(dates, _dates(year, _named_months(texts, pattern), day))
    (seconds,) = _numbers(texts, SECONDS, "a")
    days = np.where(seconds >= 0, seconds // SECONDS_PER_DAY, 0).astype("datetime64[D]")
    _fill(dates, np.where(seconds >= 0, days, NO_DATE))
    rows: Dates = dates[ints_from_arrow(values.indices)]
    return rows


def _fill(dates: Dates, others: Dates) -> None:
    missing = np.isnat(dates)
    dates[missing] = others[missing]


def _numbers(texts: pa.StringArray, pattern: str, *groups: str) -> list[Numbers]:
    """Return the numbers of some groups of a pattern, -1 where a text does not match it."""
    matches = pc.extract_regex(texts, pattern)
    return [
        np.asarray(pc.fill_null(pc.cast(pc.struct_field(matches, group), pa.int64()), -1))
        for group in groups
    ]


def _named_months(texts: pa.StringArray, pattern: str) -> Numbers:
    names = pc.fill_null(pc.struct_field(pc.extract_regex(texts, pattern), "w"), "")
    encoded = names.dictionary_encode()
    months = [_month_names().get(compact(name), -1) for name in encoded.dictionary.to_pylist()]
    return np.array(months, dtype=np.int64)[ints_from_arrow(encoded.indices)]


@cache
def _month_names() -> dict[str, int]:
    """Return the names and abbreviations of the months in all languages, and their numbers."""
    from babel.dates import get_month_names

    return {
        compact(name): month
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for month, name in get_month_names(width, context, language).items()
    } | {"sept": 9}


def _by_order(year: Numbers, first: Numbers, second: Numbers) -> Dates:
    """Decide whether the day or the month comes first, by cells in which only one of them fits."""
    day_first, month_first = _dates(year, second, first), _dates(year, first, second)
    only_day_first = (~np.isnat(day_first) & np.isnat(month_first)).any()
    only_month_first = (np.isnat(day_first) & ~np.isnat(month_first)).any()
    if only_day_first and not only_month_first:
        return day_first
    if only_month_first and not only_day_first:
        return month_first
    earlier: Dates = np.fmin(day_first, month_first)
    return earlier


def _dates(year: Numbers, month: Numbers, day: Numbers) -> Dates:
    """Make dates; `NaT` where there is no such day."""
    valid = (year > 0) & (month >= 1) & (month <= MONTHS) & (day >= 1)
    months = np.where(valid, (year - 1970) * MONTHS + month - 1, 0).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + np.where(valid, day - 1, 0)
    return np.where(valid & (dates.astype("datetime64[M]") == months), dates, NO_DATE)
