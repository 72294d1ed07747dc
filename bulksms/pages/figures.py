"""How figures are written in the languages of the pages."""

from collections.abc import Mapping
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, format_decimal

__all__ = ["LOCALES", "Figures"]

# The regions that write each language: the English pages show 24-hour times and days before
# months, since the people they are for are mostly in Europe.
LOCALES: Mapping[str, str] = {"fr": "fr_FR", "en": "en_GB"}


class Figures:
    """Writes numbers and amounts as a locale does."""

    __slots__ = ()
    locale: Locale

    def number(self, value: float) -> str:
        """Write a whole number with its thousands apart."""
        return format_decimal(value, locale=self.locale)

    def money(self, amount: Decimal, currency: str = "EUR") -> str:
        """Write an amount with two decimals."""
        return format_currency(amount, currency, locale=self.locale)
