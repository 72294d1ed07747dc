"""A minimal graph of states: two states that answer the same for all input are one.

All input is bounded, so the graph grows from its leaves and is minimal at every moment.
"""

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

__all__ = ["DIGITS", "Graph"]

DIGITS = range(10)
Outcome = TypeVar("Outcome", bound=Hashable)


class Graph(Generic[Outcome]):
    """States with an outcome each and ten successors each, numbered as they are added."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.successors: list[tuple[int, ...]] = []
        self._numbers: dict[tuple[Outcome, tuple[int, ...]], int] = {}

    def state(self, outcome: Outcome, successors: Sequence[int]) -> int:
        """Number the state with this outcome and these successors."""
        return self._intern(outcome, tuple(successors), tuple(successors))

    def end(self, outcome: Outcome) -> int:
        """Number the state that keeps its outcome for all further digits."""
        return self._intern(outcome, (), (len(self.outcomes),) * len(DIGITS))

    def _intern(self, outcome: Outcome, key: tuple[int, ...], successors: tuple[int, ...]) -> int:
        number = self._numbers.setdefault((outcome, key), len(self.outcomes))
        if number == len(self.outcomes):
            self.outcomes.append(outcome)
            self.successors.append(successors)
        return number
