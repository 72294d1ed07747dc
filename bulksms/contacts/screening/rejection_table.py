"""Rows become rejections: why each row is left out, in words, told block by block."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_to_arrow, ints_to_arrow, sorted_unique, strings_to_arrow
from bulksms.contacts.rows.rejection_codes import NO_CELL, RejectionTemplate, sentences_of
from bulksms.contacts.rows.row_table import RowTable
from bulksms.loader import Block

__all__ = ["Told", "rejection_table", "rejections_of_block"]

TEXTS = ("reason", "column", "cell", "sentence")
SCHEMA = pa.schema(
    [("source", pa.int64()), ("row", pa.int64()), *((name, pa.string()) for name in TEXTS)]
)

Lines = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """Why some rows of a block are left out.

    Attributes:
        inside: their places in the block, in order.
        reasons: the codes; `columns`, `cells` and `sentences` as in `Screened.rejections`.
    """

    inside: Lines
    reasons: pa.StringArray
    columns: pa.StringArray
    cells: pa.StringArray
    sentences: pa.StringArray


def rejection_table(verdicts: RowTable) -> pa.Table:
    """Lay out every row that is left out: the columns of `Screened.rejections`."""
    batches = []
    for at, sheet, _, _ in verdicts.sheets():
        shown = {one.at for one in verdicts.tellings.things if one is not None}
        for block in sheet.rows.blocks([one for one in shown if 0 <= one < sheet.rows.width]):
            told = rejections_of_block(verdicts, at, block)
            texts = [told.reasons, told.columns, told.cells, told.sentences]
            where = [np.full(len(told.inside), at), block.row_numbers[told.inside].astype(np.int64)]
            arrays = [*map(ints_to_arrow, where), *texts]
            batches.append(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def rejections_of_block(verdicts: RowTable, at: int, block: Block) -> Told:
    """Tell of the rows of a block, of the sheet in that place, why they are left out."""
    start = verdicts.starts[at] + block.start
    tellings, inside = (
        verdicts.tellings.things,
        np.flatnonzero(verdicts.judged.told[start : start + len(block)]),
    )
    codes = verdicts.judged.told[inside + start]
    cells = _cells(tellings, codes, block, inside)
    points = np.array([one is not None and one.points for one in tellings], dtype=bool)[codes]
    instead = verdicts.places(verdicts.instead[inside[points] + start])
    reasons = strings_to_arrow([one.reason.value if one else "" for one in tellings])
    columns = strings_to_arrow([one.column if one else "" for one in tellings])
    return Told(
        inside=inside,
        reasons=reasons.take(ints_to_arrow(codes)),
        columns=columns.take(ints_to_arrow(codes)),
        cells=cells,
        sentences=sentences_of(tellings, codes, cells, instead),
    )


def _cells(
    tellings: list[RejectionTemplate | None], codes: NDArray[np.int32], block: Block, inside: Lines
) -> pa.StringArray:
    """Give of some rows of a block the cell that the telling of each is about."""
    columns = np.array([one.at if one else NO_CELL for one in tellings], dtype=np.int64)[codes]
    rows = ints_to_arrow(inside)
    cells = strings_to_arrow([""] * len(inside))
    for at in sorted_unique(columns).tolist():
        if at != NO_CELL:
            here = bools_to_arrow(columns == at)
            shown = block.column(at).take(rows.filter(here))
            cells = pc.replace_with_mask(cells, here, shown)
    return cells
