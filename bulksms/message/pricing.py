"""Segments times the price of one: what a campaign may cost before the API says it.

It must not know texts or contacts. The prices are data, in `tariffs.toml`.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from bulksms.errors import RuleError

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The price of one segment of a type, where it was seen and when."""

    price: Decimal
    currency: str
    read_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a campaign is expected to cost, to the cent."""

    amount: Decimal
    currency: str = "EUR"


def estimate(segments_total: int, sms_type: str) -> Estimate:
    """Price a number of segments of a type.

    Raises:
        RuleError: a type without a tariff.
    """
    known = tariffs()
    if sms_type not in known:
        raise RuleError(
            f"There is no tariff for the type {sms_type!r}: choose one of {', '.join(known)}."
        )
    tariff = known[sms_type]
    amount = (tariff.price * segments_total).quantize(CENT, rounding=ROUND_HALF_UP)
    return Estimate(amount=amount, currency=tariff.currency)


@cache
def tariffs() -> dict[str, Tariff]:
    """Read the tariffs that come with the program, by type."""
    written = files("bulksms.message").joinpath("tariffs.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(written, parse_float=Decimal)
    return {sms_type: Tariff(**entry) for sms_type, entry in entries.items()}
