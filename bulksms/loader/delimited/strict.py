"""Reads records of delimited text one by one, and reports the line where one is broken."""

import csv
import re
from collections.abc import Iterator
from itertools import islice

from bulksms.errors import UndecodableText
from bulksms.finding import Finding
from bulksms.loader.delimited.decoded import DecodedText, Dialect
from bulksms.loader.delimited.line_endings import LineEndingCheck
from bulksms.loader.interface import Record
from bulksms.loader.sheet_table import Table, build_table

__all__ = ["read_strictly"]

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


def read_strictly(
    text: DecodedText, dialect: Dialect, *, guarded: bool = False
) -> tuple[Table, tuple[Finding, ...]]:
    """Read any text into columns, with findings about the ends of its lines.

    With `guarded`, Excel's guards are removed from the cells.

    Raises:
        UndecodableText: a quote or a cell has no proper end; the sentence names the line.
    """
    line_endings = LineEndingCheck(text.in_utf8())
    records = _records(text, dialect, line_endings)
    table = build_table(records, no_header=dialect.no_header, guarded=guarded)
    return table, tuple(line_endings.findings())


def _records(
    text: DecodedText, dialect: Dialect, line_endings: LineEndingCheck
) -> Iterator[Record]:
    """Number the records as Excel would; a `sep=` line is not one."""
    lines = line_endings.watch(islice(text.lines(), dialect.skip, None))
    reader = csv.reader(lines, delimiter=dialect.separator, strict=True)
    number, line = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(text, dialect, range(line, reader.line_num), str(error)) from error
        number, line = number + 1, reader.line_num
        if line_endings.needed:
            line_endings.add(number, cells)
        yield number, cells


def _broken(text: DecodedText, dialect: Dialect, lines: range, why: str) -> UndecodableText:
    """Say what is wrong in the lines of a record."""
    before = dialect.skip + lines.start
    record = "".join(islice(text.lines(), before, dialect.skip + lines.stop))
    line = before + _opened_at(record, dialect.separator)
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
    offset = 0
    while offset < len(rest):
        if rest[offset] == '"':
            match = _QUOTED.match(rest, offset)
            if not match or (match.end() < len(rest) and not edge.match(rest, match.end())):
                break
            offset = match.end() + 1
            continue
        end = edge.search(rest, offset)
        offset = end.end() if end else len(rest)
    return len(re.findall(r"\r\n|\r|\n", rest[:offset])) + 1 if offset < len(rest) else 1
