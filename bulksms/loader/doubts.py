"""Finds text that was spoilt before it reached us: only people can say whether it is right.

It sees cells and knows nothing of files.
"""

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.loader.interface import Level, Note
from bulksms.loader.raw import holds
from bulksms.loader.rows import Rows

_LOST = "\ufffd"
_SHOWN = 3
_TAILS = range(0x80, 0xC0)
# What the bytes of UTF-8 look like when each is read as a letter of Windows-1252.
_LETTERS = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(128, 256)}
_LETTERS |= {chr(code): code for code in _TAILS[:0x20]}
_FOLLOWING = re.escape("".join(letter for letter, code in _LETTERS.items() if code in _TAILS))
_TWICE = re.compile(f"[\u00c2-\u00c5][{_FOLLOWING}]|\u00e2[{_FOLLOWING}]{{2}}")
_SPOILT = re.compile(f"{_LOST}|{_TWICE.pattern}")
# After capitals, as in the Portuguese for sister, these may well end a word that is right.
_ENDING = frozenset("\u00bb\u201d\u2019\u2026\u2013\u2014")

Place = tuple[int, str]


def find_doubts(header: Sequence[str], rows: Rows) -> Iterator[Note]:
    """Give a note for characters that were lost, and one for text that was encoded twice."""
    places = _spoilt(header, rows)
    lost = [(row, f'"{cell}"') for row, cell in places if _LOST in cell]
    twice = [
        (row, f'"{cell}" for "{mended(cell)}"') for row, cell in places if mended(cell) != cell
    ]
    if lost:
        yield _note("replacement_characters", "have lost characters", lost)
    if twice:
        yield _note("double_encoded", "look encoded twice", twice)


def mended(cell: str) -> str:
    """The cell with what was encoded twice put right."""

    def put_right(match: re.Match[str]) -> str:
        before, after = cell[: match.start()][-1:], cell[match.end() :][:1]
        if before.isupper() and match.group()[1] in _ENDING and not after.isalpha():
            return match.group()
        return _decoded(match.group())

    return _TWICE.sub(put_right, cell)


def _spoilt(header: Sequence[str], rows: Rows) -> list[Place]:
    """The cells to look at, by row; those of the header stand above the first."""
    above = int(rows.numbers[0]) - 1 if len(rows) else 1
    found: list[Place] = [(above, name) for name in header if _SPOILT.search(name)]
    for block in rows.blocks():
        for at in range(rows.width):
            cells = block.column(at)
            if _may_be_spoilt(cells):
                spoilt = pc.match_substring_regex(cells, _SPOILT.pattern)
                numbers = block.numbers[spoilt.to_numpy(zero_copy_only=False)]
                found += zip(numbers.tolist(), cells.filter(spoilt).to_pylist(), strict=True)
    return sorted(found, key=lambda place: place[0])


def _may_be_spoilt(cells: pa.StringArray) -> bool:
    """Look for the first bytes of what `_SPOILT` finds: in most columns there are none."""
    return holds(cells, b"\xc3", b"\x82\x83\x84\x85\xa2") or holds(cells, b"\xef", b"\xbf")


def _note(code: str, what: str, places: Sequence[Place]) -> Note:
    shown = ", ".join(f"{told} in row {row}" for row, told in places[:_SHOWN])
    message = f"{len(places)} cells {what}, such as {shown}: export the file anew."
    return Note(code=code, message=message, count=len(places), level=Level.ERROR)


def _decoded(run: str) -> str:
    try:
        return bytes(_LETTERS[letter] for letter in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
