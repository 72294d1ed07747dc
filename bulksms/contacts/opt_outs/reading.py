"""Reads opt-out lists: every number of a sheet, in any column and any spelling.

A list of people who said no is read as leniently as it can be: landlines and fictitious numbers
count, and so do numbers in columns that no header announces. A list of people who may be texted
is read strictly, in its phone columns only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    arrow_scalar,
    bools_from_arrow,
    bools_to_arrow,
    ints_from_arrow,
    ints_to_arrow,
    string_buffers,
    strings_to_arrow,
)
from bulksms.contacts.cells.characters import exclusive_cumsum
from bulksms.contacts.cells.spelling import clean, split_numbers
from bulksms.contacts.columns.mapping import ColumnMapping, map_columns
from bulksms.contacts.model import Reason
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.opt_outs.messages import other_party
from bulksms.contacts.phones.countries import regions_of_rows, with_area_codes
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber
from bulksms.contacts.phones.parse_columns import ColumnParser, ParsedColumn
from bulksms.contacts.phones.unread_codes import unread_codes
from bulksms.errors import MappingError
from bulksms.loader import Sheet

__all__ = [
    "LENIENT_RULES",
    "number_columns",
    "read_column",
    "read_guest_numbers",
    "read_opt_outs",
]

LENIENT_RULES = NumberRules(allow_landlines=True, rehearsal=True)
HALF = 0.5  # of the filled cells of a column: from there on it is a column of numbers
# At least six digits, and no e-mail address: such cells are many, and slow to parse.
LETTERS_PER_DIGIT = 2  # an address has more, a number with its label has fewer
FEWEST_DIGITS = 6
NOT_ASCII = 128
SAYS_SOMETHING = r"[\pL\pN#]"
# What people write before a number so that it is one, and no amount and no account number.
PREFIXED = r"^[^0-9+(]*[+(]|^[^0-9+]*0"
NUMBER_AMONG_WORDS = r"(\+?[\d(](?:[ .\-/()]{0,2}\d){7,})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ColumnNumbers:
    """The numbers of one column, and those of them that are written as only numbers are."""

    opt_outs: OptOutList
    certain: OptOutList

    @property
    def share(self) -> float:
        """The share of filled cells that hold a number."""
        cells = self.opt_outs.cells
        return (cells - self.opt_outs.unreadable) / cells if cells else 0.0


def read_opt_outs(sheets: Sequence[Sheet], region: str) -> OptOutList:
    """Read every number of every column, but for our own number in exported messages."""
    opt_outs = OptOutList()
    for sheet in sheets:
        opt_outs |= _read_sheet(sheet, region)
    return opt_outs


def read_guest_numbers(sheets: Sequence[Sheet], region: str) -> OptOutList:
    """Read the numbers that may be texted: of the phone columns, or else the first column."""
    guests = OptOutList()
    for sheet in sheets:
        for position in number_columns(sheet).phone_numbers:
            guests |= read_column(sheet, position, region)
            guests |= _read_header(sheet, position, region)
    return guests


def read_column(
    sheet: Sheet, position: int, region: str, marks: NDArray[np.bool_] | None = None
) -> OptOutList:
    """Read every number of one column, of the rows marked or of all."""
    return _read_column(sheet, position, region, marks).opt_outs


def number_columns(sheet: Sheet) -> ColumnMapping:
    """Find the phone columns of a list, its first column when no header says phone."""
    try:
        return map_columns(sheet, {})
    except MappingError:
        same = [at for at, text in enumerate(sheet.header) if text == sheet.header[0]]
        tiers = (0,) * len(same)
        return ColumnMapping(phone_numbers=tuple(same), tiers=tiers, fields={}, extras={})


def _read_sheet(sheet: Sheet, region: str) -> OptOutList:
    columns = {at: _read_column(sheet, at, region) for at in range(len(sheet.header))}
    people, ours = other_party(sheet, {at: read.opt_outs for at, read in columns.items()})
    columns = {at: read for at, read in columns.items() if at not in ours}
    named = people or _named_columns(sheet, columns)
    opt_outs = _read_with_codes(sheet, named, region)
    for at, read in columns.items():
        if at in named or read.share > HALF:
            opt_outs |= read.opt_outs
        else:
            opt_outs |= replace(read.certain, unreadable=0, cells=0)
        # A list without a header line has its first number in the place of the header.
        opt_outs |= _read_header(sheet, at, region)
    return opt_outs


def _read_with_codes(sheet: Sheet, named: Sequence[int], region: str) -> OptOutList:
    """Read the numbers once more where a column may say whose country they are of."""
    opt_outs, mapping = OptOutList(), number_columns(sheet)
    unread = unread_codes(sheet, mapping, region)
    if unread is None:
        return opt_outs
    with_codes = replace(mapping, dial_code=unread.at)
    for at in named:
        opt_outs |= _read_column(sheet, at, region, mapping=with_codes).opt_outs
    return replace(opt_outs, unreadable=0, cells=0)


def _named_columns(sheet: Sheet, columns: dict[int, _ColumnNumbers]) -> tuple[int, ...]:
    """Return the phone columns by their headers; without any, the column with most numbers."""
    try:
        return map_columns(sheet, {}).phone_numbers
    except MappingError:
        best = max(columns, key=lambda at: (columns[at].share, -at), default=None)
        return () if best is None else (best,)


def _read_header(sheet: Sheet, position: int, region: str) -> OptOutList:
    header = _NumberReader()
    header.read(strings_to_arrow([sheet.header[position]]), region)
    return replace(header.numbers().opt_outs, unreadable=0, cells=0)


def _read_column(
    sheet: Sheet,
    position: int,
    region: str,
    marks: NDArray[np.bool_] | None = None,
    mapping: ColumnMapping | None = None,
) -> _ColumnNumbers:
    mapping, reader = mapping or number_columns(sheet), _NumberReader()
    for block in sheet.rows.blocks([position, *mapping.number_parts]):
        cells = sheet.digits.put_into(block.column(position), position, block.start)
        wanted = np.ones(len(block), dtype=bool)
        if marks is not None:
            wanted = marks[block.start : block.start + len(block)]
        codes, names = np.zeros(len(block), dtype=np.int32), [region]
        if position not in mapping.number_parts:
            cells = with_area_codes(cells, block, mapping, region)
            codes, names = regions_of_rows(block, mapping, region)
        for code, name in enumerate(names):
            reader.read(cells.filter(bools_to_arrow((codes == code) & wanted)), name)
    return reader.numbers()


def _may_be_numbers(cells: pa.StringArray) -> NDArray[np.bool_]:
    """Mark the cells with enough digits for their letters and no @, in any script."""
    offsets, letters = string_buffers(cells)
    digits = exclusive_cumsum((letters >= ord("0")) & (letters <= ord("9")))[offsets]
    emails = exclusive_cumsum(letters == ord("@"))[offsets]
    foreign = exclusive_cumsum(letters >= NOT_ASCII)[offsets]
    words = exclusive_cumsum(letters >= ord("A"))[offsets]
    marks: NDArray[np.bool_] = np.diff(digits) >= FEWEST_DIGITS
    marks &= np.diff(words) <= LETTERS_PER_DIGIT * np.diff(digits)
    rows = np.flatnonzero(~marks & (np.diff(foreign) >= FEWEST_DIGITS))
    if len(rows):
        counts = pc.count_substring_regex(cells.take(ints_to_arrow(rows)), r"\pN")
        marks[rows] = ints_from_arrow(counts) >= FEWEST_DIGITS
    marks &= np.diff(emails) == 0
    return marks


class _NumberReader:
    """Collects the numbers of cells; a cell may hold several, and each counts."""

    def __init__(self) -> None:
        self._parser = ColumnParser(LENIENT_RULES)
        self._digits = [np.empty(0, dtype=np.int64)]
        self._certain = [np.empty(0, dtype=np.int64)]
        self._unreadable = self._cells = 0

    def read(self, cells: pa.StringArray, region: str) -> None:
        """Read cells; whatever is not one plain number is taken apart."""
        filled = pc.not_equal(pc.utf8_trim_whitespace(cells), arrow_scalar(""))
        cells = self._with_digits(cells.filter(filled))
        parsed = self._parser.parse(cells, region)
        single = (parsed.phone_numbers > 0) & ~self._marks(parsed, lambda number: number.split)
        self._collect(parsed.phone_numbers[single], cells.filter(bools_to_arrow(single)))
        odd = cells.filter(bools_to_arrow(~single)).to_pylist()
        parts = strings_to_arrow([part for cell in odd for part in split_numbers(clean(cell))])
        separate = self._parser.parse(parts, region)
        readable = separate.phone_numbers > 0
        self._collect(separate.phone_numbers[readable], parts.filter(bools_to_arrow(readable)))
        missing = self._marks(separate, lambda number: number.reason is Reason.MISSING_NUMBER)
        readable |= self._read_among_words(parts, ~readable & ~missing, region)
        unreadable = int(np.count_nonzero(~readable & ~missing))
        self._unreadable += unreadable
        self._cells += int(np.count_nonzero(single) + np.count_nonzero(readable)) + unreadable

    def _read_among_words(
        self, cells: pa.StringArray, marks: NDArray[np.bool_], region: str
    ) -> NDArray[np.bool_]:
        """Read the marked cells that hold one number beside other words, and mark those."""
        rows = np.flatnonzero(marks)
        texts = cells.filter(bools_to_arrow(marks)).to_pylist()
        runs = [re.findall(NUMBER_AMONG_WORDS, clean(text)) for text in texts]
        single = strings_to_arrow([run[0] if len(run) == 1 else "" for run in runs])
        numbers = self._parser.parse(single, region).phone_numbers
        self._digits.append(numbers[numbers > 0])
        readable = np.zeros(len(cells), dtype=bool)
        readable[rows[numbers > 0]] = True
        return readable

    def _with_digits(self, cells: pa.StringArray) -> pa.StringArray:
        """Choose the cells that may hold a number; names and addresses are not parsed."""
        may_be = bools_to_arrow(_may_be_numbers(cells))
        others = cells.filter(pc.invert(may_be))
        unreadable = pc.sum(pc.match_substring_regex(others, SAYS_SOMETHING)).as_py() or 0
        self._unreadable += unreadable
        self._cells += unreadable
        return cells.filter(may_be)

    def numbers(self) -> _ColumnNumbers:
        """Return what was read."""
        digits, certain = np.concatenate(self._digits), np.concatenate(self._certain)
        return _ColumnNumbers(
            opt_outs=OptOutList.from_digits(digits, self._unreadable, self._cells),
            certain=OptOutList.from_digits(certain),
        )

    def _collect(self, numbers: NDArray[np.int64], cells: pa.StringArray) -> None:
        self._digits.append(numbers)
        prefixed = bools_from_arrow(pc.match_substring_regex(cells, PREFIXED))
        self._certain.append(numbers[prefixed])

    def _marks(
        self, parsed: ParsedColumn, test: Callable[[ParsedNumber], bool]
    ) -> NDArray[np.bool_]:
        outcomes = np.array([test(number) for number in self._parser.outcomes], dtype=bool)
        marks: NDArray[np.bool_] = outcomes[parsed.codes]
        return marks
