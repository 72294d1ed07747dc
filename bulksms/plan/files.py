"""The files a plan leaves behind: the contacts that would be sent, and the rows left out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_to_arrow, ints_to_arrow, strings_to_arrow
from bulksms.contacts import FIELDS, SUPPRESSING, rejections_of_block
from bulksms.contacts.cells.characters import format_e164
from bulksms.loader import Block
from bulksms.output.csv_columns import write_blocks, write_columns
from bulksms.plan.make_plan import Plan

__all__ = ["make_source_rows", "write_contacts", "write_rejects"]

OURS = ("bulksms_row", "bulksms_code", "bulksms_reason")


def write_contacts(path: Path, plan: Plan) -> None:
    """Write the contacts that would be sent, one line each."""
    table = plan.contacts.copy()
    for name in FIELDS:
        if name not in table:
            table[name] = ""
    columns = ["row", "phone_number", *FIELDS, "source_column"]
    write_columns(path, columns, table[columns])


def write_rejects(path: Path, plan: Plan) -> None:
    """Write the rows left out with their original columns, to be corrected and loaded again."""
    header, places = _joint_header(plan)

    def columns(one: tuple[int, Block]) -> list[pa.Array]:
        at, block = one
        inside, reasons, _, sentences = _left_out(plan, at, block)
        rows = block.take(inside)
        numbers = ints_to_arrow(rows.row_numbers).cast(pa.string())
        return [*_cells(rows, places[at], len(header)), numbers, reasons, sentences]

    write_blocks(path, [*header, *OURS], _blocks(plan), columns)


def make_source_rows(plan: Plan) -> tuple[list[str], Iterator[pa.Table]]:
    """Give every row of the source with what became of it before the first post, in blocks."""
    from bulksms.results.contact_results import SOURCE_ROW_COLUMNS

    header, places = _joint_header(plan)
    frames = _frames_of_rows(plan)
    names = [*map(str, range(len(header))), *SOURCE_ROW_COLUMNS]
    return header, (
        pa.table([*_cells(block, places[at], len(header)), *_fate(plan, at, block, frames)], names)
        for at, block in _blocks(plan)
    )


def _fate(plan: Plan, at: int, block: Block, frames: NDArray[np.int32]) -> list[pa.Array]:
    """Give the `ROLL_COLUMNS` of a block."""
    verdicts = plan.screened.verdicts
    sheet, mapping = verdicts.pairs[at]
    rows = slice(verdicts.starts[at] + block.start, verdicts.starts[at] + block.start + len(block))
    frame = frames[rows]
    framed = bools_to_arrow(frame > 0)
    inside, reasons, columns, sentences = _left_out(plan, at, block)
    apart = pc.is_in(reasons, value_set=strings_to_arrow([str(one) for one in SUPPRESSING]))
    chosen = strings_to_arrow([sheet.header[one] for one in mapping.phone_numbers])
    headers = chosen.take(ints_to_arrow(verdicts.judged.orders[rows]))
    classes = pc.if_else(apart, arrow_scalar("suppressed"), arrow_scalar("rejected"))
    return [
        ints_to_arrow(block.row_numbers.astype(np.int64)),
        pc.if_else(
            framed, format_e164(verdicts.judged.numbers[rows]).cast(pa.string()), arrow_scalar("")
        ),
        _laid(headers, inside, columns),
        _laid(strings_to_arrow(["rejected"] * len(block)), inside, classes),
        ints_to_arrow(frame.astype(np.int64)),
        _laid(strings_to_arrow([""] * len(block)), inside, sentences),
    ]


def _frames_of_rows(plan: Plan) -> NDArray[np.int32]:
    """Number for each row the frame it is planned in, 0 for none."""
    verdicts, contacts = plan.screened.verdicts, plan.contacts
    frames = np.repeat(np.arange(1, len(plan.frames) + 1, dtype=np.int32), plan.frames)
    answer = np.zeros(len(verdicts), dtype=np.int32)
    sources, numbers = contacts["source"].to_numpy(), contacts["row"].to_numpy()
    for at, sheet, _, where in verdicts.sheets():
        here = sources == at
        answer[where.start + np.searchsorted(sheet.rows.row_numbers, numbers[here])] = frames[here]
    return answer


def _left_out(
    plan: Plan, at: int, block: Block
) -> tuple[NDArray[np.int64], pa.StringArray, pa.StringArray, pa.StringArray]:
    """Give which rows of a block are left out, with reasons, columns and sentences."""
    told = rejections_of_block(plan.screened.verdicts, at, block)
    refused = plan.refused_by_text
    texts = (told.reasons, told.columns, told.sentences)
    if refused is None:
        return told.inside, *texts
    first, last = block.row_numbers[[0, -1]].tolist()
    here = refused[(refused["source"] == at) & refused["row"].between(first, last)]
    inside = np.append(told.inside, np.searchsorted(block.row_numbers, here["row"].to_numpy()))
    order = np.argsort(inside, kind="stable")
    names = ("reason", "column", "sentence")
    others = (strings_to_arrow(here[name].tolist()) for name in names)
    reasons, columns, sentences = (
        pa.concat_arrays(pair).take(ints_to_arrow(order))
        for pair in zip(texts, others, strict=True)
    )
    return inside[order], reasons, columns, sentences


def _laid(texts: pa.StringArray, inside: NDArray[np.int64], others: pa.Array) -> pa.StringArray:
    """Put other texts in the place of those of some rows."""
    marks = np.zeros(len(texts), dtype=bool)
    marks[inside] = True
    return pc.replace_with_mask(texts, bools_to_arrow(marks), others)


def _blocks(plan: Plan) -> Iterator[tuple[int, Block]]:
    """Give every block of every sheet, with the place of the sheet."""
    for at, (sheet, _) in enumerate(plan.sheets):
        for block in sheet.rows.blocks():
            yield at, block


def _cells(rows: Block, places: Sequence[int], width: int) -> list[pa.StringArray]:
    """Give the original cells of rows, where they belong under the joint header."""
    cells = {place: rows.column(own) for own, place in enumerate(places)}
    nothing = strings_to_arrow([""] * len(rows))
    return [cells.get(place, nothing) for place in range(width)]


def _joint_header(plan: Plan) -> tuple[list[str], list[list[int]]]:
    """Join the headers of all sheets, and say where the columns of each are in it."""
    header: list[str] = []
    return header, [_places(header, sheet.header) for sheet, _ in plan.sheets]


def _places(header: list[str], names: tuple[str, ...]) -> list[int]:
    """Find each name's column in the joint header, adding the new ones; repeats stay apart."""
    places: list[int] = []
    for name in names:
        known = [at for at, other in enumerate(header) if other == name and at not in places]
        if not known:
            header.append(name)
            known = [len(header) - 1]
        places.append(known[0])
    return places
