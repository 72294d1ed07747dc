"""The table of all rows of all sheets: some thirty bytes per row, and no text.

Rows are counted through all sheets, from 0. No rule is applied here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntFlag
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.columns.find_column import file_label
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.rejection_codes import (
    NOT_SCREENED,
    SENDABLE,
    Interner,
    RejectionTemplate,
    RejectionTemplates,
)
from bulksms.loader import Sheet

__all__ = [
    "MappedSheet",
    "Marks",
    "RowColumns",
    "RowTable",
    "RowsNotScreenedError",
    "Trait",
]

MappedSheet = tuple[Sheet, ColumnMapping]
Rows = NDArray[np.int64]
Marks = NDArray[np.bool_]


class RowsNotScreenedError(RuntimeError):
    """Some rows were never screened: an error of the program, which must not send then."""


class Trait(IntFlag):
    """A notable trait of a row; findings count the rows with each trait."""

    REPAIRED = 1 << 0
    SPLIT_CELL = 1 << 1
    SEVERAL_MOBILES = 1 << 2
    EMAIL = 1 << 3
    FIRST_FILLED = 1 << 4
    LAST_FILLED = 1 << 5
    FIRST_IN_CAPITALS = 1 << 6
    LAST_IN_CAPITALS = 1 << 7
    FIRST_A_NUMBER = 1 << 8
    LAST_A_NUMBER = 1 << 9
    NULL_LIKE = 1 << 10
    WHOLE_NAME = 1 << 11
    TITLED = 1 << 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowColumns:
    """The results of consecutive rows, one array per column.

    Attributes:
        rejections: `NOT_SCREENED`, `SENDABLE`, or the code of the rejection template.
        phone_numbers: the digits of E.164, 0 where there is none.
        countries: codes of the regions of the numbers.
        phone_choices: which of the phone columns the number is from, best first from 0.
        tied_columns: one more than the position of an equally good column that holds another
            number, or 0.
        traits: `Trait` flags.
        unclear_columns: one more than the position of a column that may say no, or 0.
        long_headers: codes of the headers of values that are too long, 0 for none.
        filled_fields: how many fields hold something.
    """

    rejections: NDArray[np.int32]
    phone_numbers: NDArray[np.int64]
    countries: NDArray[np.int16]
    phone_choices: NDArray[np.int16]
    tied_columns: NDArray[np.int16]
    traits: NDArray[np.uint16]
    unclear_columns: NDArray[np.int16]
    long_headers: NDArray[np.int16]
    filled_fields: NDArray[np.int16]

    @classmethod
    def of_zeros(cls, count: int) -> "RowColumns":
        """Make columns that, as long as no one writes them, are pages that take no memory."""
        return cls(**{name: np.zeros(count, dtype=kind) for name, kind in COLUMN_TYPES.items()})


COLUMN_TYPES = {
    "rejections": np.int32,
    "phone_numbers": np.int64,
    "countries": np.int16,
    "phone_choices": np.int16,
    "tied_columns": np.int16,
    "traits": np.uint16,
    "unclear_columns": np.int16,
    "long_headers": np.int16,
    "filled_fields": np.int16,
}


@dataclass(slots=True, kw_only=True, eq=False)
class RowTable:
    """The results of every row, and the meaning of their codes.

    Attributes:
        starts: the first row of each sheet, and one past the last of all.
        columns: what is known, over all sheets.
        kept_rows: of a duplicate, the row that is texted.
    """

    mapped_sheets: Sequence[MappedSheet]
    templates: RejectionTemplates = field(default_factory=RejectionTemplates)
    countries: Interner[str] = field(default_factory=lambda: Interner(""))
    headers: Interner[str] = field(default_factory=lambda: Interner(""))
    starts: list[int] = field(init=False)
    columns: RowColumns = field(init=False)
    kept_rows: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        sizes = (len(sheet.rows) for sheet, _ in self.mapped_sheets)
        self.starts = [0, *accumulate(sizes)]
        self.columns = RowColumns.of_zeros(len(self))
        self.kept_rows = np.zeros(len(self), dtype=np.int32)

    def __len__(self) -> int:
        return self.starts[-1]

    @property
    def sendable(self) -> Marks:
        """Mark the rows that may be texted.

        Raises:
            RowsNotScreenedError: some rows were never screened, or have no number.
        """
        self.require_screened()
        marks: Marks = self.columns.rejections == SENDABLE
        return marks

    def require_screened(self) -> None:
        """Refuse a table in which a row was forgotten, or is sendable without a number.

        Raises:
            RowsNotScreenedError: there is such a row.
        """
        missing = np.count_nonzero(self.columns.rejections == NOT_SCREENED)
        if missing:
            raise RowsNotScreenedError(f"{missing} of {len(self)} rows were not screened")
        without_number = self.columns.phone_numbers <= 0
        without_number &= self.columns.rejections == SENDABLE
        if without_number.any():
            raise RowsNotScreenedError("a row without a phone number is marked as sendable")

    def write(self, start: int, columns: RowColumns) -> None:
        """Store what is known of some rows; columns of zeros are not written."""
        for name in COLUMN_TYPES:
            values = getattr(columns, name)
            if values.any():
                getattr(self.columns, name)[start : start + len(values)] = values

    def rejected_for(self, *reasons: Reason) -> Marks:
        """Mark the rows left out for one of the reasons."""
        wanted = [reason in reasons for reason in self.templates.reasons()]
        marks: Marks = np.array(wanted, dtype=bool)[self.columns.rejections]
        return marks

    def reason_counts(self) -> dict[Reason, int]:
        """Count the rows left out for each reason, most first; of equals, the first in the file."""
        counts: Counter[Reason] = Counter()
        reasons = self.templates.reasons()
        rows = np.bincount(self.columns.rejections, minlength=len(reasons)).tolist()
        for reason, count in zip(reasons, rows, strict=True):
            if reason is not None and count:
                counts[reason] += count
        tied = len(set(counts.values())) < len(counts)
        firsts = {
            reason: int(np.argmax(self.rejected_for(reason))) if tied else 0 for reason in counts
        }
        return dict(sorted(counts.items(), key=lambda entry: (-entry[1], firsts[entry[0]])))

    def has_trait(self, trait: Trait) -> Marks:
        """Mark the rows with a trait."""
        marks: Marks = (self.columns.traits & np.uint16(trait)) != 0
        return marks

    def rejection_of(self, row: int) -> RejectionTemplate:
        """Return why one row is left out.

        Raises:
            ValueError: it is not.
        """
        return self.templates.of(int(self.columns.rejections[row]))

    def sheet_of(self, row: int) -> int:
        """Return the index of the sheet that a row is in."""
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def sheets(self) -> Iterator[tuple[int, Sheet, ColumnMapping, slice]]:
        """Yield every sheet with its index, its mapping, and the slice of its rows."""
        for at, (sheet, mapping) in enumerate(self.mapped_sheets):
            yield at, sheet, mapping, slice(self.starts[at], self.starts[at + 1])

    def row_labels(self, rows: NDArray[np.integer]) -> list[str]:
        """Name rows as people see them: "17", or "17 of list.csv" among several files."""
        several = len(self.mapped_sheets) > 1
        files = [f" of {file_label(sheet)}" if several else "" for sheet, _ in self.mapped_sheets]
        sheets = np.searchsorted(self.starts, rows, side="right") - 1
        numbers = np.zeros(len(rows), dtype=np.int64)
        for at, sheet, _, sheet_rows in self.sheets():
            inside = sheets == at
            numbers[inside] = sheet.rows.row_numbers[rows[inside] - sheet_rows.start]
        pairs = zip(numbers.tolist(), sheets.tolist(), strict=True)
        return [f"{number}{files[at]}" for number, at in pairs]

    def row_label(self, row: int) -> str:
        """Name one row, as "row 17"."""
        return f"row {self.row_labels(np.array([row]))[0]}"

    def reject(self, rows: Rows, reason: Reason, wording: str, *, refers: bool = False) -> None:
        """Leave rows out for a reason that is in none of their cells; the phone column is named."""
        choices = self.columns.phone_choices[rows]
        for _, sheet, mapping, sheet_rows in self.sheets():
            inside = (rows >= sheet_rows.start) & (rows < sheet_rows.stop)
            for choice in np.flatnonzero(np.bincount(choices[inside])).tolist():
                column = mapping.phone_numbers[choice]
                template = RejectionTemplate(
                    reason=reason,
                    column=sheet.header[column],
                    at=column,
                    wording=wording,
                    refers=refers,
                )
                code = self.templates.code(template)
                self.columns.rejections[rows[inside & (choices == choice)]] = code

    def with_rejections(self, rejections: NDArray[np.int32]) -> "RowTable":
        """Return the same rows with other rejections; everything else is shared."""
        other = object.__new__(RowTable)
        for name in ("mapped_sheets", "templates", "countries", "headers", "starts", "kept_rows"):
            setattr(other, name, getattr(self, name))
        other.columns = replace(self.columns, rejections=rejections)
        return other
