"""Writes the files asked for with a plan: its contacts, and the rows it leaves out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow
from bulksms.columnar.repeated import Column
from bulksms.contacts import FIELDS, format_e164, rejections_of_block
from bulksms.loader import Block
from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.delimiters import delimiter_of_region, parse_delimiter
from bulksms.plan.make_plan import Plan
from bulksms.plan.options import OutputOptions
from bulksms.plan.profile_files import write_profile

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "JoinedHeader",
    "blocks_of",
    "output_delimiter",
    "write_contacts",
    "write_outputs",
    "write_rejects",
]

ADDED_COLUMNS = ("bulksms_row", "bulksms_code", "bulksms_reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedHeader:
    """One header for all sheets of a plan.

    Attributes:
        names: the columns of the first sheet, then those that only later sheets have.
        positions: for each sheet, the position of each of its columns in `names`.
    """

    names: tuple[str, ...]
    positions: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, plan: Plan) -> "JoinedHeader":
        """Join the headers of a plan's sheets; repeated names in one sheet stay apart."""
        names: list[str] = []
        positions = tuple(_positions(names, sheet.header) for sheet, _ in plan.sheets)
        return cls(names=tuple(names), positions=positions)

    def cells(self, sheet_index: int, block: Block) -> list[Column]:
        """Return the original cells of a block as columns of this header."""
        own = {at: block.values(n) for n, at in enumerate(self.positions[sheet_index])}
        empty = strings_to_arrow([""] * len(block))
        return [own.get(at, empty) for at in range(len(self.names))]


def output_delimiter(plan: Plan) -> str:
    """Return the separator of the first source, or for a workbook the one of the region."""
    source = plan.sheets[0][0].source
    if source.encoding is not None:  # a text file; one of a single column has no separator
        return source.delimiter or ","
    return delimiter_of_region(plan.request.rules.region)


def write_outputs(plan: Plan, options: OutputOptions) -> None:
    """Write the files that are asked for.

    Raises:
        UsageError: the separator is not valid.
        InputError: a file cannot be written.
    """
    requested = options.output_delimiter
    delimiter = parse_delimiter(requested) if requested else output_delimiter(plan)
    with plan.request.progress.step("writing the files"):
        if options.rejects_out:
            write_rejects(options.rejects_out, plan, delimiter)
        if options.contacts_out:
            write_contacts(options.contacts_out, plan, delimiter)
    if options.save_map:
        write_profile(options.save_map, plan)


def write_contacts(path: Path, plan: Plan, delimiter: str = ",") -> None:
    """Write the contacts that would be sent, one line each."""
    header = ["row", "phone_number", *FIELDS, "source_column"]

    def columns(block: "pd.DataFrame") -> list[pa.StringArray]:
        numbers = format_e164(block["phone_number"].to_numpy()).to_pylist()
        missing = {name: "" for name in FIELDS if name not in block}
        return arrow_texts(block.assign(phone_number=numbers, **missing)[header])

    write_blocks(path, header, plan.contact_blocks(), columns, delimiter)


def write_rejects(path: Path, plan: Plan, delimiter: str = ",") -> None:
    """Write the rows left out with their original columns, to be corrected and loaded again."""
    header = JoinedHeader.of(plan)

    def columns(indexed: tuple[int, Block]) -> list[pa.Array]:
        sheet_index, block = indexed
        left_out = rejections_of_block(plan.row_table, sheet_index, block)
        rows = block.take(left_out.positions)
        row_numbers = ints_to_arrow(rows.row_numbers).cast(pa.string())
        cells = header.cells(sheet_index, rows)
        return [*cells, row_numbers, left_out.reasons, left_out.sentences]

    write_blocks(path, [*header.names, *ADDED_COLUMNS], blocks_of(plan), columns, delimiter)


def blocks_of(plan: Plan) -> Iterator[tuple[int, Block]]:
    """Yield every block of every sheet, with the index of the sheet."""
    for sheet_index, (sheet, _) in enumerate(plan.sheets):
        for block in sheet.rows.blocks():
            yield sheet_index, block


def _positions(names: list[str], header: tuple[str, ...]) -> tuple[int, ...]:
    """Find each column in the joined names, adding those that are missing."""
    positions: list[int] = []
    for name in header:
        free = [at for at, other in enumerate(names) if other == name and at not in positions]
        if not free:
            free = [len(names)]
            names.append(name)
        positions.append(free[0])
    return tuple(positions)
