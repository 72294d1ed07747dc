"""Reads csv, tsv and txt: encoding, separator, quoting. It never guesses at a broken quote."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bulksms.errors import UndecodableText, UsageError
from bulksms.loader.encodings import Spelling, find_spelling
from bulksms.loader.ends import Ends
from bulksms.loader.interface import Level, Note, ReadOptions, Record
from bulksms.loader.table import Table, build

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ("\t", ";", "|", ",")
_VOTERS = 1_000
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n?$', re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_NAMED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
_GUARDED = re.compile(r"""^=\s*"([^"]*)"$|^'(\+?\d[\d .]*)$""")
_NUL, _LOST = "\x00", "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimited:
    """A table and how it was spelled."""

    table: Table
    encoding: str
    delimiter: str | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    data: bytes
    spelling: Spelling
    name: str

    def lines(self) -> Iterator[str]:
        """Lines with their ends kept: LF, CRLF and CR end a line, nothing else does."""
        stream = io.BytesIO(self.data)
        stream.seek(self.spelling.skip)
        lines = io.TextIOWrapper(stream, encoding=self.spelling.codec, newline="")
        if b"\0" not in self.data:
            return lines
        return (line.replace(_NUL, _LOST) for line in lines)


def read_delimited(data: bytes, name: str, options: ReadOptions) -> Delimited:
    """Read the bytes of a delimited text into columns."""
    text = _Text(data=data, spelling=find_spelling(data, options.encoding, name), name=name)
    declared = _declared(next(text.lines(), ""))
    told = _separator(options.delimiter) or declared
    sample = [] if told else _sample(text)
    separator = told or vote(sample)
    doubts: list[Note] = []
    records = _records(text, separator or ",", skip=1 if declared else 0, doubts=doubts)
    table = build(records, no_header=options.no_header)
    return Delimited(
        table=_unguarded(table),
        encoding=text.spelling.name,
        delimiter=separator,
        notes=(
            *text.spelling.notes,
            *_nul_notes(data, text.spelling),
            *_tie_notes(sample),
            *doubts,
        ),
    )


def vote(sample: Sequence[str]) -> str | None:
    """The separator that cuts most records into the same number of cells, if any does."""
    scores = {separator: _score(sample, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=scores.__getitem__)
    return best if scores[best][0] > 0 else None


def _tie_notes(sample: Sequence[str]) -> tuple[Note, ...]:
    """A note when another separator cuts the file as evenly as the one chosen."""
    scores = [_score(sample, separator) for separator in SEPARATORS] if sample else []
    best = max(scores, default=(0.0, 0))
    if best[0] == 0 or scores.count(best) == 1:
        return ()
    message = "Two separators cut the file equally well: check the columns, or give --delimiter."
    return (Note(code="separator_tie", message=message, level=Level.ERROR),)


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
    if count * 2 < max(start, len(widths) - start):
        return (0.0, 0)
    return (count / len(widths), width)


def _sample(text: _Text) -> list[str]:
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


def _records(text: _Text, separator: str, *, skip: int, doubts: list[Note]) -> Iterator[Record]:
    """Number the records as Excel would; a `sep=` line is not one.

    What stands out about their ends is told in `doubts` once all are read.
    """
    watch = Ends(text.data, text.spelling.codec)
    lines = watch.lines(islice(text.lines(), skip, None))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number, line = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            doubts += watch.doubts()
            return
        except csv.Error as error:
            raise _broken(text, separator, skip + line, str(error)) from error
        number, line = number + 1, reader.line_num
        if watch.needed:
            watch.record(number, cells)
        yield number, cells


def _broken(text: _Text, separator: str, before: int, why: str) -> UndecodableText:
    rest = "".join(islice(text.lines(), before, None))
    line = before + _opened_at(rest, separator)
    if "field larger" in why:
        return UndecodableText(
            f"{text.name}, line {line}: a cell is longer than 131,072 characters; shorten it.",
        )
    return UndecodableText(
        f"{text.name}, line {line}: a quote opens here and is not closed properly;"
        " close it or double it.",
    )


def _opened_at(rest: str, separator: str) -> int:
    """The line, from 1, of the first quoted cell that has no proper end."""
    edge = re.compile(f"[{re.escape(separator)}\r\n]")
    place = 0
    while place < len(rest):
        if rest[place] == '"':
            match = _QUOTED.match(rest, place)
            if not match or (match.end() < len(rest) and not edge.match(rest, match.end())):
                break
            place = match.end() + 1
            continue
        found = edge.search(rest, place)
        place = found.end() if found else len(rest)
    return len(re.findall(r"\r\n|\r|\n", rest[:place])) + 1 if place < len(rest) else 1


def _unguarded(table: Table) -> Table:
    """Take off Excel's own guards, `="0612"` and `'0612`, and nothing else."""
    for position in table.rows.columns:
        column: pd.Series[str] = table.rows[position]
        guarded = column.str.startswith("=") | column.str.startswith("'")
        if guarded.any():
            bare = column[guarded].map(lambda cell: _GUARDED.sub(r"\1\2", cell))
            table.rows.loc[bare.index, position] = bare
    return table


def _nul_notes(data: bytes, spelling: Spelling) -> tuple[Note, ...]:
    zeros = 0 if spelling.codec.startswith(("utf-16", "utf-32")) else data.count(0)
    if not zeros:
        return ()
    message = f"{zeros} zero bytes stand inside cells; each is shown as \ufffd."
    return (Note(code="nul_bytes", message=message, count=zeros),)
