"""Reads who must never be texted: numbers from any sheet, in any spelling.

Every number of every phone column counts, landlines and fiction too: a list of people who
said no is read as generously as it can be.
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
    found = OptOutList()
    for sheet in sheets:
        found |= _read_sheet(sheet, region)
    return found


def read_column(
    sheet: Sheet, position: int, region: str, where: NDArray[np.bool_] | None = None
) -> OptOutList:
    """Read every number of one column, of the rows marked or of all."""
    country, reader = number_columns(sheet).country, _Reader()
    for block in sheet.rows.blocks([position] if country is None else [position, country]):
        rows = block
        if where is not None:
            rows = block.take(np.flatnonzero(where[block.start : block.start + len(block)]))
        cells = rows.column(position)
        if country is None:
            reader.read(cells, region)
            continue
        codes, names = regions_in(rows.column(country), region)
        for code, name in enumerate(names):
            reader.read(cells.filter(bools_to_arrow(codes == code)), name)
    return reader.found()


def number_columns(sheet: Sheet) -> ColumnMapping:
    """Find the phone columns of a list, its first column when no header says phone."""
    try:
        return map_columns(sheet, {})
    except MappingError:
        same = [at for at, text in enumerate(sheet.header) if text == sheet.header[0]]
        tiers = (0,) * len(same)
        return ColumnMapping(phone_numbers=tuple(same), tiers=tiers, fields={}, extras={})


def _read_sheet(sheet: Sheet, region: str) -> OptOutList:
    found = OptOutList()
    for position in number_columns(sheet).phone_numbers:
        found |= read_column(sheet, position, region)
        # A list without a header line has its first number where the header stands.
        header = _Reader()
        header.read(strings_to_arrow([sheet.header[position]]), region)
        found |= OptOutList(digits=header.found().digits)
    return found


class _Reader:
    """Collects the numbers of cells; a cell may hold several, and each counts."""

    def __init__(self) -> None:
        self._parser = ColumnParser(LENIENT_RULES)
        self._digits = [np.empty(0, dtype=np.int64)]
        self._lost = 0

    def read(self, cells: pa.StringArray, region: str) -> None:
        """Read cells; whatever is not one plain number is taken apart."""
        judged = self._parser.parse(cells, region)
        single = (judged.numbers > 0) & ~self._of(judged, lambda one: one.split)
        self._digits.append(judged.numbers[single])
        odd = cells.filter(bools_to_arrow(~single)).to_pylist()
        parts = [part for cell in odd for part in split_numbers(clean(cell))]
        apart = self._parser.parse(strings_to_arrow(parts), region)
        self._digits.append(apart.numbers[apart.numbers > 0])
        missing = self._of(apart, lambda one: one.reason is Reason.MISSING_NUMBER)
        self._lost += int(np.count_nonzero((apart.numbers == 0) & ~missing))

    def found(self) -> OptOutList:
        """Give what was read."""
        return OptOutList.from_digits(np.concatenate(self._digits), self._lost)

    def _of(self, judged: ParsedColumn, says: Callable[[ParsedNumber], bool]) -> NDArray[np.bool_]:
        marks: NDArray[np.bool_] = np.array(list(map(says, self._parser.found)), dtype=bool)
        return marks[judged.codes]
