"""Amounts of money: one rounding and one way to write them."""

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["format_money", "format_pair", "round_to_cents", "show_money"]

CENT = Decimal("0.01")


def round_to_cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def format_money(amount: Decimal) -> str:
    """Write an amount for programs, with all its digits and at least two decimals."""
    return show_money(amount).replace(",", "")


def show_money(amount: Decimal) -> str:
    """Write an amount for people: like `format_money`, with the thousands separated."""
    shortest = amount.normalize()
    decimals = max(2, -int(shortest.as_tuple().exponent))
    return f"{shortest:,.{decimals}f}"


def format_pair(amount: Decimal, other: Decimal) -> tuple[str, str]:
    """Write two amounts in cents, or with all their digits where cents do not tell them apart."""
    rounded = round_to_cents(amount), round_to_cents(other)
    if rounded[0] != rounded[1] or amount == other:
        return f"{rounded[0]:,}", f"{rounded[1]:,}"
    return show_money(amount), show_money(other)
