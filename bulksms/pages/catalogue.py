"""Sentences, numbers, amounts and times in the language of the reader."""

import tomllib
from datetime import datetime, tzinfo
from decimal import Decimal
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_percent

from bulksms.pages.figures import LOCALES, Figures

__all__ = ["Catalogue"]

Value = str | int | Decimal | datetime


class Catalogue(Figures):
    """The sentences of a page in one language, and the formats of its figures.

    A sentence is an entry of a TOML file: `key.en` and `key.fr`, each a text or, where it
    depends on a number, a table with the plural forms of CLDR (`one`, `other`).
    """

    def __init__(self, language: str, package: str, file: str, zone: tzinfo) -> None:
        self.language, self.zone = language, zone
        self.locale = Locale.parse(LOCALES[language])
        text = files(package).joinpath(file).read_text(encoding="utf-8")
        self._sentences: dict[str, dict[str, object]] = tomllib.loads(text)

    def say(self, key: str, count: int | None = None, **values: Value) -> str:
        """Give a sentence with its values filled in; `count` chooses the plural form."""
        sentence = self._sentences[key][self.language]
        if isinstance(sentence, dict):
            sentence = sentence[self.locale.plural_form(count or 0)]
        shown = {name: self.show(value) for name, value in values.items()}
        if count is not None:
            shown["count"] = self.number(count)
        return str(sentence).format(**shown)

    def show(self, value: Value) -> str:
        """Write a value as its kind is written."""
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, Decimal):
            return self.money(value)
        return self.number(value) if isinstance(value, int) else value

    def share(self, part: int, whole: int) -> str:
        """Write a share in percent, with one decimal."""
        share = part / whole if whole else 0
        return format_percent(share, format="#,##0.0 %", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Write a day and a time of the page's zone, which is not named."""
        local = moment.astimezone(self.zone)
        day = format_date(local.date(), "full", locale=self.locale)
        return f"{day}, {format_time(local.time(), 'HH:mm', locale=self.locale)}"

    def clock(self, moment: datetime, pattern: str = "HH:mm") -> str:
        """Write a time of the page's zone by a pattern of CLDR."""
        return format_datetime(moment.astimezone(self.zone), pattern, locale=self.locale)

    def country(self, code: str) -> str:
        """Name a country."""
        return str(self.locale.territories.get(code, code))
