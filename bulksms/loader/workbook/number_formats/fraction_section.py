"""Shows numbers as fractions, such as `3 1/7` by `# ??/??`."""

from collections.abc import Sequence
from decimal import Decimal

from bulksms.loader.workbook.number_formats.format_code import (
    Mark,
    Section,
    Token,
    UnreadableFormat,
)

_CLOSE_ENOUGH = Decimal("5E-8")


class FractionSection:
    """One section with a slash: a whole number if it has a place, numerator and denominator."""

    def __init__(self, section: Section) -> None:
        tokens = section.tokens
        slash = next(at for at, token in enumerate(tokens) if token.mark is Mark.SLASH)
        before, behind = tokens[:slash], tokens[slash + 1 :]
        start = _last_run(before)
        self._prefix, self._whole = _split_whole(before[:start])
        self._numerator = before[start:]
        end = next((at for at, token in enumerate(behind) if not _is_digit(token)), len(behind))
        self._denominator, self._suffix = behind[:end], _text(behind[end:])
        if not self._numerator or not self._denominator:
            raise UnreadableFormat("/")
        fixed = _text(self._denominator)
        self._fixed = int(fixed) if fixed.isdigit() and int(fixed) else 0
        self._limit = 10 ** len(self._denominator) - 1

    def show(self, number: Decimal) -> str:
        """Show a number that is not negative."""
        whole, rest = (int(number), number % 1) if self._whole else (0, number)
        numerator, denominator = self._approximate(rest)
        if self._whole:
            whole, numerator = whole + numerator // denominator, numerator % denominator
        fraction = f"{_pad(numerator, self._numerator)}/{_pad(denominator, self._denominator)}"
        if not self._whole:
            return self._prefix + fraction + self._suffix
        if not numerator and "0" not in _text(self._numerator):
            return f"{self._prefix}{whole}{self._suffix}"
        shown = f"{_pad(whole, self._whole)} " if whole or "0" in _text(self._whole) else ""
        return self._prefix + shown + fraction + self._suffix

    def _approximate(self, rest: Decimal) -> tuple[int, int]:
        """Find the last convergent of the continued fraction whose denominator has room."""
        if self._fixed:
            return int(rest * self._fixed + Decimal("0.5")), self._fixed
        before, last = (0, 1), (1, 0)
        while True:
            whole = int(rest)
            following = whole * last[0] + before[0], whole * last[1] + before[1]
            if following[1] > self._limit:
                return last
            if rest - whole < _CLOSE_ENOUGH:
                return following
            rest = 1 / (rest - whole)
            before, last = last, following


def _is_digit(token: Token) -> bool:
    return token.mark is Mark.DIGIT or (token.mark is Mark.LITERAL and token.text.isdigit())


def _last_run(tokens: Sequence[Token]) -> int:
    """Where the digits right before the slash begin."""
    start = len(tokens)
    while start and _is_digit(tokens[start - 1]):
        start -= 1
    return start


def _split_whole(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    digits = [at for at, token in enumerate(tokens) if token.mark is Mark.DIGIT]
    if not digits:
        return _text(tokens), ()
    return _text(tokens[: digits[0]]), tokens[digits[0] : digits[-1] + 1]


def _pad(number: int, tokens: Sequence[Token]) -> str:
    zeros = sum(token.text == "0" for token in tokens)
    return f"{number:0{zeros}d}" if zeros else str(number)


def _text(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens)
