"""Amounts of money are rounded and written in one way."""

from decimal import Decimal

import pytest

from bulksms.money import format_pair, round_to_cents


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.225", "0.23"), ("0.224999", "0.22"), ("37.16049349271605", "37.16"), ("9", "9.00")],
)
def test_halves_are_rounded_up(amount: str, rounded: str) -> None:
    assert str(round_to_cents(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("amount", "other", "written"),
    [
        ("9", "4.5", ("9.00", "4.50")),
        ("37.16049349271605", "13.545", ("37.16", "13.55")),
        ("0.0495", "0.045", ("0.0495", "0.045")),
        ("0.0451", "0.054", ("0.0451", "0.054")),
        ("0.045", "0.045", ("0.05", "0.05")),
    ],
)
def test_two_amounts_have_the_digits_that_tell_them_apart(
    amount: str, other: str, written: tuple[str, str]
) -> None:
    assert format_pair(Decimal(amount), Decimal(other)) == written
