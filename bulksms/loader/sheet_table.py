"""The rows of a sheet below their header, with the findings about both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.count_words import count_of
from bulksms.finding import Finding, Level
from bulksms.loader.cell_damage import BlockFilter, find_damage
from bulksms.loader.header import (
    GAP,
    Header,
    heads_contact_column,
    looks_like_data,
)
from bulksms.loader.interface import no_rows
from bulksms.loader.row_store import RowStore

__all__ = ["Table", "assemble_table"]

RAGGED_SHARE = 0.01
MOST_FOOTERS = 3
SINGLE_QUOTED_SHARE = 0.1  # with more of them it is how the file is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a sheet below their header.

    Attributes:
        ragged: the numbers of the rows whose cells may be shifted.
        broken: the numbers of the rows with a broken quote.
    """

    header: tuple[str, ...]
    rows: RowStore
    ragged: NDArray[np.int64]
    broken: NDArray[np.int64]
    findings: tuple[Finding, ...]


def assemble_table(
    header: Header,
    rows: RowStore,
    block_filter: BlockFilter,
    gap_rows: Sequence[int],
    *,
    ragged: NDArray[np.int64] | None = None,
    broken: Sequence[int] = (),
) -> Table:
    """Put the rows below their header, with the findings about both.

    Args:
        header: with the titles above it.
        rows: below it, as `block_filter` left them.
        block_filter: knows the damaged cells and those in single quotes.
        gap_rows: the numbers of the rows below more than `GAP` blank ones.
        ragged: the numbers of the rows whose cells may be shifted.
        broken: the numbers of the rows with a broken quote.
    """
    ragged = no_rows() if ragged is None else ragged
    if len(block_filter.single_quoted) <= max(len(rows) * SINGLE_QUOTED_SHARE, 1):
        broken = sorted({*broken, *block_filter.single_quoted})
    findings = (
        *_header_findings(header),
        *_gap_findings(gap_rows),
        *_ragged_findings(ragged, rows),
        *_broken_findings(broken),
        *find_damage(header.names, rows, block_filter.damage),
    )
    return Table(
        header=header.names,
        rows=rows,
        ragged=ragged,
        broken=np.array(broken, dtype=np.int64),
        findings=findings,
    )


def _header_findings(header: Header) -> Iterator[Finding]:
    if header.index > 0:
        message = (
            f"{count_of(header.index, 'line')} above the header in row {header.row_number} "
            f"{'was' if header.index == 1 else 'were'} skipped as titles."
        )
        yield Finding(code="title_lines", message=message, count=header.index)
    if header.second:
        message = (
            f"Rows {header.row_number} and {header.row_number + 1} both look like headers; row"
            f" {header.row_number} was used. Add --header-row to choose the row."
        )
        yield Finding(code="two_header_rows", message=message, level=Level.ERROR, ask=True)
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


def _ragged_findings(ragged: NDArray[np.int64], rows: RowStore) -> Iterator[Finding]:
    """Ask when many rows are ragged; each is left out, but its neighbours may be shifted too.

    Lines below the list, such as a total, do not count.
    """
    inside = ragged[: len(ragged) - _footers(ragged, rows)]
    if len(inside) > max(len(rows) * RAGGED_SHARE, 1):
        message = (
            f"{len(inside):,} of {len(rows):,} rows have more or fewer cells than the others, the "
            f"first is row {inside[0]}: check the separators and quotes."
        )
        yield Finding(
            code="ragged_rows", message=message, count=len(inside), level=Level.ERROR, ask=True
        )


def _footers(ragged: NDArray[np.int64], rows: RowStore) -> int:
    """Count the last rows that are ragged and have no contact, such as a total."""
    count = 0
    for row, last in zip(ragged[::-1], rows.row_numbers[: -MOST_FOOTERS - 1 : -1], strict=False):
        texts = rows.row(len(rows) - 1 - count, range(rows.width)).texts
        if row != last or looks_like_data([text[0].as_py() for text in texts]):
            break
        count += 1
    return count


def _broken_findings(broken: Sequence[int]) -> Iterator[Finding]:
    if broken:
        first = f"row {broken[0]}" if len(broken) == 1 else f"the first is row {broken[0]}"
        message = (
            f"{count_of(len(broken), 'row')} with a broken quote left out ({first}): close the "
            "quote or double it."
        )
        yield Finding(code="broken_rows", message=message, count=len(broken), level=Level.WARNING)


def _gap_findings(gap_rows: Sequence[int]) -> Iterator[Finding]:
    if gap_rows:
        message = (
            f"More than {GAP} blank rows are above row {gap_rows[0]}: check that the rows below"
            " them belong to the list."
        )
        yield Finding(code="gap", message=message, count=len(gap_rows), level=Level.ERROR, ask=True)
