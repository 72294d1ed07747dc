"""Amounts of money: one rounding and one way to write them."""

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["format_money", "round_to_cents"]

CENT = Decimal("0.01")


def round_to_cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def format_money(amount: Decimal) -> str:
    """Write an amount with all its digits and at least two decimals."""
    shortest = amount.normalize()
    decimals = max(2, -int(shortest.as_tuple().exponent))
    return f"{shortest:.{decimals}f}"
