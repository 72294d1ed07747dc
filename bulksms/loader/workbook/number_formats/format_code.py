"""Splits a number format code into sections of tokens."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

MAX_CODE_LENGTH = 1_000
MAX_NUMBER_SECTIONS = 3


class UnreadableFormat(ValueError):
    """A number format code that cannot be rendered."""


class Mark(Enum):
    """The kind of a token of a format code."""

    LITERAL = auto()
    DIGIT = auto()
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    EXPONENT = auto()
    SLASH = auto()
    DATE = auto()
    ELAPSED = auto()
    HALF_DAY = auto()
    SYSTEM_DATE = auto()
    SYSTEM_TIME = auto()
    GENERAL = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a format code."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The part of a format for some of the values.

    Attributes:
        condition: which numbers it is for, when it says so itself.
        only_negative: the condition holds for no other numbers, so the sign is the section's own.
        language: what `[$-…]` names; "" for the reader's.
    """

    tokens: tuple[Token, ...]
    condition: Callable[[float], bool] | None = None
    only_negative: bool = False
    language: str = ""

    def has(self, *marks: Mark) -> bool:
        """Whether a token is of one of the kinds."""
        return any(token.mark in marks for token in self.tokens)

    @property
    def is_date(self) -> bool:
        """Whether the section shows a date or a time."""
        return self.has(Mark.DATE, Mark.ELAPSED, Mark.HALF_DAY, Mark.SYSTEM_DATE, Mark.SYSTEM_TIME)


_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]
    |(?P<general>general)|(?P<half>am/pm|a/p)|(?P<exponent>e[+\-])|(?P<date>y+|m+|d+|h+|s+)
    |(?P<digit>[0#?])|(?P<end>;)|(?P<rest>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SINGLE = {
    ".": Mark.POINT,
    ",": Mark.COMMA,
    "%": Mark.PERCENT,
    "/": Mark.SLASH,
    "@": Mark.TEXT,
}
_NAMED = {
    "digit": Mark.DIGIT,
    "exponent": Mark.EXPONENT,
    "date": Mark.DATE,
    "half": Mark.HALF_DAY,
    "general": Mark.GENERAL,
}
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_LOOKS = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|dbnum\d|eng)$", re.IGNORECASE
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:e[+\-]?\d+)?)$", re.IGNORECASE)
_CURRENCY = re.compile(r"\$(?P<sign>[^-]*)(?:-(?P<language>.*))?$", re.DOTALL)
_SYSTEM = {
    "f800": Mark.SYSTEM_DATE,
    "x-sysdate": Mark.SYSTEM_DATE,
    "f400": Mark.SYSTEM_TIME,
    "x-systime": Mark.SYSTEM_TIME,
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
    "<>": lambda value, bound: value != bound,
}


def split_sections(code: str) -> tuple[Section, ...]:
    """Split a code into its sections: for numbers one to three, and one for text.

    Raises:
        UnreadableFormat: a piece of it is of no known kind.
    """
    if len(code) > MAX_CODE_LENGTH:
        raise UnreadableFormat(code)
    builders = [_SectionBuilder()]
    for match in _TOKEN.finditer(code):
        if match.lastgroup == "end":
            builders.append(_SectionBuilder())
        else:
            builders[-1].add(match.lastgroup or "", match)
    return tuple(builder.build() for builder in builders)


class _SectionBuilder:
    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._condition: Callable[[float], bool] | None = None
        self._only_negative = False
        self._language = ""
        self._has_stray_letter = False

    def add(self, group: str, match: re.Match[str]) -> None:
        text = match[group]
        if group in _NAMED:
            self._tokens.append(Token(_NAMED[group], text))
        elif group == "bracket":
            self._add_bracket(text)
        elif group == "rest":
            self._has_stray_letter |= text.isascii() and text.isalpha()
            self._tokens.append(Token(_SINGLE.get(text, Mark.LITERAL), text))
        elif group == "blank":
            self._tokens.append(Token(Mark.LITERAL, " "))
        elif group != "fill":
            self._tokens.append(Token(Mark.LITERAL, text.strip('"') if group == "quoted" else text))

    def _add_bracket(self, text: str) -> None:
        if _LOOKS.match(text):
            return
        if match := _CONDITION.match(text):
            compare, bound = _COMPARE[match[1]], float(match[2])
            self._condition = lambda value: compare(value, bound)
            self._only_negative = match[1] in {"<", "<=", "="} and (
                bound < 0 or (bound == 0 and match[1] == "<")
            )
        elif _ELAPSED.fullmatch(text):
            self._tokens.append(Token(Mark.ELAPSED, text.lower()))
        elif match := _CURRENCY.match(text):
            self._add_currency(match["sign"], match["language"] or "")
        else:
            raise UnreadableFormat(text)

    def _add_currency(self, sign: str, language: str) -> None:
        if sign:
            self._tokens.append(Token(Mark.LITERAL, sign))
        elif language.lower() in _SYSTEM:
            self._tokens.append(Token(_SYSTEM[language.lower()], language))
        else:
            self._language = language.partition(",")[0]

    def build(self) -> Section:
        section = Section(
            tokens=tuple(self._tokens),
            condition=self._condition,
            only_negative=self._only_negative,
            language=self._language,
        )
        if self._has_stray_letter and (section.is_date or not section.has(Mark.DIGIT)):
            # Such as `jj/mm/aaaa` or `Standard`: a file holds English codes only.
            raise UnreadableFormat("".join(token.text for token in section.tokens))
        return section
