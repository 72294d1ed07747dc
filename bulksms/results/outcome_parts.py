"""The outcomes of all rows of a campaign, read part by part and as often as they are asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["OutcomeParts"]


class OutcomeParts:
    """The outcomes of consecutive rows, one part after the other; each has the same header."""

    def __init__(self, read: "Callable[[], Iterable[ContactOutcomes]]") -> None:
        self._read = read

    def __iter__(self) -> "Iterator[ContactOutcomes]":
        return iter(self._read())

    @property
    def header(self) -> Sequence[str]:
        """The original columns; empty without rows."""
        first = next(iter(self), None)
        return () if first is None else first.header
