"""Checks how the records of a text end: in mixed ways, or the last one not at all."""

from collections.abc import Iterable, Iterator, Sequence

from bulksms.finding import Finding, Level

__all__ = ["LineEndingCheck"]

_BLANK = ("", "\n", "\r", "\r\n")


class LineEndingCheck:
    """Counts the ends of records; it costs nothing where the bytes give no cause.

    Attributes:
        needed: whether `add` must be called for every record.
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
        self._row = 0
        self._cr_rows: list[int] = []
        self._lf_rows = 0
        self._width = self._narrowest = -1

    def watch(self, lines: Iterator[str]) -> Iterator[str]:
        """Pass the lines on, remembering the latest."""
        return self._remembered(lines) if self._mixed else lines

    def _remembered(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._line = line
            yield line

    def add(self, row: int, cells: Sequence[str]) -> None:
        """Count a record right after it was read, unless it is blank."""
        if self._line not in _BLANK:
            if self._line.endswith("\r"):
                self._cr_rows.append(row)
            else:
                self._lf_rows += self._line.endswith("\n")
        if any(map(str.strip, cells)):
            if self._narrowest < 0 or 0 < self._width < self._narrowest:
                self._narrowest = self._width
            self._width, self._row = len(cells), row

    def findings(self) -> Iterator[Finding]:
        """Yield what to ask people, once all is read."""
        if self._cr_rows and self._lf_rows:
            message = (
                f"{len(self._cr_rows):,} lines end in a lone carriage return and others in a line"
                f" feed: row {self._cr_rows[0]} may be half a row; save the file again."
            )
            yield Finding(
                code="lone_cr",
                message=message,
                count=len(self._cr_rows),
                level=Level.ERROR,
                ask=True,
            )
        if self._open and 0 < self._width < self._narrowest:
            message = (
                f"The last row, {self._row}, ends after {self._width} cells where every other has"
                f" {self._narrowest} or more: the file may be cut off."
            )
            yield Finding(code="last_line_incomplete", message=message, level=Level.ERROR, ask=True)
