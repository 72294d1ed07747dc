"""Counts beside the noun they count, as people write them."""

__all__ = ["count_of"]


def count_of(count: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun: "1 row", "2,000 rows", or with a `plural`, "2 people are"."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
