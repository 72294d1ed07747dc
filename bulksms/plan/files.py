"""The files a plan leaves behind: the contacts that would be sent, and the rows left out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow
from bulksms.contacts import FIELDS, rejections_of_block
from bulksms.loader import Block
from bulksms.output.csv_columns import write_blocks, write_columns
from bulksms.plan.make_plan import Plan

__all__ = [
    "blocks_of",
    "joint_header",
    "left_out_of_block",
    "original_cells",
    "write_contacts",
    "write_rejects",
]

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
    header, places = joint_header(plan)

    def columns(one: tuple[int, Block]) -> list[pa.Array]:
        at, block = one
        inside, reasons, _, sentences = left_out_of_block(plan, at, block)
        rows = block.take(inside)
        numbers = ints_to_arrow(rows.row_numbers).cast(pa.string())
        return [*original_cells(rows, places[at], len(header)), numbers, reasons, sentences]

    write_blocks(path, [*header, *OURS], blocks_of(plan), columns)


def left_out_of_block(
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


def blocks_of(plan: Plan) -> Iterator[tuple[int, Block]]:
    """Give every block of every sheet, with the place of the sheet."""
    for at, (sheet, _) in enumerate(plan.sheets):
        for block in sheet.rows.blocks():
            yield at, block


def original_cells(rows: Block, places: Sequence[int], width: int) -> list[pa.StringArray]:
    """Give the original cells of rows, where they belong under the joint header."""
    cells = {place: rows.column(own) for own, place in enumerate(places)}
    nothing = strings_to_arrow([""] * len(rows))
    return [cells.get(place, nothing) for place in range(width)]


def joint_header(plan: Plan) -> tuple[list[str], list[list[int]]]:
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
