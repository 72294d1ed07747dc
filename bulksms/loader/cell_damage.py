"""Finds damaged cells and removes Excel's guards, as blocks of rows pass by.

Damaged cells have lost or wrong letters or were encoded twice: only people can say whether they are
right.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    all_bytes,
    bools_from_arrow,
    bools_to_arrow,
    contains_bytes,
    first_bytes,
    matching_cells,
    strings_to_arrow,
)
from bulksms.columnar.repeated import Column, distinct, for_rows, with_values
from bulksms.count_words import count_of
from bulksms.errors import RuleError
from bulksms.finding import Finding, Level
from bulksms.loader.cell_leftovers import DOUBTFUL, clean_column
from bulksms.loader.misread_letters import misread_cells
from bulksms.loader.row_store import RowStore
from bulksms.output.formula_guard import unguard

__all__ = ["BlockFilter", "find_damage", "fix_mojibake"]

_LOST = "\ufffd"
_SHOWN = 3
_LEFTOVER_CAUSES = b"%=\\&<[?"
_TAILS = range(0x80, 0xC0)
# What the bytes of UTF-8 look like when each is read as a letter of Windows-1252.
_LETTERS = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(128, 256)}
_LETTERS |= {chr(code): code for code in _TAILS[:0x20]}
_FOLLOWING = re.escape("".join(letter for letter, code in _LETTERS.items() if code in _TAILS))
_TWICE = re.compile(
    f"[\u00c2-\u00c5][{_FOLLOWING}]|\u00e2[{_FOLLOWING}]{{2}}"
    f"|(?:[\u00ce-\u00d1\u00d7-\u00d9][{_FOLLOWING}]){{2,}}"
)
_DAMAGED = re.compile(f"{_LOST}|{_TWICE.pattern}")
# The bytes that the letters in `_TWICE` begin with.
_SECOND = b"\x82\x83\x84\x85\x8e\x8f\x90\x91\x97\x98\x99\xa2"
_THIRD = {letter.encode()[:1] for letter, code in _LETTERS.items() if code in _TAILS}
# After capitals, as in the Portuguese for sister, these may well end a word that is right.
_ENDING = frozenset("\u00bb\u201d\u2019\u2026\u2013\u2014")
_SINGLE_QUOTED = "^'.*'$"
_EXCEL_GUARD = re.compile(r'^=\s*"([^"]*)"$')
_FIRST_OF_GUARDS = b"'="
_GUARDED_INSIDE = r"[;\t|][\s\v\x1c-\x1f\x85\p{Z}]*'"
_INNER_SEPARATORS = (b";", b"\t", b"|")


class BlockFilter:
    """Cleans the cells of a block and notes its damaged cells.

    Args:
        guarded: remove the guards of CSV, `="0612"` and `'=1`, too.
        max_rows: how many rows there may be before another block comes.

    Attributes:
        damage: the damaged cells of all blocks.
        single_quoted: the numbers of the rows with a cell in single quotes.
    """

    def __init__(self, *, guarded: bool, max_rows: int | None = None) -> None:
        self._rows, self._max_rows = 0, max_rows
        self.damage = DamagedCells()
        self.single_quoted: set[int] = set()
        self._guarded = guarded

    def __call__(self, texts: pa.RecordBatch, row_numbers: NDArray[np.int32]) -> pa.RecordBatch:
        """Return the cells as they are kept.

        Raises:
            RuleError: the blocks before had more rows than there may be.
        """
        if self._max_rows is not None and self._rows > self._max_rows:
            raise RuleError(
                f"The list has over {self._rows:,} rows, more than the {self._max_rows:,} of "
                "max_rows: check that it is the right list. Nothing was sent.",
                code="too_many_rows",
                limit=self._max_rows,
            )
        self._rows += len(texts)
        suspects = []
        for at, column in enumerate(texts.columns):
            cells = distinct(column)
            letters = all_bytes(cells)
            clean = self._without_guards(column, letters, row_numbers) if self._guarded else cells
            clean = clean_column(clean, letters)
            if clean is not cells:
                texts = texts.set_column(at, texts.schema.field(at), with_values(column, clean))
                letters = all_bytes(clean)
            cleaned = texts.column(at)
            if _may_be_damaged(letters):
                suspects.append(cleaned)
            self.damage.search_leftovers(cleaned, letters, row_numbers)
            self.damage.search_lost_letters(cleaned, letters, row_numbers)
        self.damage.search(suspects, row_numbers)
        return texts

    def _without_guards(
        self, column: Column, letters: bytes, row_numbers: NDArray[np.int32]
    ) -> pa.StringArray:
        cells = distinct(column)
        if b"'" not in letters and b"=" not in letters:
            return cells
        marks = np.isin(first_bytes(cells), tuple(_FIRST_OF_GUARDS))
        if b"'" in letters and any(separator in letters for separator in _INNER_SEPARATORS):
            marks |= matching_cells(cells, _GUARDED_INSIDE, b"'")
        if marks.any():
            mask = bools_to_arrow(marks)
            bare = [_without_guard(cell) for cell in cells.filter(mask).to_pylist()]
            clean = strings_to_arrow(bare)
            cells = pc.replace_with_mask(cells, mask, clean)
            marks[marks] = bools_from_arrow(pc.match_substring_regex(clean, _SINGLE_QUOTED))
            self.single_quoted.update(row_numbers[for_rows(marks, column)].tolist())
        return cells


@dataclass(slots=True)
class _Cells:
    """How many cells there are, and the first of them."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < _SHOWN:
            self.examples.append(example)


class DamagedCells:
    """The cells with lost letters, with text encoded twice, or with codes of other programs."""

    def __init__(self) -> None:
        self.lost, self.double_encoded, self.leftovers = _Cells(), _Cells(), _Cells()

    def search(self, columns: Iterable[Column], row_numbers: NDArray[np.int32]) -> None:
        """Note the damaged cells of some rows, in the columns that `_may_be_damaged`."""
        damaged: list[tuple[int, str]] = []
        for column in columns:
            damage = pc.match_substring_regex(distinct(column), _DAMAGED.pattern)
            damaged += _marked(column, bools_from_arrow(damage), row_numbers)
        for row, cell in sorted(damaged, key=lambda pair: pair[0]):
            self.note(row, cell)

    def search_leftovers(
        self, column: Column, letters: bytes, row_numbers: NDArray[np.int32]
    ) -> None:
        """Note the cells with codes that may or may not be meant; links have such codes, too."""
        causes = bytes(cause for cause in _LEFTOVER_CAUSES if cause in letters)
        if not causes:
            return
        cells = distinct(column)
        marks = matching_cells(cells, DOUBTFUL, causes)
        if marks.any():
            marks &= ~matching_cells(cells, "://", b":")
        for row, cell in _marked(column, marks, row_numbers):
            self.leftovers.add(f'"{cell}" in row {row}')

    def search_lost_letters(
        self, column: Column, letters: bytes, row_numbers: NDArray[np.int32]
    ) -> None:
        """Note the cells with letters that were lost or misread."""
        marks = misread_cells(distinct(column), letters)
        for row, cell in _marked(column, marks, row_numbers):
            if fix_mojibake(cell) == cell:
                self.lost.add(f'"{cell}" in row {row}')

    def note(self, row: int, cell: str) -> None:
        """Note a cell if it is damaged."""
        if _LOST in cell:
            self.lost.add(f'"{cell}" in row {row}')
        if (fixed := fix_mojibake(cell)) != cell:
            self.double_encoded.add(f'"{cell}" for "{fixed}" in row {row}')


def find_damage(header: Sequence[str], rows: RowStore, damage: DamagedCells) -> Iterator[Finding]:
    """Yield a finding for each kind of damage."""
    above = DamagedCells()
    for name in header:
        above.note(int(rows.row_numbers[0]) - 1 if len(rows) else 1, name)
    yield from _findings(
        "replacement_characters",
        ("cell has lost or wrong letters", "cells have lost or wrong letters"),
        above.lost,
        damage.lost,
    )
    yield from _findings(
        "double_encoded",
        ("cell looks encoded twice", "cells look encoded twice"),
        above.double_encoded,
        damage.double_encoded,
    )
    yield from _findings(
        "leftover_codes",
        ("cell has codes of another program", "cells have codes of another program"),
        damage.leftovers,
    )


def _may_be_damaged(letters: bytes) -> bool:
    """Look for the bytes of damage among those of a column; most columns have none."""
    if letters.isascii():
        return False
    lost = b"\xef" in letters and _LOST.encode() in letters
    return lost or (
        any(third in letters for third in _THIRD)
        and contains_bytes(letters, b"\xc3", _SECOND, b"".join(_THIRD))
    )


def fix_mojibake(cell: str) -> str:
    """Decode what was encoded twice."""

    def fixed(match: re.Match[str]) -> str:
        before, after = cell[: match.start()][-1:], cell[match.end() :][:1]
        if before.isupper() and match.group()[1] in _ENDING and not after.isalpha():
            return match.group()
        return _decoded(match.group())

    return _TWICE.sub(fixed, cell)


def _marked(
    column: Column, marks: NDArray[np.bool_], row_numbers: NDArray[np.int32]
) -> Iterator[tuple[int, str]]:
    """Return the rows with one of the marked texts, and their cells."""
    if not marks.any():
        return iter(())
    rows = for_rows(marks, column)
    texts = column.filter(bools_to_arrow(rows)).to_pylist()
    return zip(row_numbers[rows].tolist(), texts, strict=True)


def _without_guard(cell: str) -> str:
    """Remove a guard of this program or of Excel."""
    return unguard(cell) if cell.startswith("'") else _EXCEL_GUARD.sub(r"\1", unguard(cell))


def _findings(code: str, problem: tuple[str, str], *groups: _Cells) -> Iterator[Finding]:
    count = sum(cells.count for cells in groups)
    if count:
        examples = [example for cells in groups for example in cells.examples]
        message = (
            f"{count_of(count, *problem)}, such as {', '.join(examples[:_SHOWN])}: export it again."
        )
        yield Finding(code=code, message=message, count=count, level=Level.ERROR, ask=True)


def _decoded(run: str) -> str:
    try:
        return bytes(_LETTERS[letter] for letter in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
