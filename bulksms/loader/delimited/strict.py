"""Reads records of delimited text one by one; a broken quote costs its row, not the file."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice

import numpy as np

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.errors import UndecodableText
from bulksms.finding import Finding
from bulksms.loader.cell_damage import BlockFilter
from bulksms.loader.delimited.decoded import DecodedText
from bulksms.loader.delimited.dialects import Dialect
from bulksms.loader.delimited.line_endings import LineEndingCheck
from bulksms.loader.delimited.row_widths import RowWidths
from bulksms.loader.header import find_header, identifies_contact, skip_blank_records
from bulksms.loader.interface import Record
from bulksms.loader.row_store import RowStoreWriter
from bulksms.loader.sheet_table import Table, assemble_table

__all__ = ["read_strictly"]

_MOST_BROKEN, _MOST_BROKEN_SHARE = 3, 0.1  # rows; with more of them the quotes are not in step
_SAMPLE_LINES = 1_000
_RECORDS_AT_ONCE = 20_000
_OTHER_SEPARATOR = ", or give --delimiter if the cells are separated by another character"
# A separator is missing at such a quote: two cells have become one.
_GLUED = re.compile(r'\w"\w')
_GLUED_UNQUOTED = re.compile(r'[^\W\d]"\w|\d{5}"')
_QUOTED_BEHIND_BLANKS = re.compile(r'\s+"[^"]*"\s*$')  # the quotes would be in the cell
_INCHES = re.compile(r'(?<!\w)\d{1,4}"(?=\s?[^\W\d])|(?<=\s)\d{1,4}"')


def read_strictly(
    text: DecodedText, dialect: Dialect, max_rows: int | None = None
) -> tuple[Table, tuple[Finding, ...]]:
    """Read any text into columns, with findings about the ends of its lines.

    Raises:
        RuleError: there are more rows than `max_rows`.
        UndecodableText: a cell is too long, or too many rows have broken quotes.
    """
    line_endings = LineEndingCheck(text.in_utf8())
    reader = _StrictReader(text, dialect, line_endings)
    gap_rows: list[int] = []
    filled = skip_blank_records(reader.records(), gap_rows)
    header = find_header(filled, header_row=dialect.header_row)
    block_filter, widths = BlockFilter(guarded=True, max_rows=max_rows), RowWidths()
    writer = RowStoreWriter(len(header.names), block_filter)
    _store(chain(header.body, filled), len(header.names), writer, widths)
    rows = writer.finish()
    ragged = widths.ragged_rows(rows, reader.broken)
    table = assemble_table(
        header, rows, block_filter, gap_rows, ragged=ragged, broken=reader.broken
    )
    return table, tuple(line_endings.findings())


def _store(body: Iterator[Record], width: int, writer: RowStoreWriter, widths: RowWidths) -> None:
    """Store records as rows of one width, and count the cells of each."""
    while block := list(islice(body, _RECORDS_AT_ONCE)):
        for _, cells in block:
            widths.add(cells)
            if len(cells) != width:
                cells[width:] = [""] * (width - len(cells))
        columns = zip(*(cells for _, cells in block), strict=True)
        numbers = np.array([number for number, _ in block])
        writer.add([strings_to_arrow(column) for column in columns], numbers)


class _Lines:
    """The lines of a text; all but the first of a record can be read again."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.record.append(line)
        return line

    def keep_first(self) -> str:
        """Return the first line of the record and return the others."""
        first, *others = self.record
        self._again.extendleft(reversed(others))
        self.record = [first]
        return first


class _StrictReader:
    """Numbers the records as Excel would; a `sep=` line is not one.

    Attributes:
        broken: the numbers of the records with a broken quote, each one line long.
    """

    def __init__(self, text: DecodedText, dialect: Dialect, line_endings: LineEndingCheck) -> None:
        self.broken: list[int] = []
        self._name, self._dialect, self._line_endings = text.source.name, dialect, line_endings
        self._separator = dialect.separator
        lines = line_endings.watch(islice(text.lines(), dialect.skip, None))
        self._lines = _Lines(dialect.unwrapped(lines))
        self._reader = self._new_reader()
        self._line = dialect.skip + 1
        self._previous: list[str] = []
        edge = re.escape(self._separator) + (" ?" if dialect.blank_after else "")
        quoted = rf'"(?:[^"]|"")*+"(?={edge}|[\r\n]*$)'
        # With the guard of Excel, ="0612", too: its quotes are complete.
        self._complete_quotes = re.compile(rf"(^|{edge})=?{quoted}")
        sample = islice(text.lines(), dialect.skip, dialect.skip + _SAMPLE_LINES)
        self._quotes_cells = any(map(re.compile(rf"(?:^|{edge}){quoted}").search, sample))

    def records(self) -> Iterator[Record]:
        """Yield all records with their numbers.

        Raises:
            UndecodableText: as `read_strictly` says.
        """
        number = 0
        while True:
            self._lines.record.clear()
            cells = self._next_record()
            if cells is None:
                return
            number += 1
            if self._is_broken():
                cells = self._broken_record(number)
            elif cells:
                self._previous = cells
            self._line += len(self._lines.record)
            if self._line_endings.needed:
                self._line_endings.add(number, cells)
            yield number, cells

    def _next_record(self) -> list[str] | None:
        """Return the next cells, none at the end; `_is_broken` knows whether they can be used."""
        self._failed = False
        try:
            return next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            if "field larger" in str(error) and len(self._lines.record) == 1:
                raise UndecodableText(
                    f"{self._name}, line {self._line}: a cell is longer than 131,072 characters;"
                    " shorten it.",
                    code="cell_too_long",
                    line=self._line,
                ) from error
            self._failed = True
            return []

    def _is_broken(self) -> bool:
        record = self._lines.record
        if self._failed:
            return True
        if '"' not in record[0] or self._dialect.quote != '"' or self._dialect.escape:
            return False
        return self._swallows_rows(record) or self._has_stray_quote("".join(record))

    def _swallows_rows(self, record: list[str]) -> bool:
        """Whether a line inside quotes is a contact of its own, as a quote is missing above it."""
        first = record[0].split(self._separator)
        return any(self._is_contact_like(line, first) for line in record[1:])

    def _is_contact_like(self, line: str, first: list[str]) -> bool:
        if self._separator not in line.partition('"')[0]:
            return False
        cells = next(csv.reader([line], delimiter=self._separator), [])
        pairs = zip(first, cells, strict=False)
        return len(cells) == len(self._previous) and any(
            identifies_contact(above.strip('"')) and identifies_contact(cell.strip('"'))
            for above, cell in pairs
        )

    def _has_stray_quote(self, record: str) -> bool:
        """Whether an unquoted cell has a quote that may have been the start or end of a cell."""
        rest = self._complete_quotes.sub(r"\1", record)
        if '"' not in rest or self._separator not in rest:
            return False
        glued = _GLUED if self._quotes_cells else _GLUED_UNQUOTED
        if not self._quotes_cells:
            rest = _INCHES.sub("", rest)
        cells = rest.split(self._separator)
        return bool(glued.search(rest)) or any(
            cell.count('"') % 2 or _QUOTED_BEHIND_BLANKS.match(cell) for cell in cells
        )

    def _broken_record(self, number: int) -> list[str]:
        """Return the cells of one line, cut at every separator, and continue below it."""
        line = self._lines.keep_first()
        self._reader = self._new_reader()
        self.broken.append(number)
        many = len(self.broken) > max(_MOST_BROKEN, number * _MOST_BROKEN_SHARE)
        if many or not self._previous:
            unseparated = len(self._previous) == 1
            raise UndecodableText(
                f"{self._name}, line {self._line}: a quote opens here and is not closed properly;"
                f" close it or double it{_OTHER_SEPARATOR if unseparated else ''}.",
                code="quote_open",
                line=self._line,
            )
        return [
            cell.strip(self._dialect.quote + " ")
            for cell in line.rstrip("\r\n").split(self._separator)
        ]

    def _new_reader(self) -> Iterator[list[str]]:
        return self._dialect.reader(self._lines)
