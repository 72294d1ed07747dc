"""Reads opt-out lists: every number of a sheet, in any spelling.

Every number of every phone column counts, landlines and fictitious ones too: a list of people
who said no is read as leniently as it can be.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_to_arrow, strings_to_arrow
from bulksms.contacts.cells.spelling import clean, split_numbers
from bulksms.contacts.columns.mapping import ColumnMapping, map_columns
from bulksms.contacts.model import Reason
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.phones.countries import regions_in
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber
from bulksms.contacts.phones.parse_columns import ColumnParser, ParsedColumn
from bulksms.errors import MappingError
from bulksms.loader import Sheet

__all__ = ["LENIENT_RULES", "number_columns", "read_column", "read_opt_outs"]

LENIENT_RULES = NumberRules(allow_landlines=True, rehearsal=True)


def read_opt_outs(sheets: Sequence[Sheet], region: str) -> OptOutList:
    """Read every number of the phone columns, or of the first column when no header says phone."""
    opt_outs = OptOutList()
    for sheet in sheets:
        opt_outs |= _read_sheet(sheet, region)
    return opt_outs


def read_column(
    sheet: Sheet, position: int, region: str, marks: NDArray[np.bool_] | None = None
) -> OptOutList:
    """Read every number of one column, of the rows marked or of all."""
    country, reader = number_columns(sheet).country, _NumberReader()
    for block in sheet.rows.blocks([position] if country is None else [position, country]):
        rows = block
        if marks is not None:
            rows = block.take(np.flatnonzero(marks[block.start : block.start + len(block)]))
        cells = rows.column(position)
        if country is None:
            reader.read(cells, region)
            continue
        codes, names = regions_in(rows.column(country), region)
        for code, name in enumerate(names):
            reader.read(cells.filter(bools_to_arrow(codes == code)), name)
    return reader.opt_outs()


def number_columns(sheet: Sheet) -> ColumnMapping:
    """Find the phone columns of a list, its first column when no header says phone."""
    try:
        return map_columns(sheet, {})
    except MappingError:
        same = [at for at, text in enumerate(sheet.header) if text == sheet.header[0]]
        tiers = (0,) * len(same)
        return ColumnMapping(phone_numbers=tuple(same), tiers=tiers, fields={}, extras={})


def _read_sheet(sheet: Sheet, region: str) -> OptOutList:
    opt_outs = OptOutList()
    for position in number_columns(sheet).phone_numbers:
        opt_outs |= read_column(sheet, position, region)
        # A list without a header line has its first number where the header stands.
        header = _NumberReader()
        header.read(strings_to_arrow([sheet.header[position]]), region)
        opt_outs |= OptOutList(digits=header.opt_outs().digits)
    return opt_outs


class _NumberReader:
    """Collects the numbers of cells; a cell may hold several, and each counts."""

    def __init__(self) -> None:
        self._parser = ColumnParser(LENIENT_RULES)
        self._digits = [np.empty(0, dtype=np.int64)]
        self._unreadable = 0

    def read(self, cells: pa.StringArray, region: str) -> None:
        """Read cells; whatever is not one plain number is taken apart."""
        parsed = self._parser.parse(cells, region)
        single = (parsed.phone_numbers > 0) & ~self._marks(parsed, lambda number: number.split)
        self._digits.append(parsed.phone_numbers[single])
        odd = cells.filter(bools_to_arrow(~single)).to_pylist()
        parts = [part for cell in odd for part in split_numbers(clean(cell))]
        separate = self._parser.parse(strings_to_arrow(parts), region)
        numbers = separate.phone_numbers
        self._digits.append(numbers[numbers > 0])
        missing = self._marks(separate, lambda number: number.reason is Reason.MISSING_NUMBER)
        self._unreadable += int(np.count_nonzero((numbers == 0) & ~missing))

    def opt_outs(self) -> OptOutList:
        """Give what was read."""
        return OptOutList.from_digits(np.concatenate(self._digits), self._unreadable)

    def _marks(
        self, parsed: ParsedColumn, test: Callable[[ParsedNumber], bool]
    ) -> NDArray[np.bool_]:
        outcomes = np.array([test(number) for number in self._parser.outcomes], dtype=bool)
        marks: NDArray[np.bool_] = outcomes[parsed.codes]
        return marks
