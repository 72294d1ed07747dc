"""The rows of the source as the ledger keeps them: their cells, and the plan's decisions."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    PhoneNumbers,
    arrow_scalar,
    bools_to_arrow,
    ints_to_arrow,
    is_in_sorted,
    strings_to_arrow,
)
from bulksms.columnar.repeated import Column, row_texts
from bulksms.contacts import SUPPRESSING, rejections_of_block
from bulksms.contacts.cells.characters import format_e164
from bulksms.loader import Block
from bulksms.plan.files import JoinedHeader, blocks_of
from bulksms.plan.frame_numbers import FrameNumbers
from bulksms.plan.make_plan import Plan
from bulksms.results.source_pack import ADDED_COLUMNS, SOURCE_ROW_COLUMNS

__all__ = ["make_source_rows"]


def make_source_rows(
    plan: Plan, erased: PhoneNumbers | None = None
) -> tuple[list[str], Iterator[pa.Table]]:
    """Return the original header, and every row with what the plan decided, in blocks.

    The rows of `erased` people, sorted, come without their cells.
    """
    header = JoinedHeader.of(plan)
    frames = FrameNumbers(plan)
    names = [*map(str, range(len(header.names))), *SOURCE_ROW_COLUMNS, *ADDED_COLUMNS]
    return list(header.names), (
        pa.table(
            [
                *_without_erased(plan, at, block, header.cells(at, block), erased),
                *_decisions(plan, at, block, frames),
            ],
            names,
        )
        for at, block in blocks_of(plan)
    )


def _without_erased(
    plan: Plan,
    sheet_index: int,
    block: Block,
    columns: list[Column],
    erased: PhoneNumbers | None,
) -> list[pa.StringArray]:
    """Return the cells, those of erased people as empty."""
    cells = [row_texts(column) for column in columns]
    if erased is None or not len(erased):
        return cells
    row_table = plan.screened.row_table
    start = row_table.starts[sheet_index] + block.start
    numbers = row_table.columns.phone_numbers[start : start + len(block)]
    mask = bools_to_arrow(is_in_sorted(numbers, erased))
    return [pc.if_else(mask, arrow_scalar(""), column) for column in cells]


def _decisions(
    plan: Plan,
    sheet_index: int,
    block: Block,
    frames: FrameNumbers,
) -> list[pa.Array]:
    """Return the `SOURCE_ROW_COLUMNS` and the `ADDED_COLUMNS` of a block."""
    row_table = plan.row_table
    sheet, mapping = row_table.mapped_sheets[sheet_index]
    start = row_table.starts[sheet_index] + block.start
    rows = slice(start, start + len(block))
    frame = frames.of_rows(rows)
    left_out = rejections_of_block(row_table, sheet_index, block)
    positions, reasons = left_out.positions, row_texts(left_out.reasons)
    suppressing = strings_to_arrow([str(reason) for reason in SUPPRESSING])
    classes = pc.if_else(
        pc.is_in(reasons, value_set=suppressing),
        arrow_scalar("suppressed"),
        arrow_scalar("rejected"),
    )
    phone_headers = strings_to_arrow([sheet.header[at] for at in mapping.phone_numbers])
    chosen_headers = phone_headers.take(ints_to_arrow(row_table.columns.phone_choices[rows]))
    phone_numbers = format_e164(row_table.columns.phone_numbers[rows]).cast(pa.string())
    is_framed = bools_to_arrow(frame > 0)
    countries = strings_to_arrow(list(row_table.countries.values)).take(
        ints_to_arrow(row_table.columns.countries[rows])
    )
    return [
        ints_to_arrow(block.row_numbers.astype(np.int64)),
        pc.if_else(is_framed, phone_numbers, arrow_scalar("")),
        _replaced(chosen_headers, positions, row_texts(left_out.columns)),
        _replaced(strings_to_arrow(["rejected"] * len(block)), positions, classes),
        ints_to_arrow(frame.astype(np.int64)),
        _replaced(strings_to_arrow([""] * len(block)), positions, left_out.sentences),
        _replaced(strings_to_arrow([""] * len(block)), positions, reasons),
        pc.if_else(is_framed, countries, arrow_scalar("")),
        ints_to_arrow(_segments(plan, rows)),
    ]


def _segments(plan: Plan, rows: slice) -> NDArray[np.int32]:
    """Return how many segments the text of each row needs, 0 where it has none."""
    if plan.personalised is None:
        return np.zeros(rows.stop - rows.start, dtype=np.int32)
    return plan.personalised.segments[rows].astype(np.int32)


def _replaced(
    texts: pa.StringArray, positions: NDArray[np.int64], others: pa.Array
) -> pa.StringArray:
    """Put other texts in some positions."""
    marks = np.zeros(len(texts), dtype=bool)
    marks[positions] = True
    return pc.replace_with_mask(texts, bools_to_arrow(marks), others)
