"""Builds columns of text from numbered records, and says what people must know of them."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.finding import Finding, Level
from bulksms.loader.cell_damage import BlockFilter, DamagedCells
from bulksms.loader.header import (
    GAP,
    Header,
    find_header,
    heads_contact_column,
    looks_like_data,
    skip_blank_records,
)
from bulksms.loader.interface import Record
from bulksms.loader.row_store import RowStore, RowStoreWriter

__all__ = ["Table", "assemble_table", "build_table"]

RECORDS_AT_ONCE = 20_000
RAGGED_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a sheet below their header.

    Attributes:
        ragged: the row numbers that have more filled cells than the header has columns.
        damage: the cells with lost or doubly encoded characters.
    """

    header: tuple[str, ...]
    rows: RowStore
    ragged: NDArray[np.int64]
    findings: tuple[Finding, ...]
    damage: DamagedCells


def build_table(
    records: Iterable[Record],
    *,
    no_header: bool,
    width: int | None = None,
    keep: Container[int] = (),
    guarded: bool = False,
) -> Table:
    """Find the header and put the records below it into columns.

    Args:
        records: numbered as people see them, blank ones included or not.
        no_header: the first record is a contact.
        width: the number of columns when it is known; else the header decides.
        keep: numbers of rows that look blank but hold an error.
        guarded: remove Excel's guards from the cells.
    """
    gap_rows: list[int] = []
    stream = skip_blank_records(records, gap_rows, keep)
    header = find_header(stream, gap_rows, no_header=no_header, width=width)
    block_filter = BlockFilter(guarded=guarded)
    rows, ragged = _columns(chain(header.body, stream), len(header.names), block_filter)
    return assemble_table(header, rows, ragged, block_filter.damage)


def assemble_table(
    header: Header, rows: RowStore, ragged: NDArray[np.int64], damage: DamagedCells
) -> Table:
    """Put the rows below their header, with the findings about both."""
    findings = (
        *_header_findings(header),
        *_gap_findings(header.gap_rows),
        *_ragged_findings(ragged, len(rows)),
    )
    return Table(header=header.names, rows=rows, ragged=ragged, findings=findings, damage=damage)


def _columns(
    body: Iterator[Record], width: int, block_filter: BlockFilter
) -> tuple[RowStore, NDArray[np.int64]]:
    ragged: list[int] = []
    writer = RowStoreWriter(width, block_filter)
    while block := list(islice(body, RECORDS_AT_ONCE)):
        for number, cells in [record for record in block if len(record[1]) != width]:
            if any(map(str.strip, cells[width:])):
                ragged.append(number)
            cells[width:] = [""] * (width - len(cells))
        columns = zip(*(cells for _, cells in block), strict=True)
        numbers = np.array([number for number, _ in block])
        writer.add([strings_to_arrow(column) for column in columns], numbers)
    return writer.finish(), np.array(ragged, dtype=np.int64)


def _header_findings(header: Header) -> Iterator[Finding]:
    if header.index > 0:
        message = (
            f"{header.index} lines above the header in row {header.row_number} were skipped"
            " as titles."
        )
        yield Finding(code="title_lines", message=message, count=header.index)
    if header.index >= 0 and header.records and looks_like_data(header.records[header.index][1]):
        is_contact = heads_contact_column(header)
        yield Finding(
            code="header_looks_like_data",
            message=(
                f"The header in row {header.row_number} looks like a contact:"
                " add --no-header if the file has no header."
            ),
            level=Level.ERROR if is_contact else Level.NOTE,
            ask=is_contact,
        )


def _ragged_findings(ragged: NDArray[np.int64], rows: int) -> Iterator[Finding]:
    """Ask when many rows are ragged; each is left out, but its neighbours may be shifted too."""
    if len(ragged) > max(rows * RAGGED_SHARE, 1):
        message = (
            f"{len(ragged)} of {rows} rows have more cells than the header has columns, the first"
            f" is row {ragged[0]}: check the separators and quotes."
        )
        yield Finding(
            code="ragged_rows", message=message, count=len(ragged), level=Level.ERROR, ask=True
        )


def _gap_findings(gap_rows: list[int]) -> Iterator[Finding]:
    if gap_rows:
        message = (
            f"More than {GAP} blank rows are above row {gap_rows[0]}: check that the rows below"
            " them belong to the list."
        )
        yield Finding(code="gap", message=message, count=len(gap_rows), level=Level.ERROR, ask=True)
