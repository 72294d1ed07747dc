"""How many digits the national prefix takes off, as soon as the first digits decide it.

Whether the prefix is taken off at all is decided in `world_graph`.
"""

import re
from collections import Counter
from typing import NamedTuple

from phonenumbers import PhoneMetadata

from tools.number_table.graph import DIGITS
from tools.number_table.pattern import DEAD, START, automaton

__all__ = ["FOUND", "Cut", "NationalPrefix"]

FOUND = -1
WINDOW = 4_000  # beginnings that are followed at most


class Cut(NamedTuple):
    """How many digits are taken off; `rewritten` when the rest is changed too."""

    digits: int
    rewritten: bool = False


NOTHING = Cut(0)


class NationalPrefix:
    """The national prefix of the main region of a calling code."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        self._text: str = metadata.national_prefix_for_parsing or ""
        self._rule: str = metadata.national_prefix_transform_rule or ""
        self._pattern = automaton(self._text) if self._text else None
        self._longest = self._window()

    def _window(self) -> int:
        """Count the digits after which there would be too many beginnings."""
        open_states, digits, total = Counter({START: 1}), 0, 0
        while open_states and self._pattern is not None:
            after: Counter[int] = Counter()
            for state, paths in open_states.items():
                for digit in DIGITS:
                    after[self._pattern.step(state, digit)] += paths
            open_states = Counter(
                {state: paths for state, paths in after.items() if self._is_open(state)}
            )
            total += open_states.total()
            if total > WINDOW:
                return digits
            digits += 1
        return digits

    def _is_open(self, state: int) -> bool:
        if self._pattern is None or state == DEAD:
            return False
        return self._pattern.goes_on(state) or "$" in self._text

    def cut(self, digits: str) -> Cut | None:
        """Return what is taken off any number that begins with these digits.

        `None` as long as more digits decide.
        """
        if self._pattern is None:
            return NOTHING
        state = START
        for digit in digits:
            state = self._pattern.step(state, int(digit))
        if self._is_open(state):
            return None
        match = re.match(self._text, digits)
        if match is None:
            return NOTHING
        groups = match.groups()
        return Cut(match.end(), rewritten=bool(self._rule) and groups[-1] is not None)

    def lost(self, digits: str) -> bool:
        """Return whether there are too many beginnings to follow any longer."""
        return len(digits) > self._longest

    def again(self, state: int, digit: int) -> int:
        """Read a digit after the cut; it stays `FOUND` after a second prefix."""
        if self._pattern is None or state == FOUND:
            return state
        after = self._pattern.step(state, digit)
        return FOUND if self._pattern.accepts(after) else after
