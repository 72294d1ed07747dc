"""Who must never be texted: numbers from any sheet, in any spelling.

Every number of every phone column counts, landlines and fiction too: a list of people who
said no is read as generously as it can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.countries import regions_of
from bulksms.contacts.mapping import ColumnMapping, map_columns
from bulksms.contacts.normalising import normalise
from bulksms.contacts.phones import NumberRules
from bulksms.contacts.spelling import clean, split_numbers
from bulksms.errors import MappingError
from bulksms.loader import Sheet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OptOutList", "as_digits", "number_columns", "read_column", "read_opt_outs"]

GENEROUS = NumberRules(allow_landlines=True, rehearsal=True)


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptOutList:
    """Numbers that must never be texted.

    Attributes:
        digits: the digits of the numbers in E.164, sorted, each once.
        unreadable: cells of the list that hold no number we can read.
    """

    digits: NDArray[np.int64] = field(default_factory=_none)
    unreadable: int = 0

    @classmethod
    def from_numbers(cls, numbers: Iterable[str]) -> "OptOutList":
        """Take numbers in E.164."""
        return cls.from_digits(np.array([int(number) for number in numbers], dtype=np.int64))

    @classmethod
    def from_digits(cls, digits: NDArray[np.int64], unreadable: int = 0) -> "OptOutList":
        """Take the digits of numbers in E.164, as the ledger keeps them."""
        return cls(digits=np.unique(digits), unreadable=unreadable)

    def has(self, digits: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of each number in E.164, as a whole number, whether it is on the list."""
        if not len(self.digits):
            return np.zeros(len(digits), dtype=bool)
        places = np.searchsorted(self.digits, digits)
        found: NDArray[np.bool_] = self.digits[np.minimum(places, len(self.digits) - 1)] == digits
        return found

    def contains(self, numbers: "pd.Series") -> "pd.Series":
        """Say of each number in E.164 whether it is on the list."""
        import pandas as pd

        return pd.Series(self.has(as_digits(numbers)), index=numbers.index, dtype="bool")

    def __or__(self, other: "OptOutList") -> "OptOutList":
        joined = np.concatenate([self.digits, other.digits])
        return OptOutList.from_digits(joined, self.unreadable + other.unreadable)

    def __len__(self) -> int:
        return len(self.digits)


def as_digits(numbers: "pd.Series") -> NDArray[np.int64]:
    """Write a column of numbers in E.164 as whole numbers."""
    return np.asarray(numbers.str.slice(1).astype("int64"), dtype=np.int64)


def read_opt_outs(sheets: Sequence[Sheet], region: str) -> OptOutList:
    """Read every number of the phone columns, or of the first column when no header says phone."""
    found = OptOutList()
    for sheet in sheets:
        found |= _read_sheet(sheet, region)
    return found


def read_column(
    sheet: Sheet, position: int, region: str, where: "pd.Series[bool] | None" = None
) -> OptOutList:
    """Read every number of one column, of the rows told or of all."""
    import pandas as pd

    country = number_columns(sheet).country
    regions = pd.Series(region, index=sheet.rows.numbers, dtype="str")
    if country is not None:
        regions = regions_of(sheet.rows.series(country), region)
    column = sheet.rows.series(position)
    if where is None:
        return _read_cells(column, regions)
    return _read_cells(column[where], regions[where])


def number_columns(sheet: Sheet) -> ColumnMapping:
    """Find the phone columns of a list, its first column when no header says phone."""
    try:
        return map_columns(sheet, {})
    except MappingError:
        same = [at for at, text in enumerate(sheet.header) if text == sheet.header[0]]
        tiers = (0,) * len(same)
        return ColumnMapping(phone_numbers=tuple(same), tiers=tiers, fields={}, extras={})


def _read_sheet(sheet: Sheet, region: str) -> OptOutList:
    import pandas as pd

    found = OptOutList()
    for position in number_columns(sheet).phone_numbers:
        found |= read_column(sheet, position, region)
        # A list without a header line has its first number where the header stands.
        header = pd.Series([sheet.header[position]], dtype="str")
        first = _read_cells(header, pd.Series([region], dtype="str"))
        found |= OptOutList(digits=first.digits)
    return found


def _read_cells(cells: "pd.Series", regions: "pd.Series") -> OptOutList:
    import pandas as pd

    table = pd.DataFrame({"text": cells.to_numpy(), "region": regions.to_numpy()})
    table["text"] = table["text"].map(lambda text: split_numbers(clean(text)))
    table = table.explode("text", ignore_index=True).astype("str")
    judged = normalise(table["text"], table["region"], GENEROUS)
    readable = judged["phone_number"] != ""
    lost = int((~readable & (judged["reason"] != "missing_number")).sum())
    return OptOutList.from_digits(as_digits(judged.loc[readable, "phone_number"]), lost)
