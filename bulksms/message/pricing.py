"""Segments times the price of one: what a campaign may cost before the API says it.

It must not know texts. The prices are a table by type and country, ours or the user's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from bulksms.errors import InputError
from bulksms.finding import Finding, Level

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Estimate", "Tariff", "estimate", "price_findings", "read_tariff", "shipped_tariff"]

CENT = Decimal("0.01")
MILLION = 1_000_000  # the parts of a euro in which a plan counts
OTHERS = "others"
HOME = "FR"  # the only country whose price we know; stands in for one that nobody told us
SMS_TYPES = ("sms_premium", "sms_low_cost")  # the API's own words, as in `campaign.SmsType`
DEAR = Decimal("1.5")  # times the price most people in the list have


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What one segment costs in EUR by type and country, where that was read and when."""

    prices: Mapping[str, Mapping[str, Decimal]]
    with_replies: Decimal = Decimal(0)
    source: str = ""
    read_on: date | None = None

    def price(self, sms_type: str, country: str) -> Decimal | None:
        """Look up the price to a country; none when the tariff does not know it."""
        known = self.prices.get(sms_type, {})
        return known.get(country, known.get(OTHERS))

    def stand_in(self, sms_type: str) -> Decimal:
        """Give the price that stands in where none is known."""
        known = self.prices.get(sms_type, {})
        return known.get(HOME) or max(known.values(), default=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """What a campaign is expected to cost, to the cent.

    Attributes:
        by_country: what goes to each country, exactly, the dearest first.
        prices: what one segment to each country costs.
        unknown: countries whose price is not known; the price at home stands in for it.
        millionths: what each contact costs in millionths of a euro, under the contacts' index.
    """

    amount: Decimal
    currency: str = "EUR"
    by_country: Mapping[str, Decimal] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    millionths: "pd.Series[int]"


def estimate(
    segments: "pd.Series[int]",
    countries: "pd.Series[str]",
    sms_type: str,
    tariff: Tariff,
    *,
    with_replies: bool = False,
) -> Estimate:
    """Price the segments of each contact, which both columns tell of under one index."""
    extra = tariff.with_replies if with_replies else Decimal(0)
    places, codes = countries.factorize()
    found = {code: tariff.price(sms_type, code) for code in codes}
    stand_in = tariff.stand_in(sms_type)
    prices = {code: (stand_in if price is None else price) + extra for code, price in found.items()}
    units = np.array([int(prices[code] * MILLION) for code in codes], dtype=np.int64)
    millionths = segments.astype("int64") * units[places]
    totals = millionths.groupby(countries).sum().sort_values(ascending=False)
    return Estimate(
        amount=_euros(int(millionths.sum())),
        by_country={str(code): Decimal(int(total)) / MILLION for code, total in totals.items()},
        prices=prices,
        unknown=tuple(sorted(code for code, price in found.items() if price is None)),
        millionths=millionths,
    )


def price_findings(price: Estimate, countries: "pd.Series[str]") -> tuple[Finding, ...]:
    """Name the countries whose price is unknown, and those that are dearer than usual."""
    return tuple(
        finding for finding in (_unknown(price), _dear(price, countries)) if finding is not None
    )


def read_tariff(written: str, name: str) -> Tariff:
    """Read a tariff file; `name` is what its errors call it.

    Raises:
        InputError: it is no such file, or a price is none.
    """
    try:
        entries = tomllib.loads(written, parse_float=Decimal)
        prices = {sms_type: _prices(entries.get(sms_type, {})) for sms_type in SMS_TYPES}
        extra = Decimal(entries.get("with_replies", 0))
    except (tomllib.TOMLDecodeError, InvalidOperation, TypeError, AttributeError) as error:
        raise InputError(
            f"The tariff {name} cannot be read ({error}): write [sms_premium] and below it a line "
            "like FR = 0.045 for each country."
        ) from None
    if not any(prices.values()):
        raise InputError(
            f"The tariff {name} names no price: write [sms_premium] and below it FR = 0.045."
        )
    source, read_on = str(entries.get("source", name)), entries.get("read_on")
    return Tariff(
        prices=prices,
        with_replies=extra,
        source=source,
        read_on=read_on if isinstance(read_on, date) else None,
    )


@cache
def shipped_tariff() -> Tariff:
    """Read the tariff that comes with the program."""
    path = files("bulksms.message").joinpath("tariffs.toml")
    return read_tariff(path.read_text(encoding="utf-8"), "tariffs.toml")


def _prices(entries: Mapping[str, object]) -> dict[str, Decimal]:
    prices = {country: Decimal(str(price)) for country, price in entries.items()}
    wrong = [country for country, price in prices.items() if not price.is_finite() or price < 0]
    if wrong:
        raise InvalidOperation(f"the price of {wrong[0]} is not an amount")
    return {
        country if country == OTHERS else country.upper(): price
        for country, price in prices.items()
    }


def _euros(millionths: int) -> Decimal:
    return (Decimal(millionths) / MILLION).quantize(CENT, rounding=ROUND_HALF_UP)


def _unknown(price: Estimate) -> Finding | None:
    if not price.unknown:
        return None
    told = f"The price of a text to {', '.join(price.unknown)} is not known: it is counted as to "
    told += f"{HOME} and may well be higher; give your own prices with --tariff FILE."
    return Finding(
        code="price_unknown", level=Level.WARNING, message=told, count=len(price.unknown)
    )


def _dear(price: Estimate, countries: "pd.Series[str]") -> Finding | None:
    usual = str(countries.value_counts().index[0])
    border = price.prices[usual] * DEAR
    dear = sorted(code for code, one in price.prices.items() if one > border)
    if not dear:
        return None
    told = ", ".join(f"{code} {price.prices[code]} EUR" for code in dear)
    message = f"A segment costs {price.prices[usual]} EUR to {usual}, but to: {told}."
    return Finding(code="dear_countries", level=Level.WARNING, message=message, count=len(dear))
