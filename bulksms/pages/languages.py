"""The languages of pages and reports: one catalogue each, and how figures and times are written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, localcontext
from functools import cache
from importlib import resources
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent
from babel.support import NullTranslations, Translations

from bulksms.pages.locales import LOCALES

__all__ = ["SOURCE_LANGUAGE", "Language", "choose_language", "language_of"]

SOURCE_LANGUAGE = "en"  # that the sentences of the program are written in

DIGITS = 5000  # people type numbers of any length, and Python reads no longer ones


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, its catalogue and its way to write numbers and times."""

    code: str
    locale: Locale
    catalogue: NullTranslations

    def pgettext(self, context: str, sentence: str) -> str:
        """Translate a sentence that means something else elsewhere."""
        return str(self.catalogue.pgettext(context, sentence))

    def number(self, value: float) -> str:
        """Write a whole number with its thousands apart."""
        with localcontext(prec=DIGITS):
            return format_decimal(value, locale=self.locale)

    def money(self, amount: Decimal, currency: str = "EUR") -> str:
        """Write an amount with two decimals."""
        return format_currency(amount, currency, locale=self.locale)

    def percent(self, share: float) -> str:
        """Write a share from 0 to 1 with one decimal."""
        return format_percent(share, "#,##0.0\u202f%" if self.code == "fr" else "0.0%", self.locale)

    def day(self, moment: date) -> str:
        """Write a day with its name: `Monday 30 November`."""
        return self._with_ordinal(format_date(moment, "EEEE d MMMM", locale=self.locale), moment)

    def day_and_year(self, moment: date) -> str:
        """Write a day with its name and year: `Monday 30 November 2026`."""
        return self._with_ordinal(format_date(moment, "EEEE d MMMM y", locale=self.locale), moment)

    def short_day(self, moment: date) -> str:
        """Write a day shortly: `Mon 30 Nov`."""
        return self._with_ordinal(format_date(moment, "EEE d MMM", locale=self.locale), moment)

    def _with_ordinal(self, text: str, moment: date) -> str:
        """Write the first of a month as French does: `mar. 1er déc.`."""
        return text.replace(" 1 ", " 1er ", 1) if self.code == "fr" and moment.day == 1 else text

    def time(self, moment: datetime) -> str:
        """Write the time of a day: `10:00`."""
        return format_time(moment, "HH:mm", locale=self.locale)

    def duration(self, length: timedelta) -> str:
        """Write a length of time in its largest unit: `40 seconds`, `2 hours`."""
        return format_timedelta(length, threshold=1.5, locale=self.locale)

    def date(self, moment: date) -> str:
        """Write a date with its year: `30 Nov 2026`."""
        return format_date(moment, "d MMM y", locale=self.locale)

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """Write a day and a time of a zone, which is not named."""
        local = moment.astimezone(zone)
        return f"{self.day_and_year(local)}, {self.time(local)}"

    def clock(self, moment: datetime, zone: tzinfo, pattern: str = "HH:mm") -> str:
        """Write a time of a zone by a pattern of CLDR."""
        return format_datetime(moment.astimezone(zone), pattern, locale=self.locale)

    def country(self, code: str) -> str:
        """Name a country by its code of two letters."""
        return str(self.locale.territories.get(code, code))


@cache
def language_of(code: str) -> Language:
    """Load a language."""
    locale = Locale.parse(LOCALES[code])
    if code == SOURCE_LANGUAGE:
        return Language(code, locale, NullTranslations())
    path = resources.files("bulksms.pages").joinpath("catalogues", f"{code}.po")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, locale, Translations(compiled))


def choose_language(chosen: str | None, accepted: str) -> Language:
    """Take the language that was chosen, else the first accepted one that we have."""
    if chosen in LOCALES:
        return language_of(chosen)
    preferences = sorted(accepted.split(","), key=_weight, reverse=True)
    for code in (preference.split(";")[0].strip().lower()[:2] for preference in preferences):
        if code in LOCALES:
            return language_of(code)
    return language_of(SOURCE_LANGUAGE)


def _weight(preference: str) -> float:
    """Read the weight of a language a browser asks for."""
    _, _, weight = preference.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
