"""Makes the table of rejections: why each row is left out, in words, block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_to_arrow, ints_to_arrow, sorted_unique, strings_to_arrow
from bulksms.columnar.repeated import Column, row_texts
from bulksms.contacts.rows.rejection_codes import NO_CELL, SENDABLE, format_sentences
from bulksms.contacts.rows.row_table import RowTable
from bulksms.loader import Block

__all__ = ["REJECTION_SCHEMA", "BlockRejections", "rejection_blocks", "rejections_of_block"]

TEXTS = ("reason", "column", "cell", "sentence")
REJECTION_SCHEMA = pa.schema(
    [("source", pa.int64()), ("row", pa.int64()), *((name, pa.string()) for name in TEXTS)]
)

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockRejections:
    """Why some rows of a block are left out.

    Attributes:
        positions: the positions of the rows in the block, in order.
        reasons: the codes; `columns`, `cells` and `sentences` as in `ScreeningResult.rejections`.
    """

    positions: Positions
    reasons: Column
    columns: Column
    cells: pa.StringArray
    sentences: pa.StringArray


def rejection_blocks(row_table: RowTable) -> Iterator[tuple[Positions, pa.RecordBatch]]:
    """Yield the rejections in blocks, each with its positions in the row table.

    The columns are those of `ScreeningResult.rejections`.
    """
    shown = set(row_table.templates.cell_columns().tolist()) - {NO_CELL}
    for at, sheet, _, _ in row_table.sheets():
        for block in sheet.rows.blocks([column for column in shown if column < sheet.rows.width]):
            rejected = rejections_of_block(row_table, at, block)
            origin = [
                np.full(len(rejected.positions), at),
                block.row_numbers[rejected.positions].astype(np.int64),
            ]
            texts = [rejected.reasons, rejected.columns, rejected.cells, rejected.sentences]
            arrays = [*map(ints_to_arrow, origin), *map(row_texts, texts)]
            rows = rejected.positions + (row_table.starts[at] + block.start)
            yield rows, pa.RecordBatch.from_arrays(arrays, schema=REJECTION_SCHEMA)


def rejections_of_block(row_table: RowTable, at: int, block: Block) -> BlockRejections:
    """Return why rows of a block are left out; `at` is the index of its sheet."""
    start, templates = row_table.starts[at] + block.start, row_table.templates
    rejections = row_table.columns.rejections[start : start + len(block)]
    positions = np.flatnonzero(rejections != SENDABLE)
    codes = rejections[positions]
    indices = ints_to_arrow(codes)
    cells = _cells(templates.cell_columns()[codes], block, positions)
    referring = positions[templates.refer()[codes]] + start
    references = row_table.row_labels(row_table.kept_rows[referring])
    reasons = strings_to_arrow([reason.value if reason else "" for reason in templates.reasons()])
    return BlockRejections(
        positions=positions,
        reasons=pa.DictionaryArray.from_arrays(indices, reasons),
        columns=pa.DictionaryArray.from_arrays(indices, strings_to_arrow(templates.headers())),
        cells=cells,
        sentences=format_sentences(templates, codes, cells, references),
    )


def _cells(columns: Positions, block: Block, positions: Positions) -> pa.StringArray:
    """Return for some rows of a block the cell in the column that belongs to each of them."""
    rows = ints_to_arrow(positions)
    cells = strings_to_arrow([""] * len(positions))
    for at in sorted_unique(columns).tolist():
        if at != NO_CELL:
            in_column = bools_to_arrow(columns == at)
            shown = block.column(at).take(rows.filter(in_column))
            cells = pc.replace_with_mask(cells, in_column, shown)
    return cells
