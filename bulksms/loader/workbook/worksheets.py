"""Lays the rows that the child process reads into the columns of worksheets.

It must not know how a workbook is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar
from bulksms.errors import EmptySheet
from bulksms.finding import Finding, Level
from bulksms.loader.archive import damaged
from bulksms.loader.detection import Kind
from bulksms.loader.interface import ReadOptions, Record
from bulksms.loader.row_store import RowStore
from bulksms.loader.sheet_table import Table, build_table
from bulksms.loader.workbook.column_builder import Laying
from bulksms.loader.workbook.parent import read_isolated
from bulksms.loader.workbook.protocol import ANEW, Packed

_CUT = {kind: frozenset({1_048_575, 1_048_576, 65_536}) for kind in Kind} | {
    Kind.XLS: frozenset({65_535, 65_536})
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """One sheet of a workbook, read."""

    name: str
    table: Table
    damaged: NDArray[np.int64]
    hidden_rows: int
    hidden_columns: frozenset[int]
    findings: tuple[Finding, ...]


def read_workbook(
    data: bytes, name: str, kind: Kind, options: ReadOptions
) -> tuple[Worksheet, ...]:
    """Read the named sheet, or every visible sheet that has rows."""
    return lay_out(read_isolated(data, name, kind, options), name, kind, options)


def lay_out(
    lines: Iterator[Any], name: str, kind: Kind, options: ReadOptions
) -> tuple[Worksheet, ...]:
    """Make worksheets of what `child` says."""
    found: list[Worksheet] = []
    hidden: list[str] = []
    for told in lines:
        if told == ANEW:
            found = []
        elif "hidden_sheets" in told:
            hidden = told["hidden_sheets"]
        elif "streamed" not in told:
            found.append(_worksheet(told, lines, kind, options))
        else:
            found = _with_streamed(found, told, lines, name, kind, options)
    full = [sheet for sheet in found if len(sheet.table.rows)]
    if not full:
        raise EmptySheet(f"{name} has no contacts below the header.{_hint(found, hidden)}")
    if not hidden:
        return tuple(full)
    known = ", ".join(f'"{title}"' for title in hidden)
    message = f"Hidden sheets were left out: {known}; --include-hidden takes them."
    note = Finding(code="hidden_sheets", message=message, count=len(hidden))
    return (replace(full[0], findings=(*full[0].findings, note)), *full[1:])


def _with_streamed(
    found: list[Worksheet],
    told: dict[str, Any],
    lines: Iterator[Any],
    name: str,
    kind: Kind,
    options: ReadOptions,
) -> list[Worksheet]:
    """Lay out a sheet that comes in columns; none is left when the child begins anew."""
    laying = Laying(no_header=options.no_header, include_hidden=options.include_hidden)
    for block in lines:
        if block == ANEW:
            return []
        if not isinstance(block, Packed):
            whole = {**told, **block, "broken": laying.broken}
            table = laying.done(whole["width"])
            return [*found, _finished(whole, table, laying.hidden_rows, kind, options)]
        try:
            laying.take(block)
        except ValueError as error:
            raise damaged(name) from error
    raise damaged(name)


def _worksheet(
    told: dict[str, Any], lines: Iterator[Any], kind: Kind, options: ReadOptions
) -> Worksheet:
    tail: dict[str, int] = {}
    table = build_table(
        _records(lines, tail),
        no_header=options.no_header,
        width=told["width"],
        keep={row for row, _ in told["broken"]},
    )
    return _finished(told, table, tail["hidden_rows"], kind, options)


def _finished(
    told: dict[str, Any], table: Table, hidden_rows: int, kind: Kind, options: ReadOptions
) -> Worksheet:
    unseen = () if options.include_hidden else told["hidden_columns"]
    hidden = frozenset(at for at in unseen if at < told["width"] and _is_filled(table, at))
    return Worksheet(
        name=told["sheet"],
        table=table,
        damaged=_damaged(table.rows, told["broken"]),
        hidden_rows=hidden_rows,
        hidden_columns=hidden,
        findings=(*table.findings, *_notes(told, len(hidden), kind)),
    )


def _records(lines: Iterator[Any], tail: dict[str, int]) -> Iterator[Record]:
    """Give the rows of one sheet; the line after them goes to `tail`."""
    for block in lines:
        if isinstance(block, dict):
            tail |= block
            return
        yield from block


def _is_filled(table: Table, position: int) -> bool:
    if table.header[position]:
        return True
    cells = table.rows.column(position)
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(cells), arrow_scalar(""))).as_py())


def _damaged(rows: RowStore, broken: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Give the places of broken cells in the rows; the numbers of these are in order."""
    cells = np.array(broken, dtype=np.int64).reshape(-1, 2)
    numbers, columns = cells[:, 0], cells[:, 1]
    places = np.searchsorted(rows.row_numbers, numbers)
    inside = (places < len(rows)) & (columns < rows.width)
    inside[inside] = rows.row_numbers[places[inside]] == numbers[inside]
    return np.column_stack([places, columns])[inside]


def _notes(told: dict[str, Any], hidden: int, kind: Kind) -> Iterator[Finding]:
    if hidden:
        message = (
            f'{hidden} hidden columns of sheet "{told["sheet"]}" are left out, save those that say'
            " who is not to be texted; --include-hidden takes them."
        )
        yield Finding(code="hidden_columns", message=message, count=hidden)
    if told["height"] in _CUT[kind]:
        message = (
            f'Sheet "{told["sheet"]}" ends in row {told["height"]}, where Excel cuts a list off:'
            " the rest may be missing."
        )
        yield Finding(code="cut_by_excel", message=message, level=Level.ERROR, ask=True)


def _hint(found: list[Worksheet], hidden: list[str]) -> str:
    unseen = bool(hidden) or any(sheet.hidden_rows for sheet in found)
    return " What is hidden was left out; --include-hidden takes it." if unseen else ""
