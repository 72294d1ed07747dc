"""Gathers the rows that a draft leaves out by their reason, with the first rows of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow
from bulksms.contacts import ColumnMapping, Reason, rejection_blocks
from bulksms.loader import Sheet
from bulksms.plan.make_plan import Plan

__all__ = ["CellPosition", "LeftOutGroup", "LeftOutRow", "groups_of", "name_columns", "names_of"]

ROWS_KEPT = 200  # of each reason; who corrects one makes room for another


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPosition:
    """A cell: the digest of its list, its sheet, its row, and its column from 1."""

    list: str
    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutRow:
    """A row that gets no text: its number in the list, the names in it, and its cell at fault.

    Attributes:
        position: of the cell, so that it can be corrected; None where that is unclear.
    """

    row: int
    names: tuple[str, ...]
    column: str
    cell: str
    sentence: str
    position: CellPosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutGroup:
    """The rows that are left out for one reason, and the first of them."""

    reason: str
    count: int
    rows: tuple[LeftOutRow, ...]


def name_columns(mapping: ColumnMapping) -> tuple[int, ...]:
    """Return the positions of the columns with people's names, from 0."""
    names = [mapping.fields[name] for name in ("first_name", "last_name") if name in mapping.fields]
    return tuple(names) or ((mapping.full_name,) if mapping.full_name is not None else ())


def names_of(plan: Plan, rows: Sequence[int]) -> dict[int, str]:
    """Return the first name column's cells of some rows of the first sheet, by the row's number."""
    sheet, mapping = plan.sheets[0]
    cells = _cells_of_rows(sheet, name_columns(mapping)[:1], np.array(rows, dtype=np.int64))
    return {row: names[0].strip() for row, names in cells.items() if names and names[0].strip()}


def groups_of(plan: Plan) -> Iterator[LeftOutGroup]:
    """Gather the rows left out by their reason, the most frequent first."""
    rejections = _first_rejections(plan)
    # The digest of a list takes a reading of its file.
    digest_of = cache(lambda source: plan.sheets[source][0].source.digest)
    for reason, count in plan.left_out_counts.items():
        first = rejections[rejections["reason"] == reason]
        rows = tuple(_rows(plan, first, digest_of))
        yield LeftOutGroup(reason=str(Reason(reason)), count=count, rows=rows)


def _first_rejections(plan: Plan) -> pd.DataFrame:
    """Read the first rows of each reason."""
    blocks = (block.to_pandas() for _, block in rejection_blocks(plan.row_table))
    first = [block.groupby("reason").head(ROWS_KEPT) for block in blocks]
    return pd.concat(first).groupby("reason").head(ROWS_KEPT) if first else pd.DataFrame()


def _rows(
    plan: Plan, rejections: pd.DataFrame, digest_of: Callable[[int], str]
) -> Iterator[LeftOutRow]:
    for source, group in rejections.groupby("source", sort=True):
        sheet, mapping = plan.sheets[int(str(source))]
        columns = name_columns(mapping)
        names = _cells_of_rows(sheet, columns, group["row"].to_numpy())
        digest = digest_of(int(str(source)))
        for _, line in group.iterrows():
            yield LeftOutRow(
                row=int(line["row"]),
                names=names.get(int(line["row"]), ()),
                column=str(line["column"] or ""),
                cell=str(line["cell"] or ""),
                sentence=str(line["sentence"]),
                position=_position(sheet, digest, int(line["row"]), str(line["column"] or "")),
            )


def _position(sheet: Sheet, digest: str, row: int, header: str) -> CellPosition | None:
    """Find a cell by its header, which two columns may share."""
    columns = [at for at, name in enumerate(sheet.header, 1) if name == header]
    if len(columns) != 1:
        return None
    name = sheet.source.sheet or ""
    return CellPosition(list=digest, sheet=name, row=row, column=columns[0])


def _cells_of_rows(
    sheet: Sheet, columns: tuple[int, ...], rows: NDArray[np.int64]
) -> dict[int, tuple[str, ...]]:
    """Return the cells of some rows in some columns, by the number of the row."""
    cells: dict[int, tuple[str, ...]] = {}
    for block in sheet.rows.blocks(list(columns)):
        positions = np.flatnonzero(np.isin(block.row_numbers, rows))
        if not len(positions):
            continue
        picked = ints_to_arrow(positions)
        values = [block.column(at).take(picked).to_pylist() for at in columns]
        numbers = block.row_numbers[positions].tolist()
        cells |= zip(numbers, zip(*values, strict=True) if values else repeat(()), strict=False)
    return cells
