"""Detects how the records of a text are written: separator, quotes, escapes, blanks."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bulksms.errors import UsageError
from bulksms.finding import Finding, Level
from bulksms.loader.interface import ReadOptions

__all__ = ["Dialect", "detect_dialect", "parse_separator"]

SEPARATORS = ("\t", ";", "|", ",")
# Characters that separate cells where none of the usual ones does, in every line.
RARE_SEPARATORS = ("¦", "~", "^", "§", "#", "*", "!", "$", ":")
# Characters before and after cells, besides the usual quotes.
RARE_QUOTES = {"'": "'", "`": "`", "´": "´", "“": "”", "„": "“", "”": "”", "«": "»"}  # noqa: RUF001
_SAMPLE_LINES = 1_000
_FIRST_RECORD = 0.5  # the weight of the first record, most often the header
_MOST = 0.9
_HALF = 0.5
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n?$', re.IGNORECASE)
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
_WRAPPED = re.compile(r'"((?:[^"]|"")*+)"[;,\t]*([\r\n]*)$')
_DIGITS = re.compile(r"\d{6}|\d\d(?:[ .]\d\d){3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the records of a text are written.

    Attributes:
        separator: the character between two cells.
        skip: how many lines come before the first record.
        header_row: the number of the header, 0 without one; else it is found.
        quote: the character before cells.
        closing_quote: the character after cells.
        escape: the character before a quote or a separator that is part of its cell.
        blank_after: a blank after a separator is not part of the cell.
        blank_behind_quotes: blanks between a closing quote and a separator are not, either.
        wrapped: each line is in quotes as a whole.
    """

    separator: str
    skip: int = 0
    header_row: int | None = None
    quote: str = '"'
    closing_quote: str = '"'
    escape: str | None = None
    blank_after: bool = False
    blank_behind_quotes: bool = False
    wrapped: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether quotes and separators are as RFC 4180 has them."""
        blanks = self.blank_after or self.blank_behind_quotes
        return self.quote == '"' and not (self.escape or blanks or self.wrapped)

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Read the cells of each record; a broken quote is a `csv.Error`."""
        if self.closing_quote != self.quote:
            lines = (line.replace(self.closing_quote, self.quote) for line in lines)
        return csv.reader(
            self._escaped(lines) if self.escape else lines,
            delimiter=self.separator,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.blank_after,
            strict=True,
        )

    def unwrapped(self, lines: Iterable[str]) -> Iterator[str]:
        """Remove the quotes around whole lines, and blanks behind quotes."""
        if self.blank_behind_quotes:
            blanks = _blanks_behind_quotes(self.separator)
            return (blanks.sub("", line) for line in lines)
        return map(_unwrapped, lines) if self.wrapped else iter(lines)

    def _escaped(self, lines: Iterable[str]) -> Iterator[str]:
        r"""Double each backslash that escapes nothing, such as that of `\N`."""
        pattern = re.compile(rf"\\([\\{self.quote}{re.escape(self.separator)}\r\n])|\\")
        return (pattern.sub(lambda m: m[0] if m[1] else r"\\", line) for line in lines)


def detect_dialect(
    lines: Iterator[str], options: ReadOptions
) -> tuple[Dialect, tuple[Finding, ...]]:
    """Detect the dialect from the first lines.

    Raises:
        UsageError: the chosen delimiter is not one character.
    """
    sample = list(islice(lines, _SAMPLE_LINES))
    declared = _SEP_LINE.match(sample[0]) if sample else None
    sample = sample[1:] if declared else sample
    wrapped = _is_wrapped(sample)
    sample = list(map(_unwrapped, sample)) if wrapped else sample
    chosen = parse_separator(options.delimiter) or (declared[1] if declared else None)
    dialect = Dialect(
        separator=chosen or _rare_separator(sample) or _usual_separator(sample) or ",",
        skip=1 if declared else 0,
        header_row=options.chosen_header,
        wrapped=wrapped,
    )
    blanks = _blanks_behind_quotes(dialect.separator)
    if sum(map(bool, map(blanks.search, sample))) > len(sample) * _HALF:
        dialect = replace(dialect, blank_behind_quotes=True)
    dialect = _with_quotes(dialect, list(dialect.unwrapped(sample)) if not wrapped else sample)
    findings = () if chosen else _tie_findings(sample)
    is_guess = not chosen and dialect.separator in RARE_SEPARATORS
    return dialect, (*findings, *_unusual_findings(dialect, is_guess=is_guess))


def _usual_separator(sample: Sequence[str]) -> str | None:
    """Return the separator that cuts most records into the same number of cells, if any does."""
    scores = {separator: _score(sample, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=scores.__getitem__)
    return best if scores[best][0] > 0 else None


def _rare_separator(sample: Sequence[str]) -> str | None:
    """Return the separator that cuts every record alike, the header too, if no usual one does."""
    if max(_score(sample, usual)[0] for usual in SEPARATORS) > 1:
        return None
    for separator in RARE_SEPARATORS:
        share, width = _score(sample, separator)
        header = next((line for line in sample if line.strip()), "").split(separator)
        if share > 1 + _FIRST_RECORD * _HALF and width > 1 and not any(map(_DIGITS.search, header)):
            return separator
    return None


def _with_quotes(dialect: Dialect, sample: Sequence[str]) -> Dialect:
    """Find the characters around and before cells."""
    separator, edge = dialect.separator, re.escape(dialect.separator)
    text = "".join(sample)
    separators = text.count(separator)
    if separators and separator != " " and text.count(separator + " ") >= separators * _MOST:
        dialect = replace(dialect, blank_after=True)
    blank = " ?" if dialect.blank_after else ""
    lines = [line for line in sample if line.strip()]

    def count(quote: str, closing: str) -> int:
        inside = f"(?:[^{closing}]|{closing}{closing})*"
        cell = re.compile(f"(?:^|{edge}){blank}{quote}{inside}{closing}(?={edge}|[\r\n]*$)")
        return sum(map(bool, map(cell.search, lines)))

    for quote, closing in {} if count('"', '"') else RARE_QUOTES.items():
        if quote in text and count(quote, closing) > len(lines) * _HALF:
            dialect = replace(dialect, quote=quote, closing_quote=closing)
            break
    escape = re.compile(rf"\\(?:{dialect.quote}|{edge})")
    escaped = replace(dialect, escape="\\")
    if escape.search(text) and _steadiness(escaped, sample) > _steadiness(dialect, sample):
        return escaped
    return dialect


def _steadiness(dialect: Dialect, sample: Sequence[str]) -> int:
    """Count the lines of the commonest width; one with a broken quote has none."""
    widths: Counter[int] = Counter()
    for line in sample:
        try:
            widths.update(len(cells) for cells in dialect.reader([line]))
        except csv.Error:
            continue
    return max(widths.values(), default=0)


def _is_wrapped(sample: Sequence[str]) -> bool:
    """Whether nearly each line is in quotes as a whole and holds several cells."""
    lines = [line for line in sample if line.strip()]
    matches = [match for match in map(_WRAPPED.match, lines) if match]
    if len(matches) < max(len(lines) * _MOST, 2):
        return False
    inside = [_unwrapped(match.string) for match in matches]
    numbers = sum(map(bool, map(_DIGITS.search, inside)))
    separator = _usual_separator(inside)
    # Each cell in its quotes, as most programs write them, has quotes at separators, too.
    whole = [
        len(next(csv.reader([line.rstrip(";,\t\r\n")], delimiter=separator or ","))) == 1
        for line in lines
    ]
    return separator is not None and all(whole) and numbers * 2 >= len(inside) - 1


def _blanks_behind_quotes(separator: str) -> re.Pattern[str]:
    edge = re.escape(separator)
    blanks = "[ \t]" if separator != "\t" else " "
    return re.compile(rf'(?<="){blanks}+(?={edge}|[\r\n]*$)')


def _unwrapped(line: str) -> str:
    match = _WRAPPED.match(line)
    return match[1].replace('""', '"') + match[2] if match else line


def _unusual_findings(dialect: Dialect, *, is_guess: bool) -> tuple[Finding, ...]:
    quotes = f"cells are between {dialect.quote} and {dialect.closing_quote}"
    oddities = [
        words
        for words, applies in (
            ("each line is in quotes as a whole", dialect.wrapped),
            (quotes, dialect.quote != '"'),
            (f"{dialect.separator} separates cells", is_guess),
            ("a backslash marks quotes and separators inside cells", dialect.escape),
        )
        if applies
    ]
    if not oddities:
        return ()
    message = f"The file is written in an unusual way: {' and '.join(oddities)}; check the columns."
    return (Finding(code="unusual_dialect", message=message),)


def _tie_findings(sample: Sequence[str]) -> tuple[Finding, ...]:
    """Ask when another separator cuts the file as evenly as the one chosen."""
    scores = [_score(sample, separator) for separator in SEPARATORS] if sample else []
    best = max(scores, default=(0.0, 0))
    if best[0] == 0 or scores.count(best) == 1:
        return ()
    message = "Two separators cut the file equally well: check the columns, or give --delimiter."
    return (Finding(code="separator_tie", message=message, level=Level.ERROR, ask=True),)


def _score(sample: Sequence[str], separator: str) -> tuple[float, int]:
    try:
        records = [r for r in csv.reader(sample, delimiter=separator) if any(map(str.strip, r))]
    except csv.Error:
        return (0.0, 0)
    widths = [len(record) for record in records]
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return (0.0, 0)
    width = max(wide, key=lambda w: (wide[w], w))
    start, count = widths.index(width), wide[width]
    # A few cells that hold the separator do not make two columns of one.
    steady = sum(wide.values()) if widths[0] > 1 else count
    if steady * 2 < max(start, len(widths) - start):
        return (0.0, 0)
    share = count / len(widths)
    return (share + _FIRST_RECORD if widths[0] == width else share, width)


def parse_separator(chosen: str | None) -> str | None:
    """Read a separator that was chosen, by itself or by its name.

    Raises:
        UsageError: it is not one character that can separate.
    """
    if chosen is None:
        return None
    separator = _NAMED.get(chosen.lower(), chosen)
    if len(separator) != 1 or separator in '"\r\n ':
        raise UsageError(
            f'"{chosen}" cannot separate columns: give one character such as ";".',
            code="separator_invalid",
            separator=chosen,
        )
    return separator
