"""Amounts of money: one rounding and one way to write them."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

__all__ = ["format_money", "format_pair", "round_parts", "round_to_cents", "show_money"]

CENT = Decimal("0.01")


def round_to_cents(amount: Decimal) -> Decimal:
    """Round an amount to two decimals, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def round_parts(parts: Sequence[Decimal]) -> list[Decimal]:
    """Round parts to cents so that they add up to their rounded sum (largest remainder)."""
    cents = [part.quantize(CENT, rounding=ROUND_FLOOR) for part in parts]
    missing = int((round_to_cents(sum(parts, Decimal(0))) - sum(cents)) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda part: cents[part] - parts[part])
    for part in by_remainder[:missing]:
        cents[part] += CENT
    return cents


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
