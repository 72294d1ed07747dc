"""Words that several sentences share; it must not know any rule."""

__all__ = ["counted"]


def counted(count: int, noun: str) -> str:
    """Say how many there are, as "1 row" or "2 rows"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
