"""Reads records of delimited text one by one, and says in which line one is broken.

It must not know what the columns mean.
"""

import csv
import re
from collections.abc import Iterator
from itertools import islice

from bulksms.errors import UndecodableText
from bulksms.finding import Finding
from bulksms.loader.delimited.decoded import Layout, Text
from bulksms.loader.ends import Ends
from bulksms.loader.interface import Record
from bulksms.loader.table import Table, build

__all__ = ["read_carefully"]

_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


def read_carefully(
    text: Text, layout: Layout, *, guarded: bool = False
) -> tuple[Table, tuple[Finding, ...]]:
    """Read any text into columns, with what stands out about the ends of its lines.

    With `guarded`, Excel's guards are taken off the cells.

    Raises:
        UndecodableText: a quote or a cell has no proper end; the sentence names the line.
    """
    watch = Ends(text.in_utf8())
    records = _records(text, layout, watch)
    table = build(records, no_header=layout.no_header, guarded=guarded)
    return table, tuple(watch.doubts())


def _records(text: Text, layout: Layout, watch: Ends) -> Iterator[Record]:
    """Number the records as Excel would; a `sep=` line is not one."""
    lines = watch.lines(islice(text.lines(), layout.skip, None))
    reader = csv.reader(lines, delimiter=layout.separator, strict=True)
    number, line = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(text, layout, range(line, reader.line_num), str(error)) from error
        number, line = number + 1, reader.line_num
        if watch.needed:
            watch.record(number, cells)
        yield number, cells


def _broken(text: Text, layout: Layout, lines: range, why: str) -> UndecodableText:
    """Say what is wrong in the lines of a record; those below it were not looked at."""
    before = layout.skip + lines.start
    record = "".join(islice(text.lines(), before, layout.skip + lines.stop))
    line = before + _opened_at(record, layout.separator)
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
