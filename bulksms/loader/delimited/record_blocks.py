"""Cuts UTF-8 text into blocks of whole records that every reader of CSV reads alike."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import contains_bytes

__all__ = ["RECORD_BYTES", "NotSimpleCsv", "QuoteCheck", "split_records"]

RECORD_BYTES = 16 << 20  # a record may not be longer
Codes = NDArray[np.uint8]
Offsets = NDArray[np.intp]
LF, CR, QUOTE = b'\n\r"'
LINE_WITH_BOM = b"\n" + BOM_UTF8
BOM_BYTES = tuple(BOM_UTF8[at : at + 1] for at in range(len(BOM_UTF8)))


class NotSimpleCsv(Exception):
    """Readers of CSV may differ in how they read the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCheck:
    """Checks that each quote opens or closes a whole cell, or is doubled.

    Nor may there be a zero byte, a CR without its LF, or a byte order mark that begins a line.

    Attributes:
        separator: the character between two cells.
        no_blank_lines: whether there may be no blank line outside quotes either.
    """

    separator: str
    no_blank_lines: bool

    def end(self, records: bytes, *, last: bool) -> int:
        """Find the end of the last whole record, and check all up to there.

        Args:
            records: they start with a record.
            last: none follow, so that the last one is whole; it ends without a line end.

        Raises:
            NotSimpleCsv: a check failed.
        """
        codes = np.frombuffer(records, dtype=np.uint8)
        quotes = np.flatnonzero(codes == QUOTE)
        end = len(records) if last else _last_end(records, quotes)
        if not end:
            return 0
        quotes = quotes[: np.searchsorted(quotes, end)]
        simple = (
            records.find(b"\0", 0, end) < 0
            and not _has_line_with_bom(records, end)
            and _has_no_lone_cr(records, end)
            and self._enclose_cells(codes[:end], quotes)
            and not (self.no_blank_lines and _has_blank_line(codes[:end], quotes))
        )
        if not simple:
            raise NotSimpleCsv
        return end

    def _enclose_cells(self, codes: Codes, quotes: Offsets) -> bool:
        """Look at the neighbours of the quotes."""
        opening, closing = quotes[::2], quotes[1::2]
        ahead = codes[np.maximum(opening - 1, 0)]
        behind = codes[np.minimum(closing + 1, len(codes) - 1)]
        separator = ord(self.separator)
        starts = (ahead == separator) | (ahead == LF) | (ahead == QUOTE) | (opening == 0)
        ends = (behind == separator) | _is_line_end(behind) | (behind == QUOTE)
        ends |= closing == len(codes) - 1
        return len(quotes) % 2 == 0 and bool(starts.all() and ends.all())


def split_records(chunks: Iterator[bytes], check: QuoteCheck) -> Iterator[memoryview]:
    """Yield the records of a text in blocks, without the line ends behind the last.

    Raises:
        NotSimpleCsv: a check fails, or a record is very long, or there is none.
    """
    rest, first = b"", True
    for chunk in _without_last_line_ends(chunks):
        piece = _without_bom(rest + chunk)
        end = check.end(piece, last=False)
        rest = piece[end:]
        if len(rest) > RECORD_BYTES:
            raise NotSimpleCsv
        if end:
            first = False
            yield memoryview(piece)[:end]
    if check.end(_without_bom(rest), last=True):
        yield memoryview(rest)
    elif first:
        raise NotSimpleCsv


def _last_end(records: bytes, quotes: Offsets) -> int:
    """Where the last record ends whose line end is outside quotes; 0 without one."""
    end = len(records)
    while (line_end := records.rfind(b"\n", 0, end)) >= 0:
        before = np.searchsorted(quotes, line_end)
        if before % 2 == 0:
            break
        end = int(quotes[before - 1])
    return line_end + 1


def _has_line_with_bom(records: bytes, end: int) -> bool:
    # To find several bytes takes Python ten times as long.
    return contains_bytes(records, *BOM_BYTES) and records.find(LINE_WITH_BOM, 0, end) >= 0


def _has_no_lone_cr(records: bytes, end: int) -> bool:
    return records.find(b"\r", 0, end) < 0 or (
        records.count(b"\r", 0, end) == records.count(b"\r\n", 0, end)
    )


def _has_blank_line(codes: Codes, quotes: Offsets) -> bool:
    """Look for a blank line; inside quotes it is part of a cell."""
    starts = np.append(0, np.flatnonzero(codes[:-1] == LF) + 1)
    blank = starts[_is_line_end(codes[starts])]
    return bool((np.searchsorted(quotes, blank) % 2 == 0).any())


def _is_line_end(codes: Codes) -> NDArray[np.bool_]:
    ends: NDArray[np.bool_] = (codes == LF) | (codes == CR)
    return ends


def _without_bom(block: bytes) -> bytes:
    """Refuse a byte order mark: Arrow would leave it out, others keep it."""
    if block.startswith(BOM_UTF8):
        raise NotSimpleCsv
    return block


def _without_last_line_ends(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the line ends at the end of the text."""
    held = b""
    for chunk in chunks:
        body = chunk.rstrip(b"\r\n")
        if body:
            yield held + body if held else body
            held = b""
        held += chunk[len(body) :]
        if len(held) > RECORD_BYTES:
            raise NotSimpleCsv
    if held.count(b"\r") != held.count(b"\r\n"):
        raise NotSimpleCsv
