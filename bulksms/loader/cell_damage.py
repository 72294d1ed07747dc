"""Finds text that was spoilt before it reached us: only people can say whether it is right.

It sees cells and knows nothing of files.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, contains_bytes
from bulksms.finding import Finding, Level
from bulksms.loader.row_store import RowStore

_LOST = "\ufffd"
_SHOWN = 3
_TAILS = range(0x80, 0xC0)
# What the bytes of UTF-8 look like when each is read as a letter of Windows-1252.
_LETTERS = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(128, 256)}
_LETTERS |= {chr(code): code for code in _TAILS[:0x20]}
_FOLLOWING = re.escape("".join(letter for letter, code in _LETTERS.items() if code in _TAILS))
_TWICE = re.compile(f"[\u00c2-\u00c5][{_FOLLOWING}]|\u00e2[{_FOLLOWING}]{{2}}")
_SPOILT = re.compile(f"{_LOST}|{_TWICE.pattern}")
# The bytes that the letters in `_TWICE` begin with.
_SECOND = b"\x82\x83\x84\x85\xa2"
_THIRD = {letter.encode()[:1] for letter, code in _LETTERS.items() if code in _TAILS}
# After capitals, as in the Portuguese for sister, these may well end a word that is right.
_ENDING = frozenset("\u00bb\u201d\u2019\u2026\u2013\u2014")


@dataclass(slots=True)
class _Cells:
    """How many cells there are, and what is told of the first."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, told: str) -> None:
        self.count += 1
        if len(self.shown) < _SHOWN:
            self.shown.append(told)


class Spoilt:
    """The cells that look spoilt among those that passed by, row after row."""

    def __init__(self) -> None:
        self.lost, self.twice = _Cells(), _Cells()

    def look(self, columns: Iterable[pa.StringArray], numbers: NDArray[np.int32]) -> None:
        """Note the spoilt cells of some rows, in the columns that `may_be_spoilt`."""
        found: list[tuple[int, str]] = []
        for cells in columns:
            spoilt = pc.match_substring_regex(cells, _SPOILT.pattern)
            rows = numbers[bools_from_arrow(spoilt)]
            found += zip(rows.tolist(), cells.filter(spoilt).to_pylist(), strict=True)
        for row, cell in sorted(found, key=lambda place: place[0]):
            self.note(row, cell)

    def note(self, row: int, cell: str) -> None:
        """Note a cell if it is spoilt."""
        if _LOST in cell:
            self.lost.add(f'"{cell}" in row {row}')
        if (right := mended(cell)) != cell:
            self.twice.add(f'"{cell}" for "{right}" in row {row}')


def find_doubts(header: Sequence[str], rows: RowStore, spoilt: Spoilt) -> Iterator[Finding]:
    """Give a note for characters that were lost, and one for text that was encoded twice.

    Args:
        header: its names stand above the first row.
        rows: all rows.
        spoilt: what is spoilt in them.
    """
    named = Spoilt()
    for name in header:
        named.note(int(rows.row_numbers[0]) - 1 if len(rows) else 1, name)
    yield from _notes("replacement_characters", "have lost characters", named.lost, spoilt.lost)
    yield from _notes("double_encoded", "look encoded twice", named.twice, spoilt.twice)


def may_be_spoilt(letters: bytes) -> bool:
    """Look for the bytes of what is spoilt among those of a column: in most there are none."""
    if letters.isascii():
        return False
    lost = b"\xef" in letters and _LOST.encode() in letters
    return lost or (
        any(third in letters for third in _THIRD)
        and contains_bytes(letters, b"\xc3", _SECOND, b"".join(_THIRD))
    )


def mended(cell: str) -> str:
    """The cell with what was encoded twice put right."""

    def put_right(match: re.Match[str]) -> str:
        before, after = cell[: match.start()][-1:], cell[match.end() :][:1]
        if before.isupper() and match.group()[1] in _ENDING and not after.isalpha():
            return match.group()
        return _decoded(match.group())

    return _TWICE.sub(put_right, cell)


def _notes(code: str, what: str, *found: _Cells) -> Iterator[Finding]:
    count = sum(cells.count for cells in found)
    if count:
        shown = ", ".join([told for cells in found for told in cells.shown][:_SHOWN])
        message = f"{count} cells {what}, such as {shown}: export the file anew."
        yield Finding(code=code, message=message, count=count, level=Level.ERROR, ask=True)


def _decoded(run: str) -> str:
    try:
        return bytes(_LETTERS[letter] for letter in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
