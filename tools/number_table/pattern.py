"""Compiles patterns of libphonenumber's metadata into automata over digits.

The metadata uses digits, classes, groups, alternation, `?`, `{n,m}` and `$` only: every pattern
matches finitely many texts. Anything else is refused.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

__all__ = ["DEAD", "START", "Pattern", "UnknownPatternError", "automaton"]

DEAD = 0
START = 1
TOKEN = re.compile(r"\\d|\[[\d-]+\]|\(\?:|\{\d+(?:,\d+)?\}|[\d()|?$]")
ALL = frozenset(range(10))


class UnknownPatternError(Exception):
    """The metadata uses a syntax that this compiler does not support."""


class _Net:
    """States joined by edges that read a digit or nothing."""

    def __init__(self) -> None:
        self.edges: list[list[tuple[frozenset[int], int]]] = [[]]
        self.free: list[list[int]] = [[]]

    def state(self) -> int:
        self.edges.append([])
        self.free.append([])
        return len(self.edges) - 1

    def closure(self, states: set[int]) -> frozenset[int]:
        closed, waiting = set(states), list(states)
        while waiting:
            new = [state for state in self.free[waiting.pop()] if state not in closed]
            closed.update(new)
            waiting.extend(new)
        return frozenset(closed)


# A part of a pattern adds itself to a net, from a state on, and gives the state it ends in.
Part = Callable[[_Net, int], int]


def _reading(digits: frozenset[int]) -> Part:
    def grow(net: _Net, at: int) -> int:
        end = net.state()
        net.edges[at].append((digits, end))
        return end

    return grow


def _in_sequence(parts: Sequence[Part]) -> Part:
    def grow(net: _Net, at: int) -> int:
        for part in parts:
            at = part(net, at)
        return at

    return grow


def _either(parts: Sequence[Part]) -> Part:
    def grow(net: _Net, at: int) -> int:
        ends = [part(net, at) for part in parts]
        end = net.state()
        for start in ends:
            net.free[start].append(end)
        return end

    return grow


def _repeated(part: Part, least: int, most: int) -> Part:
    def grow(net: _Net, at: int) -> int:
        ends = []
        for time in range(most):
            if time >= least:
                ends.append(at)
            at = part(net, at)
        end = net.state()
        for start in [*ends, at]:
            net.free[start].append(end)
        return end

    return grow


def _parse(pattern: str) -> Part:
    tokens = TOKEN.findall(pattern)
    if "".join(tokens) != pattern:
        raise UnknownPatternError(f"{pattern!r} uses a syntax that is not supported.")
    part, rest = _alternatives(tokens)
    if rest:
        raise UnknownPatternError(f"{pattern!r} closes a group that is not open.")
    return part


def _alternatives(tokens: list[str]) -> tuple[Part, list[str]]:
    choices: list[list[Part]] = [[]]
    while tokens and tokens[0] != ")":
        sign, tokens = tokens[0], tokens[1:]
        if sign == "|":
            choices.append([])
        elif sign.startswith("("):
            part, tokens = _alternatives(tokens)
            choices[-1].append(part)
            tokens = tokens[1:]
        elif sign == "?" or sign.startswith("{"):
            choices[-1].append(_repeated(choices[-1].pop(), *_times(sign)))
        elif sign != "$":  # every text is matched to its end
            choices[-1].append(_reading(_digits(sign)))
    return _either([_in_sequence(parts) for parts in choices]), tokens


def _times(sign: str) -> tuple[int, int]:
    if sign == "?":
        return 0, 1
    least, _, most = sign[1:-1].partition(",")
    return int(least), int(most or least)


def _digits(sign: str) -> frozenset[int]:
    if sign == r"\d":
        return ALL
    ranges = re.findall(r"(\d)(?:-(\d))?", sign)
    return frozenset(
        digit for first, last in ranges for digit in range(int(first), int(last or first) + 1)
    )


class Pattern:
    """A pattern as a table of states that grows as digits are read; state 0 is dead."""

    def __init__(self, text: str) -> None:
        net = _Net()
        self._net, self._end = net, _parse(text)(net, 0)
        self._sets: list[frozenset[int]] = [frozenset(), net.closure({0})]
        self._number = {states: number for number, states in enumerate(self._sets)}
        self._steps: dict[tuple[int, int], int] = {}

    def step(self, state: int, digit: int) -> int:
        """Return the state after one more digit."""
        key = (state, digit)
        if key not in self._steps:
            self._steps[key] = self._intern(self._sets[state], digit)
        return self._steps[key]

    def _intern(self, states: frozenset[int], digit: int) -> int:
        reached = {
            end for state in states for digits, end in self._net.edges[state] if digit in digits
        }
        after = self._net.closure(reached)
        if after not in self._number:
            self._number[after] = len(self._sets)
            self._sets.append(after)
        return self._number[after]

    def accepts(self, state: int) -> bool:
        """Return whether the digits read so far match the whole pattern."""
        return self._end in self._sets[state]

    def goes_on(self, state: int) -> bool:
        """Return whether one more digit can be read."""
        return any(self._net.edges[member] for member in self._sets[state])


@cache
def automaton(pattern: str) -> Pattern:
    """Compile a pattern once."""
    return Pattern(pattern)
