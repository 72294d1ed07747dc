"""One graph for all countries: what follows a +, and what is written in national form.

It follows `phonenumbers.parse` step by step for texts of digits. What it cannot follow ends in a
state without a reading, and the library must be asked.
"""

from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, ValidationResult

from bulksms.contacts.numbers.table import Reading
from tools.number_table.graph import DIGITS, Graph
from tools.number_table.national_prefix import FOUND, Cut, NationalPrefix
from tools.number_table.pattern import DEAD, START
from tools.number_table.plan import Plan, PlanOutcome

__all__ = ["WorldGraph"]

SHORTEST = 2  # digits of a national number, for the library
UNFIT = frozenset(
    {
        ValidationResult.TOO_SHORT,
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        ValidationResult.INVALID_LENGTH,
    }
)


class _Track(NamedTuple):
    """States in a plan: after all digits, and after those behind the national prefix."""

    cut: Cut
    length: int
    whole: int
    rest: int
    again: int


class _State(NamedTuple):
    """A track through all digits, and one through those behind the own calling code."""

    code: int
    track: _Track
    home: _Track | None
    national: bool


class _CallingCode:
    """A calling code with its plan, its prefix and its lengths."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.plan = Plan(code)
        self.prefix = NationalPrefix(self.plan.main)
        general = self.plan.general
        self.abroad = self.plan.main.international_prefix or ""
        self.longest = 1 + max(*general.possible_length, *general.possible_length_local_only, 0)
        self._lengths = [
            phonenumbers.is_possible_number_with_reason(
                PhoneNumber(country_code=code, national_number=int("1" * max(length, 1)))
            )
            for length in range(self.longest + 1)
        ]

    def length(self, length: int) -> int:
        """Return what the library says of this length."""
        return self._lengths[min(length, self.longest)]

    def outcome(self, node: int) -> PlanOutcome:
        return self.plan.graph.outcomes[node]

    def track(self, digits: str, cut: Cut, *, watched: bool) -> _Track:
        """Begin a track; one that is `watched` notices a second national prefix."""
        again = START if watched and cut.digits else DEAD
        track = _Track(cut, 0, self.plan.start, self.plan.start, again)
        for digit in digits:
            track = self.after(track, int(digit))
        return track

    def after(self, track: _Track, digit: int) -> _Track:
        nodes = self.plan.graph.successors
        whole, rest, again = nodes[track.whole][digit], track.rest, track.again
        if track.cut.digits <= track.length:
            rest = nodes[rest][digit]
            again = self.prefix.again(again, digit)
        # Beyond this all lengths are equivalent, before and after the cut and the calling code.
        most = self.longest + track.cut.digits + len(str(self.code))
        return _Track(track.cut, min(track.length + 1, most), whole, rest, again)

    def keeps_prefix(self, track: _Track) -> bool:
        """Return whether the national prefix, if any, is part of the number."""
        if not track.cut.digits or track.length == 0:
            return True
        return self.outcome(track.whole).viable and not self.outcome(track.rest).viable


class WorldGraph:
    """A graph with an entry for texts after a + and one for each region.

    Attributes:
        graph: the outcomes are readings; `None` where the library must be asked.
        international: the entry for what follows a +.
    """

    def __init__(self) -> None:
        self.graph: Graph[Reading | None] = Graph()
        self._unknown = self.graph.end(None)
        self._countries = {
            code: _CallingCode(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
        }
        self._numbers: dict[_State, int] = {}
        self.international = self._after_plus("")

    def _after_plus(self, digits: str) -> int:
        if digits and int(digits) in self._countries:
            return self._before_cut(self._countries[int(digits)], "")
        if digits == "0" or len(digits) == len("999"):
            return self._unknown
        return self.graph.state(None, [self._after_plus(f"{digits}{digit}") for digit in DIGITS])

    def _before_cut(self, country: _CallingCode, digits: str) -> int:
        cut = country.prefix.cut(digits)
        if cut is not None:
            track = country.track(digits, cut, watched=False)
            return self._build(_State(country.code, track, None, national=False))
        if country.prefix.lost(digits):
            return self._unknown
        after = [self._before_cut(country, f"{digits}{digit}") for digit in DIGITS]
        return self.graph.state(None, after)

    def national(self, region: str) -> int:
        """Add the entry for what is written in the national form of a region."""
        return self._national(self._countries[phonenumbers.country_code_for_region(region)], "")

    def regions(self) -> list[str]:
        """Name the regions whose national form can be followed.

        They are the main ones of their code, and dial plain digits to call abroad.
        """
        return [
            phonenumbers.region_code_for_country_code(code)
            for code, country in self._countries.items()
            if country.abroad.isdigit()
        ]

    def _national(self, country: _CallingCode, digits: str) -> int:
        """Follow national digits until it is certain what each prefix takes off."""
        own = str(country.code)
        abroad = country.abroad
        if digits.startswith(abroad) and digits.removeprefix(abroad)[:1] not in {"", "0"}:
            return self._unknown  # to be read as what follows a +
        inner = digits.removeprefix(own) if digits.startswith(own) else None
        cut = country.prefix.cut(digits)
        after_code = Cut(0) if inner is None else country.prefix.cut(inner)
        lost = cut is None and country.prefix.lost(digits)
        if lost or (after_code is None and country.prefix.lost(inner or "")):
            return self._unknown
        waits = own.startswith(digits) or abroad.startswith(digits)
        if cut is None or after_code is None or waits:
            after = [self._national(country, f"{digits}{digit}") for digit in DIGITS]
            return self.graph.state(None, after)
        track = country.track(digits, cut, watched=False)
        home = None if inner is None else country.track(inner, after_code, watched=True)
        return self._build(_State(country.code, track, home, national=True))

    def _build(self, state: _State) -> int:
        if state not in self._numbers:
            country = self._countries[state.code]
            outcome = _outcome(country, state)
            after = [_after(country, state, digit) for digit in DIGITS]
            if all(successor == state for successor in after):
                self._numbers[state] = self.graph.end(outcome)
            else:
                successors = [self._build(successor) for successor in after]
                self._numbers[state] = self.graph.state(outcome, successors)
        return self._numbers[state]


def _after(country: _CallingCode, state: _State, digit: int) -> _State:
    home = None if state.home is None else country.after(state.home, digit)
    return state._replace(track=country.after(state.track, digit), home=home)


def _outcome(country: _CallingCode, state: _State) -> Reading | None:
    if state.home is not None and _reads_own_code(country, state.track, state.home):
        return _after_own_code(country, state.home)
    before = 0 if state.national else len(str(country.code))
    return _with_prefix(country, state.track, before)


def _reads_own_code(country: _CallingCode, track: _Track, home: _Track) -> bool:
    """Return whether digits that begin like the own calling code are read as such."""
    node = home.whole if country.keeps_prefix(home) else home.rest
    repaired = country.outcome(node).viable and not country.outcome(track.whole).viable
    return repaired or country.length(track.length) == ValidationResult.TOO_LONG


def _after_own_code(country: _CallingCode, home: _Track) -> Reading | None:
    own = len(str(country.code))
    if country.keeps_prefix(home):
        return _reading(country, home.whole, own, home.length)
    if home.cut.rewritten or home.again == FOUND:
        return None
    return _reading(country, home.rest, own + home.cut.digits, home.length - home.cut.digits)


def _with_prefix(country: _CallingCode, track: _Track, before: int) -> Reading | None:
    if track.cut.rewritten:
        return None
    left = track.length - track.cut.digits
    if country.keeps_prefix(track) or country.length(left) in UNFIT:
        return _reading(country, track.whole, before, track.length)
    return _reading(country, track.rest, before + track.cut.digits, left)


def _reading(country: _CallingCode, node: int, dropped: int, length: int) -> Reading | None:
    if length < SHORTEST:
        return None
    outcome = country.outcome(node)
    return Reading(country.code, dropped, outcome.kind, outcome.region)
