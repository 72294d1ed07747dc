"""The source rows that a campaign keeps, each with its fate before the first post."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_to_arrow, ints_to_arrow, strings_to_arrow
from bulksms.contacts import SUPPRESSING
from bulksms.contacts.cells.characters import format_e164
from bulksms.loader import Block
from bulksms.plan.files import blocks_of, joint_header, left_out_of_block, original_cells
from bulksms.plan.make_plan import Plan
from bulksms.results.contact_results import SOURCE_ROW_COLUMNS

__all__ = ["make_source_rows"]


def make_source_rows(plan: Plan) -> tuple[list[str], Iterator[pa.Table]]:
    """Return the joint header, and every source row with its fate, in blocks."""
    header, places = joint_header(plan)
    frames = _frames_of_rows(plan)
    names = [*map(str, range(len(header))), *SOURCE_ROW_COLUMNS]
    return header, (
        pa.table(
            [*original_cells(block, places[at], len(header)), *_fate(plan, at, block, frames)],
            names,
        )
        for at, block in blocks_of(plan)
    )


def _fate(plan: Plan, at: int, block: Block, frames: NDArray[np.int32]) -> list[pa.Array]:
    """Return the `SOURCE_ROW_COLUMNS` of a block."""
    verdicts = plan.screened.verdicts
    sheet, mapping = verdicts.pairs[at]
    rows = slice(verdicts.starts[at] + block.start, verdicts.starts[at] + block.start + len(block))
    frame = frames[rows]
    framed = bools_to_arrow(frame > 0)
    inside, reasons, columns, sentences = left_out_of_block(plan, at, block)
    apart = pc.is_in(reasons, value_set=strings_to_arrow([str(one) for one in SUPPRESSING]))
    chosen = strings_to_arrow([sheet.header[one] for one in mapping.phone_numbers])
    headers = chosen.take(ints_to_arrow(verdicts.judged.orders[rows]))
    classes = pc.if_else(apart, arrow_scalar("suppressed"), arrow_scalar("rejected"))
    return [
        ints_to_arrow(block.row_numbers.astype(np.int64)),
        pc.if_else(
            framed, format_e164(verdicts.judged.numbers[rows]).cast(pa.string()), arrow_scalar("")
        ),
        _replaced(headers, inside, columns),
        _replaced(strings_to_arrow(["rejected"] * len(block)), inside, classes),
        ints_to_arrow(frame.astype(np.int64)),
        _replaced(strings_to_arrow([""] * len(block)), inside, sentences),
    ]


def _frames_of_rows(plan: Plan) -> NDArray[np.int32]:
    """Return the frame each row is planned in, 0 for none."""
    verdicts, contacts = plan.screened.verdicts, plan.contacts
    frames = np.repeat(np.arange(1, len(plan.frames) + 1, dtype=np.int32), plan.frames)
    answer = np.zeros(len(verdicts), dtype=np.int32)
    sources, numbers = contacts["source"].to_numpy(), contacts["row"].to_numpy()
    for at, sheet, _, where in verdicts.sheets():
        here = sources == at
        answer[where.start + np.searchsorted(sheet.rows.row_numbers, numbers[here])] = frames[here]
    return answer


def _replaced(texts: pa.StringArray, inside: NDArray[np.int64], others: pa.Array) -> pa.StringArray:
    """Replace the texts of some rows."""
    marks = np.zeros(len(texts), dtype=bool)
    marks[inside] = True
    return pc.replace_with_mask(texts, bools_to_arrow(marks), others)
