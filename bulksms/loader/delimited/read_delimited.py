"""Reads csv, tsv and txt: encoding, separator, quoting. It never guesses at a broken quote."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bulksms.errors import UndecodableText, UsageError
from bulksms.finding import Finding, Level
from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.decoded import DecodedText, Dialect
from bulksms.loader.delimited.encodings import detect_encoding
from bulksms.loader.delimited.fast import read_with_arrow
from bulksms.loader.delimited.strict import read_strictly
from bulksms.loader.interface import ReadOptions
from bulksms.loader.sheet_table import Table

SEPARATORS = ("\t", ";", "|", ",")
_VOTERS = 1_000
_FIRST_RECORD = 0.5  # the weight of the first record, most often the header
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n?$', re.IGNORECASE)
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DelimitedTable:
    """A table and how it was spelled."""

    table: Table
    encoding: str
    delimiter: str | None
    findings: tuple[Finding, ...]


def read_delimited(source: ByteSource, name: str, options: ReadOptions) -> DelimitedTable:
    """Read a delimited text into columns."""
    text = DecodedText(
        source=source, encoding=detect_encoding(source, options.encoding, name), name=name
    )
    declared = _declared(next(text.lines(), ""))
    told = _separator(options.delimiter) or declared
    sample = [] if told else _sample(text)
    separator = told or vote(sample)
    dialect = Dialect(
        separator=separator or ",", skip=1 if declared else 0, no_header=options.no_header
    )
    table, zeros, doubts = _read(text, dialect)
    return DelimitedTable(
        table=table,
        encoding=text.encoding.name,
        delimiter=separator,
        findings=(*text.encoding.findings, *zeros, *_tie_notes(sample), *doubts),
    )


def _read(
    text: DecodedText, dialect: Dialect
) -> tuple[Table, tuple[Finding, ...], tuple[Finding, ...]]:
    """Read a text fast or else carefully; the notes are those of zero bytes and of line ends."""
    plain = read_with_arrow(text, dialect, guarded=True)
    if plain is not None:  # there is no zero byte in it
        return plain, (), ()
    try:
        table, doubts = read_strictly(text, dialect, guarded=True)
    except UnicodeEncodeError as error:
        raise UndecodableText(
            f"{text.name}: read as {text.encoding.name} it holds halves of characters;"
            " give the right --encoding."
        ) from error
    return table, _nul_notes(text), doubts


def vote(sample: Sequence[str]) -> str | None:
    """The separator that cuts most records into the same number of cells, if any does."""
    scores = {separator: _score(sample, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=scores.__getitem__)
    return best if scores[best][0] > 0 else None


def _tie_notes(sample: Sequence[str]) -> tuple[Finding, ...]:
    """A note when another separator cuts the file as evenly as the one chosen."""
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


def _sample(text: DecodedText) -> list[str]:
    return list(islice(text.lines(), _VOTERS))


def _declared(first: str) -> str | None:
    match = _SEP_LINE.match(first)
    return match.group(1) if match else None


def _separator(chosen: str | None) -> str | None:
    if chosen is None:
        return None
    separator = _NAMED.get(chosen.lower(), chosen)
    if len(separator) != 1 or separator in '"\r\n ':
        raise UsageError(f'"{chosen}" cannot separate columns: give one character such as ";".')
    return separator


def _nul_notes(text: DecodedText) -> tuple[Finding, ...]:
    if text.encoding.codec.startswith(("utf-16", "utf-32")):
        return ()
    zeros = sum(chunk.count(0) for chunk in text.source.chunks() if b"\0" in chunk)
    if not zeros:
        return ()
    message = f"{zeros} zero bytes stand inside cells; each is shown as \ufffd."
    return (Finding(code="nul_bytes", message=message, count=zeros),)
