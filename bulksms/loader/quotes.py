"""Proves that quotes and lines of a UTF-8 text mean the same to every reader of CSV.

It looks at bytes, some at a time, and must not know what a column is.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["has_plain_lines"]

Codes = NDArray[np.uint8]
BLOCK = 4 << 20
LF, CR, QUOTE = 0x0A, 0x0D, 0x22


def has_plain_lines(codes: Codes, separator: int) -> bool:
    """Say whether each quote opens or closes a whole cell, or is doubled, and no line is blank.

    Args:
        codes: records without a lone CR, and without a line end after the last.
        separator: the code of the sign between two cells.
    """
    if _is_end(codes[:1]).any():
        return False
    before = 0
    for start in range(0, len(codes), BLOCK):
        quotes = _places(codes, start, QUOTE)
        if not _are_plain(codes, quotes, before, separator):
            return False
        ends = _places(codes, start, LF)
        blank = ends[_is_end(codes[np.minimum(ends + 1, len(codes) - 1)])]
        # A blank line inside quotes is part of a cell.
        if ((np.searchsorted(quotes, blank) + before) % 2 == 0).any():
            return False
        before += len(quotes)
    return before % 2 == 0


def _are_plain(codes: Codes, quotes: NDArray[np.int64], before: int, separator: int) -> bool:
    """Look at the neighbours of quotes that have so many `before` them."""
    first = before % 2
    opening, closing = quotes[first::2], quotes[1 - first :: 2]
    ahead = codes[np.maximum(opening - 1, 0)]
    behind = codes[np.minimum(closing + 1, len(codes) - 1)]
    starts = (ahead == separator) | (ahead == LF) | (ahead == QUOTE) | (opening == 0)
    ends = (behind == separator) | _is_end(behind) | (behind == QUOTE)
    ends |= closing == len(codes) - 1
    return bool(starts.all() and ends.all())


def _places(codes: Codes, start: int, code: int) -> NDArray[np.int64]:
    return np.flatnonzero(codes[start : start + BLOCK] == code).astype(np.int64) + start


def _is_end(codes: Codes) -> NDArray[np.bool_]:
    ends: NDArray[np.bool_] = (codes == LF) | (codes == CR)
    return ends
