"""Prices by type and country, the user's own or ours."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.errors import InputError
from bulksms.message.pricing import (
    SMS_TYPES,
    Estimate,
    LearnedPrice,
    PriceSource,
    Tariff,
    average_price,
    estimate,
    price_findings,
    read_tariff,
    shipped_tariff,
)

OWN = """
source = "our contract of May"
with_replies = 0.02
[sms_premium]
FR = 0.04
BE = 0.085
others = 0.1
"""


def priced(people: dict[str, list[int]], tariff: Tariff, *, replies: bool = False) -> Estimate:
    segments = {country: sum(needed) for country, needed in people.items()}
    return estimate(segments, "sms_premium", tariff, with_replies=replies)


def codes(price: Estimate, countries: list[str]) -> list[str]:
    return [finding.code for finding in price_findings(price, Counter(countries))]


def test_segments_times_the_price_to_the_cent() -> None:
    assert str(priced({"FR": [2] * 930}, shipped_tariff()).amount) == "83.70"
    assert priced({"FR": [1, 1, 1]}, shipped_tariff()).amount == Decimal("0.14")
    assert priced({}, shipped_tariff()).amount == Decimal("0.00")


def test_each_country_has_its_own_price() -> None:
    price = priced({"FR": [1, 1], "BE": [2], "US": [1]}, read_tariff(OWN, "own.toml"))

    assert price.amount == Decimal("0.35")
    assert price.by_country == {
        "BE": Decimal("0.17"),
        "US": Decimal("0.10"),
        "FR": Decimal("0.08"),
    }
    assert price.cost_of(3, "BE") == Decimal("0.255")


def test_answers_cost_extra_for_each_segment() -> None:
    own = read_tariff(OWN, "own.toml")

    assert priced({"FR": [1, 2]}, own, replies=True).amount == Decimal("0.18")


def test_a_country_without_a_price_uses_the_one_at_home_and_is_named() -> None:
    price = priced({"FR": [1], "GB": [1]}, shipped_tariff())

    assert price.unknown == ("GB",)
    assert price.amount == Decimal("0.09")
    assert codes(price, ["FR", "GB"]) == ["price_unknown"]


def test_countries_more_expensive_than_usual_are_named() -> None:
    price = priced({"FR": [1, 1], "BE": [1]}, read_tariff(OWN, "own.toml"))
    findings = price_findings(price, Counter(["FR", "FR", "BE"]))

    assert [each.code for each in findings] == ["dear_countries"]
    assert findings[0].message == "A segment costs 0.04 EUR to FR, but more to: BE 0.085 EUR."


def test_a_list_at_one_price_has_no_findings() -> None:
    assert codes(priced({"FR": [1, 3]}, shipped_tariff()), ["FR", "FR"]) == []


@pytest.mark.parametrize(
    "written", ["", "no toml", "sms_premium = 3", "[sms_premium]\nFR = 'x'", "[sms_premium]\nFR=-1"]
)
def test_a_file_that_is_no_tariff_is_one_sentence(written: str) -> None:
    with pytest.raises(InputError, match=r"The price list mine\.toml .*FR = 0\.045"):
        read_tariff(written, "mine.toml")


def test_the_shipped_tariff_says_where_it_was_read_and_knows_every_type() -> None:
    tariff = shipped_tariff()

    assert tariff.source
    assert tariff.read_on is not None
    assert all(tariff.price(sms_type, "FR") for sms_type in SMS_TYPES)


@given(st.lists(st.tuples(st.sampled_from(["FR", "BE", "US"]), st.integers(1, 8)), min_size=1))
def test_the_parts_add_up_to_the_whole(people: list[tuple[str, int]]) -> None:
    lists: dict[str, list[int]] = {}
    for country, needed in people:
        lists.setdefault(country, []).append(needed)
    price = priced(lists, read_tariff(OWN, "own.toml"))

    exactly = sum(price.by_country.values())
    assert abs(exactly - price.amount) <= Decimal("0.005")
    counted = ((sum(needed), country) for country, needed in lists.items())
    assert sum(price.cost_of(*pair) for pair in counted) == exactly
    cents = price.cents_by_country
    assert sum(cents.values()) == price.amount
    assert all(abs(cents[code] - cost) < Decimal("0.01") for code, cost in price.by_country.items())


def test_cents_go_to_the_countries_that_lose_most_by_rounding() -> None:
    prices = read_tariff("[sms_premium]\nFR = 0.004\nBE = 0.003\nUS = 0.008\n", "own.toml")

    price = priced({"FR": [1], "BE": [1], "US": [1]}, prices)

    assert price.amount == Decimal("0.02")  # 0.015
    assert price.cents_by_country == {
        "US": Decimal("0.01"),
        "FR": Decimal("0.01"),
        "BE": Decimal("0.00"),
    }


@pytest.mark.parametrize(
    ("cost", "segments", "price"),
    [("83.70", 1860, "0.045"), ("1", 3, "0.333333"), ("2", 3, "0.666667"), ("5.00", 100, "0.05")],
)
def test_a_price_is_learned_to_the_millionth(cost: str, segments: int, price: str) -> None:
    assert average_price(Decimal(cost), segments) == Decimal(price)


def learned_price(*countries: str) -> LearnedPrice:
    return LearnedPrice(
        sms_type="sms_premium",
        price=Decimal("0.052"),
        campaign="spring",
        charged_on=date(2026, 11, 28),
        countries=frozenset(countries),
    )


def test_a_learned_price_replaces_the_list_price_of_its_type_and_says_so() -> None:
    tariff = shipped_tariff().with_learned(learned_price("FR"))

    price = priced({"FR": [1, 2], "BE": [1]}, tariff)
    assert price.amount == Decimal("0.21")
    assert (price.origin, price.unknown) == (PriceSource.LEARNED, ("BE",))
    assert price.source == (
        "the 0.052 EUR per segment charged for the campaign spring on 2026-11-28"
    )
    assert tariff.price("sms_low_cost", "FR") == Decimal("0.045")


def test_a_price_is_learned_only_for_the_countries_it_was_charged_in() -> None:
    tariff = shipped_tariff().with_learned(learned_price("BE", "LU"))

    price = priced({"FR": [1], "BE": [1], "US": [1]}, tariff)
    assert price.by_country == {
        "BE": Decimal("0.052"),
        "FR": Decimal("0.045"),
        "US": Decimal("0.045"),
    }
    assert price.unknown == ("US",)


def test_a_price_list_is_named_with_what_it_says_of_itself() -> None:
    price = priced({"FR": [1]}, read_tariff(OWN, "own.toml"))

    assert (price.origin, price.source) == (
        PriceSource.TARIFF,
        "the price list own.toml (our contract of May)",
    )
