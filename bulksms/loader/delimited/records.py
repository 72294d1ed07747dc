"""Proves that quotes and lines of a UTF-8 text mean the same to every reader of CSV.

It looks at bytes, some at a time, and must not know what a column is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Proof", "Unplain"]

Codes = NDArray[np.uint8]
Places = NDArray[np.intp]
LF, CR, QUOTE = b'\n\r"'


class Unplain(Exception):
    """Another reader might understand the text in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Proves that each quote opens or closes a whole cell, or is doubled.

    Nor may there be a zero byte, or a CR without its LF.

    Attributes:
        separator: the sign between two cells.
        blanks: whether there may not be a blank line outside quotes, either.
    """

    separator: str
    blanks: bool

    def end(self, records: bytes, *, last: bool) -> int:
        """Give the end of the last whole record among some that are proven to be plain.

        Args:
            records: they start with a record.
            last: none follow, so that the last one is whole; it ends without a line end.

        Raises:
            Unplain: they are not.
        """
        codes = np.frombuffer(records, dtype=np.uint8)
        quotes = np.flatnonzero(codes == QUOTE)
        end = len(records) if last else _last_end(records, quotes)
        if not end:
            return 0
        quotes = quotes[: np.searchsorted(quotes, end)]
        plain = (
            records.find(b"\0", 0, end) < 0
            and _are_whole(records, end)
            and self._are_plain(codes[:end], quotes)
            and not (self.blanks and _has_blank(codes[:end], quotes))
        )
        if not plain:
            raise Unplain
        return end

    def _are_plain(self, codes: Codes, quotes: Places) -> bool:
        """Look at the neighbours of the quotes."""
        opening, closing = quotes[::2], quotes[1::2]
        ahead = codes[np.maximum(opening - 1, 0)]
        behind = codes[np.minimum(closing + 1, len(codes) - 1)]
        separator = ord(self.separator)
        starts = (ahead == separator) | (ahead == LF) | (ahead == QUOTE) | (opening == 0)
        ends = (behind == separator) | _is_end(behind) | (behind == QUOTE)
        ends |= closing == len(codes) - 1
        return len(quotes) % 2 == 0 and bool(starts.all() and ends.all())


def _last_end(records: bytes, quotes: Places) -> int:
    """Where the last record ends whose line end stands outside quotes; 0 when none does."""
    end = len(records)
    while (place := records.rfind(b"\n", 0, end)) >= 0:
        before = np.searchsorted(quotes, place)
        if before % 2 == 0:
            break
        end = int(quotes[before - 1])
    return place + 1


def _are_whole(records: bytes, end: int) -> bool:
    """Whether an LF follows each CR."""
    return records.find(b"\r", 0, end) < 0 or (
        records.count(b"\r", 0, end) == records.count(b"\r\n", 0, end)
    )


def _has_blank(codes: Codes, quotes: Places) -> bool:
    """Look for a blank line; inside quotes it is part of a cell."""
    starts = np.append(0, np.flatnonzero(codes[:-1] == LF) + 1)
    blank = starts[_is_end(codes[starts])]
    return bool((np.searchsorted(quotes, blank) % 2 == 0).any())


def _is_end(codes: Codes) -> NDArray[np.bool_]:
    ends: NDArray[np.bool_] = (codes == LF) | (codes == CR)
    return ends
