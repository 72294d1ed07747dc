"""Finds the header of a table among its first records."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bulksms.errors import EmptySheet
from bulksms.loader.cell_leftovers import clean_cell
from bulksms.loader.interface import Record

__all__ = [
    "ADDRESS_PATTERN",
    "GAP",
    "PHONE_PATTERN",
    "SAMPLE",
    "Header",
    "filled_width",
    "find_header",
    "heads_contact_column",
    "identifies_contact",
    "looks_like_data",
    "skip_blank_records",
]

SAMPLE = 100  # records that decide which of them is the header
GAP = 100  # blank rows in a row that are worth a question
_SEARCHED = 20
_FEW_DIGITS = 3
_LEAST_ROWS = 4  # two headers and two contacts
PHONE_PATTERN, ADDRESS_PATTERN = r"^\s*\+?(?:\d[\s.\-/()]*){8,}$", r"^\s*\S+@\S+\.\w+\s*$"
_NUMBER, _ADDRESS = re.compile(PHONE_PATTERN), re.compile(ADDRESS_PATTERN)
_DATE = re.compile(r"\s*(?:\d{4}[.\-/]\d\d?[.\-/]\d\d?|\d\d?[.\-/]\d\d?[.\-/]\d{4})\s*$")
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-/()]*){6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The names of the columns, and the first filled records they were found among.

    Attributes:
        index: of the header among the records; -1 without a header.
        names: of the columns; their numbers without a header.
        second: whether the record below looks like a header, too.
    """

    records: list[Record]
    index: int
    names: tuple[str, ...]
    second: bool = False

    @property
    def row_number(self) -> int:
        """The number of the header; 0 without a header."""
        return self.records[self.index][0] if self.index >= 0 else 0

    @property
    def body(self) -> list[Record]:
        """The records below the header."""
        return self.records[self.index + 1 :]


def find_header(
    filled: Iterator[Record],
    *,
    header_row: int | None = None,
    width: int | None = None,
) -> Header:
    """Take the first `SAMPLE` records and find the header among them.

    Args:
        filled: records that are not blank.
        header_row: the number of the record that is the header, 0 without one; else it is found.
        width: the number of columns when it is known; else the header decides.

    Raises:
        EmptySheet: the chosen header row is blank or missing.
    """
    records, second = list(islice(filled, SAMPLE)), False
    if header_row:
        index = _chosen_index(records, filled, header_row)
    elif header_row == 0 or not records:
        index = -1
    else:
        rows = [cells for _, cells in records]
        index = _header_index(rows)
        if _has_second_header(rows[index:]):
            second = not _groups_columns(rows[index], rows[index + 1])
            index = index if second else index + 1
    names = _names(records, index, width)
    return Header(records=records, index=index, names=names, second=second)


def skip_blank_records(records: Iterable[Record], gap_rows: list[int]) -> Iterator[Record]:
    """Leave out blank records; the rows below long gaps are noted in `gap_rows`."""
    blank = 0
    started = False
    for number, cells in records:
        if any(map(str.strip, cells)):
            if started and blank > GAP:
                gap_rows.append(number)
            blank, started = 0, True
            yield number, cells
        else:
            blank += 1


def _typical_width(records: Sequence[Sequence[str]]) -> int:
    """The commonest width, trailing blanks not counted."""
    widths = Counter(filled_width(cells) for cells in records)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def looks_like_data(cells: Sequence[str]) -> bool:
    """Whether a cell holds a long number or an e-mail address, as no header does."""
    return any(_LONG_NUMBER.search(cell) or "@" in cell for cell in cells)


def heads_contact_column(header: Header) -> bool:
    """Whether a phone number or an address heads a column of its kind."""
    for position, name in enumerate(header.records[header.index][1]):
        column = [cells[position] for _, cells in header.body if len(cells) > position]
        alike = sum(map(identifies_contact, column))
        if identifies_contact(name) and alike * 2 > sum(1 for cell in column if cell.strip()):
            return True
    return False


def _chosen_index(records: list[Record], filled: Iterator[Record], row: int) -> int:
    """Take more records if need be, and give the index of the one with this number."""
    for record in filled if not records or records[-1][0] < row else ():
        records.append(record)
        if record[0] >= row:
            break
    for index, (number, _) in enumerate(records):
        if number == row:
            return index
    raise EmptySheet(
        f"Row {row} is blank or missing and cannot be the header: check --header-row.",
        code="header_row_blank",
        row=row,
    )


def _has_second_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the record below the header has words where those below it have contacts."""
    if len(rows) < _LEAST_ROWS or looks_like_data([*rows[0], *rows[1]]):
        return False
    columns = _contact_columns(rows[2:])
    return bool(columns) and all(at < len(rows[1]) and _is_of_words(rows[1][at]) for at in columns)


def _is_of_words(cell: str) -> bool:
    """Whether a cell has letters, and is no number that lost digits, such as 6,4E+08."""
    return any(map(str.isalpha, cell)) and sum(map(str.isdigit, cell)) < _FEW_DIGITS


def _contact_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns in which most filled cells identify a contact."""
    columns = []
    for at in range(max(map(len, rows))):
        cells = [cells[at] for cells in rows if len(cells) > at and cells[at].strip()]
        if len(cells) > 1 and sum(map(identifies_contact, cells)) * 2 > len(cells):
            columns.append(at)
    return columns


def _groups_columns(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the upper of two headers names groups of columns: it repeats or omits names."""
    above = [cell.strip() for cell in upper if cell.strip()]
    below = {cell.strip() for cell in lower if cell.strip()}
    is_repeated = len(set(above)) < len(above)
    return len(set(above)) < len(below) and (is_repeated or len(above) + 1 < len(below))


def filled_width(cells: Sequence[str]) -> int:
    """Count the cells up to the last that is not blank."""
    for position in range(len(cells), 0, -1):
        if cells[position - 1].strip():
            return position
    return 0


def _header_index(records: Sequence[Sequence[str]]) -> int:
    """The first record as wide as what is below it.

    When that one looks like a contact, the record above it is the header if it has two
    cells: a header one cell short must not cost the first contact.
    """
    for index, cells in enumerate(records[:-1][:_SEARCHED]):
        if _numbers_columns(cells):
            continue
        typical = _typical_width(records[index + 1 :])
        filled = sum(1 for cell in cells if cell.strip())
        if filled_width(cells) >= typical and filled * 2 > typical:
            if index and looks_like_data(cells) and _may_be_header(records[index - 1]):
                return index - 1
            return index
    return 0


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether the cells are A, B, C … or 1, 2, 3 …, as a sheet printed with its borders has."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 1 and filled in (
        [str(at) for at in range(1, len(filled) + 1)],
        [chr(ord("A") + at) for at in range(len(filled))],
    )


def _may_be_header(cells: Sequence[str]) -> bool:
    return filled_width(cells) > 1 and not looks_like_data(cells)


def _names(records: Sequence[Record], index: int, width: int | None) -> tuple[str, ...]:
    if index < 0:
        widths = Counter(len(cells) for _, cells in records)
        columns = width or max(widths, key=widths.__getitem__, default=1)
        return tuple(str(position + 1) for position in range(columns))
    cells = records[index][1]
    missing = max((width or 0) - len(cells), 0)
    return tuple(clean_cell(cell).strip() for cell in cells) + ("",) * missing


def identifies_contact(cell: str) -> bool:
    """A phone number or an e-mail address, but not a date."""
    return bool(_ADDRESS.match(cell) or (_NUMBER.match(cell) and not _DATE.match(cell)))
