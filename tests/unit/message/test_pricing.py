from decimal import Decimal

import pytest

from bulksms.errors import RuleError
from bulksms.message import Estimate, estimate
from bulksms.message.pricing import tariffs


def test_segments_times_the_price_to_the_cent() -> None:
    assert estimate(1860, "sms_premium") == Estimate(amount=Decimal("83.70"), currency="EUR")
    assert str(estimate(1860, "sms_premium").amount) == "83.70"
    assert estimate(3, "sms_premium").amount == Decimal("0.14")
    assert estimate(0, "sms_low_cost").amount == Decimal("0.00")


def test_a_type_without_tariff_is_refused() -> None:
    with pytest.raises(RuleError, match="sms_premium, sms_low_cost"):
        estimate(1, "sms_gold")


def test_every_tariff_says_where_it_was_seen() -> None:
    assert set(tariffs()) == {"sms_premium", "sms_low_cost"}
    assert all(tariff.source and tariff.read_on for tariff in tariffs().values())
