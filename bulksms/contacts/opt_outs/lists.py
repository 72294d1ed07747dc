"""The opt-out list: numbers that must never be texted, looked up many at a time."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique

__all__ = ["OptOutList"]


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptOutList:
    """Numbers that must never be texted.

    Attributes:
        digits: the digits of the numbers in E.164, sorted, each once.
        unreadable: cells of its number columns that hold no readable number.
        cells: cells of its number columns that hold something.
    """

    digits: NDArray[np.int64] = field(default_factory=_none)
    unreadable: int = 0
    cells: int = 0

    @classmethod
    def from_digits(
        cls, digits: NDArray[np.int64], unreadable: int = 0, cells: int = 0
    ) -> "OptOutList":
        """Make a list of the digits of numbers in E.164, as the ledger keeps them."""
        return cls(digits=sorted_unique(digits), unreadable=unreadable, cells=cells)

    def has(self, digits: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark the numbers that are on the list; they are the digits of E.164."""
        return is_in_sorted(digits, self.digits)

    def __or__(self, other: "OptOutList") -> "OptOutList":
        joined = np.concatenate([self.digits, other.digits])
        unreadable, cells = self.unreadable + other.unreadable, self.cells + other.cells
        return OptOutList.from_digits(joined, unreadable, cells)

    def __len__(self) -> int:
        return len(self.digits)
