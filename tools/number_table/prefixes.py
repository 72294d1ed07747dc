"""How many digits the national prefix takes off, as soon as the first digits tell.

It knows no plans: whether the prefix is taken off at all is for `entries` to say.
"""

import re
from collections import Counter
from typing import NamedTuple

from phonenumbers import PhoneMetadata

from tools.number_table.graphs import DIGITS
from tools.number_table.patterns import DEAD, START, automaton

__all__ = ["FOUND", "Cut", "Prefix"]

FOUND = -1
WINDOW = 4_000  # beginnings that are told apart at most


class Cut(NamedTuple):
    """How many digits go; `rewritten` when the rest is not what was written."""

    digits: int
    rewritten: bool = False


NOTHING = Cut(0)


class Prefix:
    """The national prefix of the main region of a calling code."""

    def __init__(self, metadata: PhoneMetadata) -> None:
        self._text: str = metadata.national_prefix_for_parsing or ""
        self._rule: str = metadata.national_prefix_transform_rule or ""
        self._pattern = automaton(self._text) if self._text else None
        self._longest = self._window()

    def _window(self) -> int:
        """Count the digits after which there would be too many beginnings."""
        alive, digits, known = Counter({START: 1}), 0, 0
        while alive and self._pattern is not None:
            after: Counter[int] = Counter()
            for state, times in alive.items():
                for digit in DIGITS:
                    after[self._pattern.step(state, digit)] += times
            alive = Counter({one: times for one, times in after.items() if self._waits(one)})
            known += alive.total()
            if known > WINDOW:
                return digits
            digits += 1
        return digits

    def _waits(self, state: int) -> bool:
        if self._pattern is None or state == DEAD:
            return False
        return self._pattern.goes_on(state) or "$" in self._text

    def cut(self, digits: str) -> Cut | None:
        """Say what goes from the beginning of any number that starts with these digits.

        `None` as long as it depends on what follows.
        """
        if self._pattern is None:
            return NOTHING
        state = START
        for digit in digits:
            state = self._pattern.step(state, int(digit))
        if self._waits(state):
            return None
        found = re.match(self._text, digits)
        if found is None:
            return NOTHING
        groups = found.groups()
        return Cut(found.end(), rewritten=bool(self._rule) and groups[-1] is not None)

    def lost(self, digits: str) -> bool:
        """Say whether there would be too many beginnings to wait any longer."""
        return len(digits) > self._longest

    def again(self, state: int, digit: int) -> int:
        """Read a digit after the cut; `FOUND` for ever once a second prefix has been read."""
        if self._pattern is None or state == FOUND:
            return state
        after = self._pattern.step(state, digit)
        return FOUND if self._pattern.accepts(after) else after
