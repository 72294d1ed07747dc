"""The expected cost of a campaign: segments times the price of one.

Prices are a table by message type and country: from a file of the user's, from what the account
was charged before, or the shipped one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from importlib.resources import files

from bulksms.errors import InputError
from bulksms.finding import Finding, Level
from bulksms.money import round_parts, round_to_cents

__all__ = [
    "MILLION",
    "Estimate",
    "LearnedPrice",
    "PriceSource",
    "Tariff",
    "average_price",
    "estimate",
    "in_millionths",
    "price_findings",
    "read_tariff",
    "shipped_tariff",
]

MILLION = 1_000_000  # costs per contact are counted in millionths of a euro
OTHERS = "others"
HOME = "FR"  # the only country whose price is known; its price is used where none is
SMS_TYPES = ("sms_premium", "sms_low_cost")  # the API's own words, as in `campaign.SmsType`
EXPENSIVE_RATIO = Decimal("1.5")  # times the price of the most frequent country of the list


class PriceSource(StrEnum):
    """Where a price comes from."""

    LEARNED = "learned"
    TARIFF = "tariff"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedPrice:
    """The price per segment that an account paid in its newest campaign of a type.

    Attributes:
        countries: where that campaign went; of several, the price is the average.
    """

    sms_type: str
    price: Decimal
    campaign: str
    charged_on: date
    countries: frozenset[str] = frozenset({HOME})


def average_price(cost: Decimal, segments: int) -> Decimal:
    """Divide the cost of a campaign by its segments, to the millionth."""
    price = (cost / segments).quantize(Decimal(1) / MILLION, rounding=ROUND_HALF_UP)
    return price.normalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The price of one segment in EUR by type and country, its source and date.

    Attributes:
        with_replies: added to each segment when people can answer.
        origin: what kind of source it is.
        source: the source in words.
    """

    prices: Mapping[str, Mapping[str, Decimal]]
    with_replies: Decimal = Decimal(0)
    origin: PriceSource = PriceSource.TARIFF
    source: str = ""
    read_on: date | None = None

    def price(self, sms_type: str, country: str) -> Decimal | None:
        """Look up the price to a country; `None` when the tariff has none."""
        by_country = self.prices.get(sms_type, {})
        return by_country.get(country, by_country.get(OTHERS))

    def with_learned(self, learned: LearnedPrice) -> "Tariff":
        """Replace the prices of a type by what the account was charged in some countries."""
        on = learned.charged_on
        charged = dict.fromkeys(learned.countries, learned.price)
        by_country = {**self.prices.get(learned.sms_type, {}), **charged}
        return replace(
            self,
            prices={**self.prices, learned.sms_type: by_country},
            origin=PriceSource.LEARNED,
            source=f"the {learned.price} EUR per segment charged for the campaign "
            f"{learned.campaign} on {on.isoformat()}",
            read_on=on,
        )

    def substitute_price(self, sms_type: str) -> Decimal:
        """Return the price to use for a country that the tariff lacks."""
        by_country = self.prices.get(sms_type, {})
        return by_country.get(HOME) or max(by_country.values(), default=Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """The expected cost of a campaign, to the cent.

    Attributes:
        by_country: the exact cost to each country, the highest first.
        prices: the price of one segment to each country.
        unknown: countries without a known price, counted at the price of `HOME`.
        origin: what kind of source the prices have; `source` is the source in words.
    """

    amount: Decimal
    currency: str = "EUR"
    by_country: Mapping[str, Decimal] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    origin: PriceSource = PriceSource.DEFAULT
    source: str = ""

    @property
    def cents_by_country(self) -> dict[str, Decimal]:
        """The cost to each country in cents, which add up to the amount."""
        return dict(zip(self.by_country, round_parts([*self.by_country.values()]), strict=True))

    def cost_of(self, segments: int, country: str) -> Decimal:
        """Return the exact cost of segments to a country of the list, in euros."""
        return Decimal(segments * in_millionths(self.prices[country])) / MILLION


def in_millionths(price: Decimal) -> int:
    """Return a price in whole millionths of a euro."""
    return int(price * MILLION)


def estimate(
    segments_by_country: Mapping[str, int],
    sms_type: str,
    tariff: Tariff,
    *,
    with_replies: bool = False,
) -> Estimate:
    """Price the segments that a list needs to each country."""
    extra = tariff.with_replies if with_replies else Decimal(0)
    listed = {code: tariff.price(sms_type, code) for code in segments_by_country}
    substitute = tariff.substitute_price(sms_type)
    prices = {
        code: (substitute if price is None else price) + extra for code, price in listed.items()
    }
    totals = {
        code: needed * in_millionths(prices[code]) for code, needed in segments_by_country.items()
    }
    highest_first = sorted(totals.items(), key=lambda total: (-total[1], total[0]))
    return Estimate(
        amount=round_to_cents(Decimal(sum(totals.values())) / MILLION),
        by_country={code: Decimal(total) / MILLION for code, total in highest_first},
        prices=prices,
        unknown=tuple(sorted(code for code, price in listed.items() if price is None)),
        origin=tariff.origin,
        source=tariff.source,
    )


def price_findings(price: Estimate, contacts_by_country: Mapping[str, int]) -> tuple[Finding, ...]:
    """Report countries without a known price, and those more expensive than usual."""
    findings = (_unknown_prices(price), _expensive_countries(price, contacts_by_country))
    return tuple(finding for finding in findings if finding is not None)


def read_tariff(content: str, name: str, origin: PriceSource = PriceSource.TARIFF) -> Tariff:
    """Read a price list.

    Args:
        content: the text of the file.
        name: what errors and the estimate call the file.
        origin: what kind of source it is.

    Raises:
        InputError: it is not a price list, or a price is not an amount.
    """
    try:
        entries = tomllib.loads(content, parse_float=Decimal)
        prices = {sms_type: _prices(entries.get(sms_type, {})) for sms_type in SMS_TYPES}
        extra = Decimal(entries.get("with_replies", 0))
    except (tomllib.TOMLDecodeError, InvalidOperation, TypeError, AttributeError) as error:
        raise InputError(
            f"The price list {name} cannot be read ({error}): write [sms_premium] and below it a "
            "line like FR = 0.045 for each country."
        ) from None
    if not any(prices.values()):
        raise InputError(
            f"The price list {name} contains no price: write [sms_premium] and below it FR = 0.045."
        )
    read_on = entries.get("read_on")
    listed = f" ({entries['source']})" if entries.get("source") else ""
    return Tariff(
        prices=prices,
        with_replies=extra,
        origin=origin,
        source=f"the price list {name}{listed}",
        read_on=read_on if isinstance(read_on, date) else None,
    )


@cache
def shipped_tariff() -> Tariff:
    """Read the price list that comes with the program."""
    path = files("bulksms.message").joinpath("tariffs.toml")
    tariff = read_tariff(
        path.read_text(encoding="utf-8"), "tariffs.toml", origin=PriceSource.DEFAULT
    )
    when = "" if tariff.read_on is None else f" of {tariff.read_on:%Y-%m}"
    return replace(tariff, source=f"a public list price{when}; your account's may differ")


def _prices(entries: Mapping[str, object]) -> dict[str, Decimal]:
    prices = {country: Decimal(str(price)) for country, price in entries.items()}
    wrong = [country for country, price in prices.items() if not price.is_finite() or price < 0]
    if wrong:
        raise InvalidOperation(f"the price of {wrong[0]} is not an amount")
    return {
        country if country == OTHERS else country.upper(): price
        for country, price in prices.items()
    }


def _unknown_prices(price: Estimate) -> Finding | None:
    if not price.unknown:
        return None
    return Finding(
        code="price_unknown",
        level=Level.WARNING,
        message=f"The price of a text to {', '.join(price.unknown)} is unknown. The estimate uses "
        f"the price to {HOME}, and the real one may be much higher: give your prices with "
        "--tariff FILE.",
        count=len(price.unknown),
    )


def _expensive_countries(price: Estimate, contacts_by_country: Mapping[str, int]) -> Finding | None:
    usual = max(contacts_by_country, key=lambda code: contacts_by_country[code])
    limit = price.prices[usual] * EXPENSIVE_RATIO
    expensive = sorted(code for code, amount in price.prices.items() if amount > limit)
    if not expensive:
        return None
    listed = ", ".join(f"{code} {price.prices[code]} EUR" for code in expensive)
    return Finding(
        code="dear_countries",
        level=Level.WARNING,
        message=f"A segment costs {price.prices[usual]} EUR to {usual}, but more to: {listed}.",
        count=len(expensive),
    )
