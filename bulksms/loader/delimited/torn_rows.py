"""Finds the rows beside a line that is a piece of a cell.

A line break inside the first or the last cell of a row leaves a line of one piece and a row as wide
as the others, which begins or ends in the middle of a word.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, ints_to_arrow
from bulksms.loader.delimited.cell_looks import DOMINANT, PHONE, looks_of, trimmed
from bulksms.loader.row_store import RowStore

__all__ = ["torn_rows"]

_MOST = 1_000  # pieces; a file with more of them is asked about anyway
_STARTS = {"a digit": r"^\W*\d", "a capital": r"^\W*\p{Lu}", "a small letter": r"^\W*\p{Ll}"}
_PHONE_BEGINS = re.compile(r"\W*\d{3}")

Booleans = NDArray[np.bool_]


def torn_rows(rows: RowStore, cells: NDArray[np.uint16]) -> Booleans:
    """Mark the rows before an end of a cell and those after a beginning.

    Args:
        rows: of the whole file.
        cells: how many cells each row has.
    """
    marks = np.zeros(len(cells), dtype=np.bool_)
    pieces = np.flatnonzero(cells == 1)
    if not 0 < len(pieces) <= min(_MOST, len(cells) // 2):
        return marks
    firsts = trimmed(next(rows.blocks([0])).column(0))
    usual = _usual_start(firsts)
    if usual is None:
        return marks
    is_phone = np.count_nonzero(looks_of(firsts) == PHONE) >= DOMINANT * len(firsts)
    texts = trimmed(rows.column(0)).take(ints_to_arrow(pieces)).to_pylist()
    last_values = set(next(rows.blocks([rows.width - 1])).column(rows.width - 1).to_pylist())
    for piece, text in zip(pieces.tolist(), texts, strict=True):
        is_end = not _begins(text, usual) or (is_phone and not _PHONE_BEGINS.match(text))
        is_footer = piece == len(cells) - 1 and " " in text  # "24 contacts"
        if piece:
            torn = rows.cell(piece - 1, rows.width - 1).strip()
            completes = bool(torn) and torn + text in last_values
            marks[piece - 1] |= completes or (is_end and not is_footer)
    after = pieces[pieces + 1 < len(cells)] + 1
    following = trimmed(rows.column(0)).take(ints_to_arrow(after)).to_pylist()
    is_small = [_begins(text, "a small letter") and usual != "a small letter" for text in following]
    marks[after[np.array(is_small, dtype=np.bool_)]] = True
    return marks


def _usual_start(texts: pa.StringArray) -> str | None:
    """Return how nearly all first cells begin."""
    for start, pattern in _STARTS.items():
        begun = bools_from_arrow(pc.match_substring_regex(texts, pattern))
        if np.count_nonzero(begun) >= DOMINANT * len(texts):
            return start
    return None


def _begins(text: str, start: str) -> bool:
    letter = next((letter for letter in text if letter.isalnum()), "")
    if start == "a digit":
        return letter.isdigit()
    return letter.isupper() if start == "a capital" else letter.islower()
