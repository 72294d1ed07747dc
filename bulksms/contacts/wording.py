"""Words that several sentences share; it must not know any rule."""

from bulksms.loader import Sheet

__all__ = ["counted", "place"]


def place(sheet: Sheet) -> str:
    """Name a file, and its sheet when it has several."""
    return sheet.source.path + (f" ({sheet.source.sheet})" if sheet.source.sheet else "")


def counted(count: int, noun: str) -> str:
    """Say how many there are, as "1 row" or "2 rows"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
