"""Watches how the records of a text end, when the bytes give cause: mixed ends, or none at last.

It must not know what the cells hold.
"""

from collections.abc import Iterable, Iterator, Sequence

from bulksms.finding import Finding, Level

_BLANK = ("", "\n", "\r", "\r\n")


class Ends:
    """Counts the ends of records; it costs nothing where the bytes give no cause.

    Attributes:
        needed: whether `record` wants to hear of every record.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Look at all of the text in UTF-8."""
        lone = feeds = 0
        last = b""
        for chunk in chunks:
            piece = last + chunk
            # Some programs write two CR before each LF: that splits no row.
            lone += chunk.count(b"\r") - piece.count(b"\r\r\n")
            lone -= piece.count(b"\r\n") - last.count(b"\r\n")
            feeds += chunk.count(b"\n")
            last = piece[-2:]
        self._mixed = lone > 0 and feeds > 0
        self._open = not last.endswith((b"\r", b"\n"))
        self.needed = self._mixed or self._open
        self._line = ""
        self._number = 0
        self._lone: list[int] = []
        self._fed = 0
        self._last = self._narrowest = -1

    def lines(self, lines: Iterator[str]) -> Iterator[str]:
        """Pass the lines on, remembering the one at hand."""
        return self._kept(lines) if self._mixed else lines

    def _kept(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._line = line
            yield line

    def record(self, number: int, cells: Sequence[str]) -> None:
        """Hear of a record right after it was read; blank ones do not count."""
        if self._line not in _BLANK:
            if self._line.endswith("\r"):
                self._lone.append(number)
            else:
                self._fed += self._line.endswith("\n")
        if any(map(str.strip, cells)):
            if self._narrowest < 0 or 0 < self._last < self._narrowest:
                self._narrowest = self._last
            self._last, self._number = len(cells), number

    def doubts(self) -> Iterator[Finding]:
        """Tell what people should be asked, once all is read."""
        if self._lone and self._fed:
            message = (
                f"{len(self._lone)} lines end in a lone carriage return and others in a line feed:"
                f" row {self._lone[0]} may be half a row; save the file anew."
            )
            yield Finding(
                code="lone_cr", message=message, count=len(self._lone), level=Level.ERROR, ask=True
            )
        if self._open and 0 < self._last < self._narrowest:
            message = (
                f"The last row, {self._number}, breaks off after {self._last} cells where every"
                f" other has {self._narrowest} or more: the file may be cut short."
            )
            yield Finding(code="last_line_incomplete", message=message, level=Level.ERROR, ask=True)
