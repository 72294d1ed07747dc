"""Makes the sheets that the child process reads, with the findings about them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar
from bulksms.errors import EmptySheet
from bulksms.finding import Finding, Level
from bulksms.loader.archive import damaged_workbook
from bulksms.loader.detection import FileFormat
from bulksms.loader.display_locale import DEFAULT_LOCALE
from bulksms.loader.interface import ReadOptions, ReplacedCells, Sheet, Source
from bulksms.loader.row_store import RowStore
from bulksms.loader.sheet_table import Table
from bulksms.loader.workbook.column_builder import ColumnBuilder
from bulksms.loader.workbook.parent import read_isolated
from bulksms.loader.workbook.protocol import RESTART, RowBatch
from bulksms.progress_steps import Reached

__all__ = ["make_sheets", "read_workbook"]

SHOWN = 3
# Where Excel cuts a list off; some programs leave a row for the header.
_LAST_ROWS, _LAST_ROWS_OF_XLS = (65_536, 1_048_575, 1_048_576), (65_535, 65_536)


def read_workbook(
    data: bytes, source: Source, options: ReadOptions, reached: Reached
) -> tuple[Sheet, ...]:
    """Read the named sheet, or every visible sheet that has rows."""
    lines = read_isolated(data, source.path, FileFormat(source.format), options)
    return make_sheets(_counted(lines, reached), source, options)


def _counted(lines: Iterator[Any], reached: Reached) -> Iterator[Any]:
    """Report how many rows have come."""
    rows = 0
    for line in lines:
        if isinstance(line, RowBatch):
            rows += line.rows
            reached(rows)
        yield line


def make_sheets(lines: Iterator[Any], source: Source, options: ReadOptions) -> tuple[Sheet, ...]:
    """Make the sheets of a workbook of the lines of the child.

    Raises:
        EmptySheet: no sheet has rows.
    """
    sheets: list[Sheet] = []
    hidden: list[str] = []
    for line in lines:
        if "hidden_sheets" in line:
            hidden = line["hidden_sheets"]
        else:
            sheets.append(_make_sheet(lines, replace(source, sheet=line["sheet"]), options))
    full = [sheet for sheet in sheets if len(sheet.rows)]
    if not full:
        raise EmptySheet(
            f"{source.path} has no contacts below the header.{_hint(sheets, hidden)}",
            code="list_empty",
        )
    if hidden:
        findings = (*full[0].findings, _hidden_sheets(hidden))
        full[0] = replace(full[0], findings=findings, hidden_sheets=tuple(hidden))
    return tuple(full)


def _make_sheet(lines: Iterator[Any], source: Source, options: ReadOptions) -> Sheet:
    """Take the batches of a sheet up to its last line; it may restart before."""
    builder = _new_builder(options)
    for line in lines:
        if line == RESTART:
            builder = _new_builder(options)
        elif isinstance(line, RowBatch):
            try:
                builder.take(line)
            except ValueError as error:
                raise damaged_workbook(source.path) from error
        else:
            return _finish(builder, line, source, options)
    raise damaged_workbook(source.path)


def _new_builder(options: ReadOptions) -> ColumnBuilder:
    return ColumnBuilder(
        header_row=options.chosen_header,
        include_hidden=options.include_hidden,
        max_rows=options.max_rows,
    )


def _finish(
    builder: ColumnBuilder, end: dict[str, Any], source: Source, options: ReadOptions
) -> Sheet:
    table = builder.finish(end["width"])
    hidden = frozenset(
        at
        for at in ([] if options.include_hidden else end["hidden_columns"])
        if at < end["width"] and _is_filled(table, at)
    )
    title = source.sheet or ""
    height = 0 if builder.stray_row else end["height"]
    return Sheet(
        source=source,
        header=table.header,
        rows=table.rows,
        unresolved=_locate(table.rows, builder.unresolved),
        digits=_digits(table.rows, builder.digits),
        hidden_rows=builder.hidden_rows,
        hidden_columns=hidden,
        findings=(
            *table.findings,
            *_hidden_columns(title, len(hidden)),
            *_cut_off(title, height, source.format),
            *_stray_cells(title, end["stray"]),
            *_unreadable_formats(table.header, end["unreadable_formats"]),
            *_locale_dates(table.header, end["locale_dates"], options.locale),
        ),
    )


def _is_filled(table: Table, position: int) -> bool:
    if table.header[position]:
        return True
    cells = table.rows.column(position)
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), arrow_scalar(""))).as_py())


def _locate(rows: RowStore, cells: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the positions of cells in the rows, in order; cells of other rows are left out."""
    positions = _find(rows, cells)
    return positions[positions[:, 0] >= 0]


def _find(rows: RowStore, cells: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the position of each cell in the rows, with -1 for rows that are not there."""
    wanted = np.array(cells, dtype=np.int64).reshape(-1, 2)
    numbers, columns = wanted[:, 0], wanted[:, 1]
    positions = np.searchsorted(rows.row_numbers, numbers)
    inside = (positions < len(rows)) & (columns < rows.width)
    inside[inside] = rows.row_numbers[positions[inside]] == numbers[inside]
    return np.column_stack([np.where(inside, positions, -1), columns])


def _digits(rows: RowStore, cells: Sequence[tuple[int, int, str]]) -> ReplacedCells:
    positions = _find(rows, [cell[:2] for cell in cells])
    inside = positions[:, 0] >= 0
    texts = [cell[2] for cell, kept in zip(cells, inside.tolist(), strict=True) if kept]
    return ReplacedCells(cells=positions[inside], texts=tuple(texts))


def _hidden_sheets(titles: Sequence[str]) -> Finding:
    listed = ", ".join(f'"{title}"' for title in titles)
    message = f"Hidden sheets were left out: {listed}; add --include-hidden to read them."
    return Finding(code="hidden_sheets", message=message, count=len(titles))


def _hidden_columns(title: str, count: int) -> Iterator[Finding]:
    if count:
        message = (
            f'{count:,} hidden columns of sheet "{title}" were left out, except those about'
            " consent; add --include-hidden to read them."
        )
        yield Finding(code="hidden_columns", message=message, count=count)


def _cut_off(title: str, height: int, file_format: str) -> Iterator[Finding]:
    """Ask when a list ends where a sheet does."""
    if height in (_LAST_ROWS_OF_XLS if file_format == FileFormat.XLS else _LAST_ROWS):
        message = (
            f'Sheet "{title}" ends in row {height}, where Excel cuts a list off:'
            " the rest may be missing."
        )
        yield Finding(code="cut_by_excel", message=message, level=Level.ERROR, ask=True)


def _stray_cells(title: str, cells: Sequence[Sequence[int]]) -> Iterator[Finding]:
    """Report that a cell far from the list was left out; ask when it may have been a column."""
    if not cells:
        return
    row, column = cells[0]
    where = f'far to the right of the list in sheet "{title}"'
    if len(cells) == 1:
        message = f"A cell {where}, in row {row}, column {column + 1}, was left out."
        yield Finding(code="stray_cell", message=message)
        return
    message = (
        f"{len(cells):,} cells {where} are left out, the first in row {row}, column {column + 1}:"
        " delete the empty columns before them, or the cells."
    )
    yield Finding(
        code="far_columns", message=message, level=Level.ERROR, count=len(cells), ask=True
    )


def _unreadable_formats(
    header: Sequence[str], formats: Sequence[Sequence[Any]]
) -> Iterator[Finding]:
    """Warn of number formats that cannot be rendered, each with its column."""
    for position, code in formats:
        message = (
            f"Column {_name(header, position)} has a number format that cannot be shown ({code}):"
            " its values are shown without it."
        )
        yield Finding(code="number_format", message=message, level=Level.WARNING)


def _locale_dates(
    header: Sequence[str], dates: Sequence[Sequence[Any]], locale: str | None
) -> Iterator[Finding]:
    """Describe how dates are shown that the file leaves to its reader."""
    if dates:
        listed = ", ".join(f"{shown} in column {_name(header, at)}" for at, shown in dates[:SHOWN])
        message = (
            f"The file leaves the order of day and month to its reader: {listed}, as in"
            f" {locale or DEFAULT_LOCALE.tag}; --locale sets another."
        )
        yield Finding(code="locale_dates", message=message, count=len(dates))


def _name(header: Sequence[str], position: int) -> str:
    name = header[position] if position < len(header) else ""
    return f'"{name}"' if name else str(position + 1)


def _hint(sheets: Sequence[Sheet], hidden: Sequence[str]) -> str:
    if hidden or any(sheet.hidden_rows for sheet in sheets):
        return " What is hidden was left out; add --include-hidden to read it."
    return ""
