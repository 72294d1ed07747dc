"""The numbering plan of a calling code: region and type of every national number.

It follows `phonenumbers.region_code_for_number` and `phonenumbers.number_type` step by step.
Calling codes and national prefixes before the number are unknown here.
"""

from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType

from tools.number_table.graph import DIGITS, Graph
from tools.number_table.pattern import DEAD, START, automaton

__all__ = ["Plan", "PlanOutcome"]

MATCHED = -1  # a leading-digits pattern whose end has been read
# The order in which the library tries the types; fixed lines and mobiles come last.
SERVICES = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)
KINDS = ("general_desc", *(name for name, _ in SERVICES), "fixed_line", "mobile")
FIXED, MOBILE = len(KINDS) - 2, len(KINDS) - 1


class PlanOutcome(NamedTuple):
    """What a national number is; `kind` is `UNKNOWN` for an invalid one."""

    viable: bool  # as the library calls what matches the general pattern of the main region
    kind: int
    region: str


class _Progress(NamedTuple):
    """The states reached in the patterns of one region."""

    leading: int
    kinds: tuple[int, ...]


class _Region:
    """The patterns of one region."""

    def __init__(self, code: int, name: str, *, only_region: bool) -> None:
        self.name = name
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, name)
        if metadata is None:
            raise LookupError(f"The region {name} of +{code} has no metadata.")
        self.metadata = metadata
        self.leading = None if only_region else self.metadata.leading_digits
        descriptions = [getattr(self.metadata, kind) for kind in KINDS]
        self.patterns = [
            automaton(description.national_number_pattern)
            if description is not None and description.national_number_pattern
            else None
            for description in descriptions
        ]
        self.lengths = [
            frozenset(description.possible_length if description else ())
            for description in descriptions
        ]

    def start(self) -> _Progress:
        return _Progress(
            START if self.leading else MATCHED,
            tuple(DEAD if pattern is None else START for pattern in self.patterns),
        )

    def after(self, progress: _Progress, digit: int) -> _Progress | None:
        """Read a digit; `None` when the number is certainly of another region."""
        leading = self._leading(progress.leading, digit)
        if leading == DEAD:
            return None
        kinds = tuple(
            state if pattern is None or state == DEAD else pattern.step(state, digit)
            for pattern, state in zip(self.patterns, progress.kinds, strict=True)
        )
        return _Progress(leading, kinds)

    def _leading(self, state: int, digit: int) -> int:
        if state == MATCHED or self.leading is None:
            return state
        pattern = automaton(self.leading)
        after = pattern.step(state, digit)
        return MATCHED if pattern.accepts(after) else after

    def claims(self, progress: _Progress, kind: int) -> bool:
        """Return whether the number is of this region."""
        if self.leading is None:
            return kind != PhoneNumberType.UNKNOWN
        return progress.leading == MATCHED

    def kind(self, progress: _Progress, length: int) -> int:
        """Name the type, as `phonenumbers` does."""
        matched = [
            pattern is not None and pattern.accepts(state) and (not lengths or length in lengths)
            for pattern, lengths, state in zip(
                self.patterns, self.lengths, progress.kinds, strict=True
            )
        ]
        if not matched[0]:
            return PhoneNumberType.UNKNOWN
        for at, (_, kind) in enumerate(SERVICES, start=1):
            if matched[at]:
                return kind
        same = self.metadata.same_mobile_and_fixed_line_pattern
        if matched[FIXED]:
            either = same or matched[MOBILE]
            return PhoneNumberType.FIXED_LINE_OR_MOBILE if either else PhoneNumberType.FIXED_LINE
        mobile = matched[MOBILE] and not same
        return PhoneNumberType.MOBILE if mobile else PhoneNumberType.UNKNOWN


class _State(NamedTuple):
    length: int
    viable: int
    regions: tuple[_Progress | None, ...]


class Plan:
    """The national numbers of a calling code, as a graph.

    Attributes:
        main: the metadata of the region whose prefixes and lengths hold for the whole code.
        general: what the library expects of any number of the code.
        graph: what the digits of a national number are when they end.
        start: the state of the graph before the first digit.
    """

    def __init__(self, code: int) -> None:
        names = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
        self.code = code
        self.graph: Graph[PlanOutcome] = Graph()
        self._regions = [_Region(code, name, only_region=len(names) == 1) for name in names]
        self.main = self._regions[0].metadata
        general = self.main.general_desc
        if general is None:
            raise LookupError(f"The calling code +{code} has no general description.")
        self.general = general
        self._viable = automaton(general.national_number_pattern or "")
        self._longest = 1 + max(
            length for region in self._regions for lengths in region.lengths for length in lengths
        )
        self._numbers: dict[_State, int] = {}
        starts = tuple(region.start() for region in self._regions)
        self.start = self._build(_State(0, START, starts))

    def _build(self, state: _State) -> int:
        if state not in self._numbers:
            after = [self._after(state, digit) for digit in DIGITS]
            outcome = self._outcome(state)
            if all(successor == state for successor in after):
                self._numbers[state] = self.graph.end(outcome)
            else:
                successors = [self._build(successor) for successor in after]
                self._numbers[state] = self.graph.state(outcome, successors)
        return self._numbers[state]

    def _after(self, state: _State, digit: int) -> _State:
        regions: list[_Progress | None] = []
        for region, progress in zip(self._regions, state.regions, strict=True):
            after = None if progress is None else region.after(progress, digit)
            regions.append(after)
            if after is not None and region.leading and after.leading == MATCHED:
                break  # it is of this region, or of one before
        regions += [None] * (len(self._regions) - len(regions))
        viable = self._viable.step(state.viable, digit)
        return _State(min(state.length + 1, self._longest), viable, tuple(regions))

    def _outcome(self, state: _State) -> PlanOutcome:
        viable = self._viable.accepts(state.viable)
        for region, progress in zip(self._regions, state.regions, strict=True):
            if progress is None:
                continue
            kind = region.kind(progress, state.length)
            if len(self._regions) == 1 or region.claims(progress, kind):
                valid = kind != PhoneNumberType.UNKNOWN
                return PlanOutcome(viable, kind, region.name if valid else "")
        return PlanOutcome(viable, PhoneNumberType.UNKNOWN, "")
