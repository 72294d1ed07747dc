"""What is known of every row of all sheets: some thirty bytes each, and no text.

Rows are counted through all sheets, from 0. It must not know any rule.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.columns.lookup import place
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.rejection_codes import (
    NOTHING,
    Interner,
    RejectionTemplate,
    RejectionTemplates,
)
from bulksms.loader import Sheet

__all__ = ["Judged", "MappedSheet", "Marks", "RowTable", "Trait"]

MappedSheet = tuple[Sheet, ColumnMapping]
Rows = NDArray[np.int64]
Marks = NDArray[np.bool_]


class Trait(IntFlag):
    """What people are told of rows, counted over the whole list."""

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What is known of some rows that follow each other; one line for each of them.

    Attributes:
        told: the code of the telling, `NOTHING` for a row that may be texted.
        numbers: the E.164 digits, 0 where there is none.
        countries: codes of the regions of the numbers.
        orders: which of the phone columns the number is from, by rank from 0.
        rivals: one more than the position of a level column that holds another number, or 0.
        traits: `Trait` flags.
        unclear: one more than the position of a column that may say no, or 0.
        long: codes of the headers of values that are too long, 0 for none.
        filled: how many fields hold something.
    """

    told: NDArray[np.int32]
    numbers: NDArray[np.int64]
    countries: NDArray[np.int16]
    orders: NDArray[np.int16]
    rivals: NDArray[np.int16]
    traits: NDArray[np.uint16]
    unclear: NDArray[np.int16]
    long: NDArray[np.int16]
    filled: NDArray[np.int16]


COLUMNS = {
    "told": np.int32,
    "numbers": np.int64,
    "countries": np.int16,
    "orders": np.int16,
    "rivals": np.int16,
    "traits": np.uint16,
    "unclear": np.int16,
    "long": np.int16,
    "filled": np.int16,
}


def _countries() -> Interner[str]:
    return Interner("")


def _tellings() -> RejectionTemplates:
    return Interner[RejectionTemplate | None](None)


@dataclass(slots=True, kw_only=True, eq=False)
class RowTable:
    """What is known of every row, and what its codes mean.

    Attributes:
        starts: the first row of each sheet, and one past the last of all.
        judged: the columns, over all sheets.
        instead: of a duplicate, the row that is texted.
        known: how many rows were judged.
    """

    pairs: Sequence[MappedSheet]
    tellings: RejectionTemplates = field(default_factory=_tellings)
    countries: Interner[str] = field(default_factory=_countries)
    headers: Interner[str] = field(default_factory=_countries)
    starts: list[int] = field(init=False)
    judged: Judged = field(init=False)
    instead: NDArray[np.int32] = field(init=False)
    known: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        sizes = (len(sheet.rows) for sheet, _ in self.pairs)
        self.starts = [0, *accumulate(sizes)]
        # Columns that are never written stay pages of zeros that take no memory.
        columns = {name: np.zeros(len(self), dtype=kind) for name, kind in COLUMNS.items()}
        self.judged = Judged(**columns)
        self.instead = np.zeros(len(self), dtype=np.int32)

    def __len__(self) -> int:
        return self.starts[-1]

    @property
    def texted(self) -> Marks:
        """Mark the rows that may be texted."""
        marks: Marks = self.judged.told == NOTHING
        return marks

    def put(self, start: int, judged: Judged) -> None:
        """Write down what is known of some rows; what is nothing is not written."""
        self.known += len(judged.told)
        for name in COLUMNS:
            values = getattr(judged, name)
            if values.any():
                getattr(self.judged, name)[start : start + len(values)] = values

    def rejected_for(self, *reasons: Reason) -> Marks:
        """Mark the rows left out for one of the reasons."""
        wanted = [one is not None and one.reason in reasons for one in self.tellings.things]
        marks: Marks = np.array(wanted, dtype=bool)[self.judged.told]
        return marks

    def counted(self) -> dict[Reason, int]:
        """Count the rows left out for each reason, most first; of equals, whichever is first."""
        counts: Counter[Reason] = Counter()
        told = np.bincount(self.judged.told, minlength=len(self.tellings.things)).tolist()
        for telling, count in zip(self.tellings.things, told, strict=True):
            if telling is not None and count:
                counts[telling.reason] += count
        even = len(set(counts.values())) < len(counts)
        first = {one: int(np.argmax(self.rejected_for(one))) if even else 0 for one in counts}
        return dict(sorted(counts.items(), key=lambda one: (-one[1], first[one[0]])))

    def has(self, trait: Trait) -> Marks:
        """Mark the rows with a trait."""
        marks: Marks = (self.judged.traits & np.uint16(trait)) != 0
        return marks

    def sheet_of(self, row: int) -> int:
        """Give the place of the sheet that a row is in."""
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def sheets(self) -> Iterator[tuple[int, Sheet, ColumnMapping, slice]]:
        """Give every sheet with its place, its mapping, and where its rows are."""
        for at, (sheet, mapping) in enumerate(self.pairs):
            yield at, sheet, mapping, slice(self.starts[at], self.starts[at + 1])

    def places(self, rows: NDArray[np.integer]) -> list[str]:
        """Say where rows stand, as people see it: "17", or "17 of list.csv" of several files."""
        several = len(self.pairs) > 1
        files = [f" of {place(sheet)}" if several else "" for sheet, _ in self.pairs]
        sheets = np.searchsorted(self.starts, rows, side="right") - 1
        numbers = np.zeros(len(rows), dtype=np.int64)
        for at, sheet, _, where in self.sheets():
            inside = sheets == at
            numbers[inside] = sheet.rows.row_numbers[rows[inside] - where.start]
        pairs = zip(numbers.tolist(), sheets.tolist(), strict=True)
        return [f"{number}{files[at]}" for number, at in pairs]

    def tell(self, rows: Rows, reason: Reason, words: str, *, points: bool = False) -> None:
        """Leave rows out for a reason that is none of their cells: the number's own is named."""
        orders = self.judged.orders[rows]
        for _, sheet, mapping, where in self.sheets():
            inside = (rows >= where.start) & (rows < where.stop)
            for order in np.flatnonzero(np.bincount(orders[inside])).tolist():
                column = mapping.phone_numbers[order]
                telling = RejectionTemplate(
                    reason=reason,
                    column=sheet.header[column],
                    at=column,
                    words=words,
                    points=points,
                )
                self.judged.told[rows[inside & (orders == order)]] = self.tellings.code(telling)

    def but(self, told: NDArray[np.int32]) -> "RowTable":
        """Give the same rows with other tellings."""
        other = object.__new__(RowTable)
        for name in ("pairs", "tellings", "countries", "headers", "starts", "instead", "known"):
            setattr(other, name, getattr(self, name))
        columns = {name: getattr(self.judged, name) for name in COLUMNS} | {"told": told}
        other.judged = Judged(**columns)
        return other
