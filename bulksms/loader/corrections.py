"""Corrected cells: values that are read in place of those in a list, which stays as it is.

They are kept in a CSV beside the list. Each names the list by the digest of its bytes: a row number
means another person in the next export, so corrections of another list are refused.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bulksms.count_words import count_of
from bulksms.errors import LoadError
from bulksms.finding import Finding
from bulksms.loader.interface import ReplacedCells, Sheet
from bulksms.loader.row_store import RowStore, RowStoreWriter
from bulksms.text_files import read_text_file

__all__ = ["COLUMNS", "Correction", "correct_sheets", "read_corrections"]

COLUMNS = ("list", "sheet", "row", "column", "value")
SHOWN = 5  # corrections that the finding names


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The value of one cell.

    Attributes:
        list: the SHA-256 of the file's bytes, in hexadecimal.
        sheet: the name of the sheet, `""` in a text file.
        row: its number as people see it.
        column: the position of the column, from 1.
    """

    list: str
    sheet: str
    row: int
    column: int
    value: str


def read_corrections(path: Path) -> tuple[Correction, ...]:
    """Read a file of corrections; of several for one cell the last counts.

    Raises:
        InputError: the file cannot be read.
        LoadError: it is not a file of corrections.
    """
    text = read_text_file(path, "The file of corrections")
    lines = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise LoadError(
            f"{path} is not a file of corrections: its columns must be {', '.join(COLUMNS)}.",
            code="corrections_unreadable",
        )
    corrections: dict[tuple[str, str, int, int], Correction] = {}
    for line in lines:
        if None in line or None in line.values():
            raise LoadError(
                f"{path}, line {lines.line_num}: a cell is missing or too many.",
                code="corrections_unreadable",
            )
        row, column = line["row"], line["column"]
        if not all(text.isascii() and text.isdecimal() and int(text) for text in (row, column)):
            raise LoadError(
                f"{path}, line {lines.line_num}: row and column are numbers from 1.",
                code="corrections_unreadable",
            )
        key = (line["list"], line["sheet"], int(row), int(column))
        corrections[key] = Correction(
            list=key[0], sheet=key[1], row=key[2], column=key[3], value=line["value"]
        )
    return tuple(corrections.values())


def correct_sheets(sheets: Sequence[Sheet], corrections: Iterable[Correction]) -> list[Sheet]:
    """Put the corrected values into the sheets; each sheet that is corrected says so.

    Raises:
        LoadError: a correction belongs to another list, or to no cell of it.
    """
    left = list(corrections)
    if not left:
        return list(sheets)
    corrected = []
    for sheet in sheets:
        key = (sheet.source.digest, sheet.source.sheet or "")
        in_sheet = [each for each in left if (each.list, each.sheet) == key]
        left = [each for each in left if (each.list, each.sheet) != key]
        corrected.append(_correct(sheet, in_sheet) if in_sheet else sheet)
    if left:
        belong = "belongs" if len(left) == 1 else "belong"
        raise LoadError(
            f"{len(left):,} of the corrections {belong} to another list, the first to row "
            f"{left[0].row}: the list has changed since. Correct it where it comes from, or leave "
            "out the corrections.",
            code="corrections_of_another_list",
        )
    return corrected


def _correct(sheet: Sheet, corrections: Sequence[Correction]) -> Sheet:
    rows = np.array([each.row for each in corrections])
    columns = np.array([each.column - 1 for each in corrections])
    positions = np.searchsorted(sheet.rows.row_numbers, rows)
    positions = np.minimum(positions, len(sheet.rows) - 1)
    wrong = (sheet.rows.row_numbers[positions] != rows) | (columns >= sheet.rows.width)
    if wrong.any():
        missing = corrections[int(np.flatnonzero(wrong)[0])]
        raise LoadError(
            f"{sheet.source.shown} has no cell in row {missing.row}, column {missing.column}, "
            "which a correction names: correct the list where it comes from.",
            code="correction_without_cell",
            row=missing.row,
            column=missing.column,
        )
    cells = np.column_stack((positions, columns)).astype(np.int64)
    corrected = ReplacedCells(cells=cells, texts=tuple(each.value for each in corrections))
    return replace(
        sheet,
        rows=_corrected_rows(sheet.rows, _chosen(corrected, np.argsort(positions))),
        unresolved=sheet.unresolved[~_among(sheet.unresolved, cells)],
        digits=_chosen(sheet.digits, np.flatnonzero(~_among(sheet.digits.cells, cells))),
        findings=(*sheet.findings, _finding(sheet, corrections)),
    )


def _corrected_rows(rows: RowStore, corrected: ReplacedCells) -> RowStore:
    """Copy the rows with some cells replaced."""
    writer = RowStoreWriter(rows.width)
    for block in rows.blocks():
        columns = range(rows.width)
        texts = [corrected.put_into(block.column(at), at, block.start) for at in columns]
        writer.add(texts, block.row_numbers)
    return writer.finish()


def _among(pairs: NDArray[np.int64], cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the pairs of a row and a column that are corrected."""
    corrected = set(map(tuple, cells.tolist()))
    return np.array([tuple(pair) in corrected for pair in pairs.tolist()], dtype=np.bool_)


def _chosen(replaced: ReplacedCells, positions: NDArray[np.int64]) -> ReplacedCells:
    texts = tuple(replaced.texts[at] for at in positions.tolist())
    return ReplacedCells(cells=replaced.cells[positions], texts=texts)


def _finding(sheet: Sheet, corrections: Sequence[Correction]) -> Finding:
    named = ", ".join(
        f"row {each.row} {sheet.header[each.column - 1]!r}" for each in corrections[:SHOWN]
    )
    more = ", …" if len(corrections) > SHOWN else ""
    return Finding(
        code="corrected_cells",
        message=f"{count_of(len(corrections), 'cell is', 'cells are')} read as corrected "
        f"({named}{more}); the list itself is unchanged.",
        count=len(corrections),
    )
