"""Amounts of money as text."""

from decimal import Decimal

__all__ = ["format_money"]


def format_money(amount: Decimal) -> str:
    """Write an amount with two decimals at the least, and every digit it has."""
    lean = amount.normalize()
    places = max(2, -int(lean.as_tuple().exponent))
    return f"{lean:.{places}f}"
