"""Shows numbers by one section of a number format: digits, separators, percent, exponents."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.workbook.number_formats.format_code import Mark, Section, Token

SIGNIFICANT_DIGITS = 15
_EXACT = 10**SIGNIFICANT_DIGITS
GENERAL_WIDTH = 11
_CONTEXT = Context(prec=400, Emax=999_999, Emin=-999_999)
_GROUP = 3
_SMALLEST_ROUNDED = Decimal("0.0001")  # smaller ones get an exponent
_PADDING = {"0": "0", "?": " ", "#": ""}


def as_decimal(value: float) -> Decimal:
    """The number with the fifteen digits that a spreadsheet keeps."""
    return Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}")


def show_general(value: float, locale: DisplayLocale) -> str:
    """Show a number as the format General does, in at most eleven characters."""
    number = as_decimal(value)
    if not number:
        return "0"
    sign = "-" if number < 0 else ""
    number = abs(number)
    text = f"{number.normalize(_CONTEXT):f}"
    if len(text) > GENERAL_WIDTH and number >= _SMALLEST_ROUNDED:
        decimals = max(GENERAL_WIDTH - 2 - max(number.adjusted(), 0), 0)
        text = _trim(_round(number, decimals))
    if len(text) > GENERAL_WIDTH:
        text = _show_exponent(number)
    return sign + text.replace(".", locale.decimal)


def _show_exponent(number: Decimal) -> str:
    mantissa, _, exponent = f"{number:.5E}".partition("E")
    power = int(exponent)
    return f"{_trim(Decimal(mantissa))}E{'-' if power < 0 else '+'}{abs(power):02d}"


def _trim(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _round(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _CONTEXT)


class DecimalSection:
    """One section for numbers, with its tokens before and after the point."""

    def __init__(self, section: Section) -> None:
        tokens = section.tokens
        self._exponent = next(
            (at for at, token in enumerate(tokens) if token.mark is Mark.EXPONENT), None
        )
        main = tokens if self._exponent is None else tokens[: self._exponent]
        self._power = () if self._exponent is None else tokens[self._exponent :]
        self._factor = 2 * sum(token.mark is Mark.PERCENT for token in tokens)
        point = next((at for at, token in enumerate(main) if token.mark is Mark.POINT), len(main))
        self._whole, self._rest = main[:point], main[point:]
        self._drop_commas()
        self._decimals = _count_digits(self._rest)
        self._width = _count_digits(self._whole)
        self._cuts = _find_cuts(self._whole, self._width)
        self._is_plain = not self._rest and self._exponent is None and self._factor == 0
        self._is_plain &= not self._grouped and self._width > 0
        self._pads = all(t.text == "0" for t in self._whole if t.mark is Mark.DIGIT)
        self._is_literal = not section.has(Mark.DIGIT, Mark.GENERAL)

    def _drop_commas(self) -> None:
        """Read the commas: after the last digit they scale, between digits they group."""
        digits = [at for at, token in enumerate(self._whole) if token.mark is Mark.DIGIT]
        first, last = (digits[0], digits[-1]) if digits else (0, -1)
        behind = last + 1
        while behind < len(self._whole) and self._whole[behind].mark is Mark.COMMA:
            behind += 1
        scale = behind - last - 1 if digits else 0
        scale += _count_scaling(self._rest)
        self._factor -= _GROUP * scale
        self._grouped = any(token.mark is Mark.COMMA for token in self._whole[first:last])
        self._whole = tuple(token for token in self._whole if token.mark is not Mark.COMMA)
        self._rest = tuple(token for token in self._rest if token.mark is not Mark.COMMA)

    def show(self, value: float, locale: DisplayLocale, *, signed: bool) -> str:
        """Show a number; `signed` puts a minus before a negative one."""
        if self._is_plain and value.is_integer() and 0 < value < _EXACT:
            digits = str(int(value))
            if self._pads or len(digits) >= self._width:
                return self._fill_quickly(digits.zfill(self._width))
        number = as_decimal(value)
        magnitude = abs(number).scaleb(self._factor, _CONTEXT)
        if self._exponent is None:
            rounded = _round(magnitude, self._decimals)
            text = self._fill(rounded, locale)
        else:
            rounded, power = self._normalise(magnitude)
            text = self._fill(rounded, locale) + _show_power(self._power, power)
        if signed and number < 0 and (rounded or self._is_literal):
            return "-" + text
        return text

    def show_digits(self, value: int) -> str:
        """All digits of a whole number, after the literals and the zeros that precede them."""
        prefix = ""
        for token in self._whole:
            if token.mark is Mark.DIGIT:
                break
            prefix += token.text
        zeros = sum(token.text == "0" for token in self._whole if token.mark is Mark.DIGIT)
        return f"{'-' if value < 0 else ''}{prefix}{abs(value):0{zeros}d}"

    def _fill(self, number: Decimal, locale: DisplayLocale) -> str:
        digits = f"{number:f}"
        whole, _, fraction = digits.partition(".")
        return self._fill_whole(whole.lstrip("0"), locale) + self._fill_fraction(fraction, locale)

    def _fill_quickly(self, digits: str) -> str:
        """Lay at least as many digits as there are placeholders around the literals."""
        shown, start = "", 0
        for behind, literal in self._cuts:
            end = len(digits) - behind if behind < self._width else 0
            shown += digits[start:end] + literal
            start = end
        return shown + digits[start:]

    def _fill_whole(self, digits: str, locale: DisplayLocale) -> str:
        """Lay digits into the placeholders from the right; the first takes all that are left."""
        left = self._width
        pieces: list[str] = []
        position = 0
        for token in reversed(self._whole):
            if token.mark is not Mark.DIGIT:
                pieces.append(_literal(token, locale))
                continue
            left -= 1
            taken, digits = (digits[-1:], digits[:-1]) if left else (digits, "")
            for digit in reversed(taken) if taken else (_PADDING[token.text],):
                if self._grouped and digit and position and position % _GROUP == 0:
                    pieces.append(locale.group if digit != " " else " ")
                pieces.append(digit)
                position += 1
        return "".join(reversed(pieces))

    def _fill_fraction(self, digits: str, locale: DisplayLocale) -> str:
        left = iter(digits)
        significant = len(digits.rstrip("0"))
        pieces = []
        position = 0
        for token in self._rest:
            if token.mark is Mark.DIGIT:
                digit = next(left, "0")
                pieces.append(digit if position < significant else _PADDING[token.text])
                position += 1
            else:
                pieces.append(_literal(token, locale))
        return "".join(pieces)

    def _normalise(self, number: Decimal) -> tuple[Decimal, int]:
        """Return the mantissa and the exponent, a multiple of the placeholders before the point."""
        step = max(self._width, 1)
        if not number:
            return number, 0
        power = number.adjusted() // step * step
        mantissa = _round(number.scaleb(-power, _CONTEXT), self._decimals)
        if mantissa.adjusted() >= step:
            power += step
            mantissa = _round(number.scaleb(-power, _CONTEXT), self._decimals)
        return mantissa, power


def _count_digits(tokens: Sequence[Token]) -> int:
    return sum(token.mark is Mark.DIGIT for token in tokens)


def _find_cuts(whole: Sequence[Token], width: int) -> tuple[tuple[int, str], ...]:
    """The literals before the point, each with the number of placeholders after it."""
    behind = width
    cuts = []
    for token in whole:
        if token.mark is Mark.DIGIT:
            behind -= 1
        else:
            cuts.append((behind, token.text))
    return tuple(cuts)


def _count_scaling(rest: Sequence[Token]) -> int:
    """How many commas follow the last digit of the fraction."""
    digits = [at for at, token in enumerate(rest) if token.mark is Mark.DIGIT]
    behind = digits[-1] + 1 if digits else len(rest)
    count = 0
    while behind + count < len(rest) and rest[behind + count].mark is Mark.COMMA:
        count += 1
    return count


def _literal(token: Token, locale: DisplayLocale) -> str:
    if token.mark is Mark.POINT:
        return locale.decimal
    return token.text


def _show_power(tokens: Sequence[Token], power: int) -> str:
    """Show the exponent, in as many digits as there are placeholders."""
    sign = "-" if power < 0 else "+" if tokens[0].text.endswith("+") else ""
    width = _count_digits(tokens)
    return f"{tokens[0].text[0]}{sign}{abs(power):0{width}d}" + "".join(
        token.text for token in tokens[1:] if token.mark is not Mark.DIGIT
    )
