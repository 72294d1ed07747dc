"""Shows serial numbers by one section of a number format: dates, times, elapsed time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import floor

from bulksms.loader.display_locale import DisplayLocale, language_of
from bulksms.loader.workbook.number_formats.format_code import (
    Mark,
    Section,
    Token,
    UnreadableFormat,
    split_sections,
)

LAST_SERIAL = 2_958_465  # 31 December 9999
DAYS_BEFORE_1904 = 1_462
_PHANTOM = 60  # 29 February 1900, which never was
_DAY = 86_400
_UNITS = {"h": 3600, "m": 60, "n": 60, "s": 1}
_NOON = 12
_SHORT = 2
_SHORT_NAME = 3
_FIRST_LETTER = 5
_MONTHS = (Token(Mark.DATE, "m"), Token(Mark.DATE, "mm"))  # or minutes, by what is beside them


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as a spreadsheet counts it; `weekday` is 0 on Mondays."""

    year: int
    month: int
    day: int
    weekday: int


class DateSection:
    """One section for dates and times."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._tokens = _find_minutes(section.tokens)
        self._language = language_of(section.language) if section.language else None
        has_names = any(_is_name(token) for token in self._tokens)
        if section.language and self._language is None and has_names:
            raise UnreadableFormat(section.language)
        self._decimals = max(
            (len(token.text) - 1 for token in self._tokens if token.mark is Mark.POINT), default=0
        )
        self._half_day = section.has(Mark.HALF_DAY)

    def show(self, value: float, locale: DisplayLocale, *, date_1904: bool) -> str | None:
        """Show a serial number; `None` where a spreadsheet shows `####`."""
        locale = self._language or locale
        system = self._system_code(locale)
        if system is not None:
            return DateSection(split_sections(system)[0]).show(value, locale, date_1904=date_1904)
        if (value < 0 and not date_1904) or abs(value) > LAST_SERIAL + 1:
            return None
        scale: int = 10**self._decimals
        ticks = floor(float(f"{abs(value):.15g}") * _DAY * scale + 0.5)
        seconds, fraction = divmod(ticks, scale)
        day = _find_day(seconds // _DAY + (DAYS_BEFORE_1904 if date_1904 else 0), not date_1904)
        if day is None:
            return None
        shown = "".join(
            [self._show(token, day, seconds, fraction, locale) for token in self._tokens]
        )
        return "-" + shown if value < 0 else shown

    def _system_code(self, locale: DisplayLocale) -> str | None:
        if self._section.has(Mark.SYSTEM_DATE):
            return locale.long_date
        return locale.long_time if self._section.has(Mark.SYSTEM_TIME) else None

    def _show(
        self, token: Token, day: _Day, seconds: int, fraction: int, locale: DisplayLocale
    ) -> str:
        mark, text = token.mark, token.text
        if mark is Mark.DATE:
            if text[0] in "ymd":
                return _show_day(text, day, locale)
            return self._show_clock(text, seconds % _DAY)
        if mark is Mark.ELAPSED:
            return f"{seconds // _UNITS[text[0]]:0{len(text)}d}"
        if mark is Mark.HALF_DAY:
            return text.split("/")[seconds % _DAY >= _DAY // 2]
        if mark is Mark.POINT and len(text) > 1:
            return f"{locale.decimal}{fraction:0{len(text) - 1}d}"
        return locale.date_separator if mark is Mark.SLASH else text

    def _show_clock(self, unit: str, seconds: int) -> str:
        number = seconds // _UNITS[unit[0]]
        if unit[0] != "h":
            number %= 60
        elif self._half_day:
            number = number % _NOON or _NOON
        return f"{number:02d}" if len(unit) > 1 else str(number)


def _show_day(unit: str, day: _Day, locale: DisplayLocale) -> str:
    if unit[0] == "y":
        return f"{day.year:04d}" if len(unit) > _SHORT else f"{day.year % 100:02d}"
    if len(unit) > _SHORT:
        if unit[0] == "m":
            return _name(locale.months, unit, day.month - 1)
        return _name(locale.days, unit, day.weekday)
    number = day.month if unit[0] == "m" else day.day
    return f"{number:02d}" if len(unit) == _SHORT else str(number)


def _name(names: tuple[tuple[str, ...], tuple[str, ...]], unit: str, index: int) -> str:
    full, short = names
    if len(unit) == _SHORT_NAME:
        return short[index]
    return full[index][0].upper() if len(unit) == _FIRST_LETTER else full[index]


def _is_name(token: Token) -> bool:
    return (
        token.mark is Mark.DATE and token.text[0] in "md" and len(token.text) >= _SHORT_NAME
    ) or token.mark is Mark.SYSTEM_DATE


def _find_minutes(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Distinguish minutes, written `n` from here on, from months; join fractions of a second."""
    joined: list[Token] = []
    last_unit = -1
    for token in tokens:
        if token.mark is Mark.DIGIT:
            _join_fraction(joined, token)
            continue
        following = token
        if token.mark in {Mark.DATE, Mark.ELAPSED}:
            following = Token(token.mark, token.text.lower())
            before = joined[last_unit] if last_unit >= 0 else None
            if following in _MONTHS and before and before.text[0] == "h":
                following = _as_minutes(following)
            elif following.text[0] == "s" and before in _MONTHS:
                joined[last_unit] = _as_minutes(before)
            last_unit = len(joined)
        joined.append(following)
    return tuple(joined)


def _as_minutes(month: Token) -> Token:
    return Token(Mark.DATE, month.text.replace("m", "n"))


def _join_fraction(joined: list[Token], token: Token) -> None:
    if token.text != "0" or not joined or joined[-1].mark is not Mark.POINT:
        raise UnreadableFormat(token.text)
    joined[-1] = Token(Mark.POINT, joined[-1].text + "0")


@lru_cache(maxsize=100_000)
def _find_day(serial: int, from_1900: bool) -> _Day | None:  # noqa: FBT001 - a cache key
    if serial > LAST_SERIAL:
        return None
    weekday = (serial + 5) % 7
    if from_1900 and serial in {0, _PHANTOM}:
        return _Day(1900, 2, 29, weekday) if serial else _Day(1900, 1, 0, weekday)
    real = date(1899, 12, 31 if serial < _PHANTOM else 30) + timedelta(days=serial)
    return _Day(real.year, real.month, real.day, weekday)
