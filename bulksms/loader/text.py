"""A text as bytes and how they spell it: gives its lines, or all of it in UTF-8.

It knows nothing of tables.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from bulksms.loader.encodings import Spelling

__all__ = ["Layout", "Text"]

_LOST = "\ufffd"
_NUL = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the records of a text are laid out.

    Attributes:
        separator: the sign between two cells.
        skip: how many lines stand above the first record.
        no_header: the first record is already a contact.
    """

    separator: str
    skip: int = 0
    no_header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The bytes of a file, how they are spelled, and the name people are told."""

    data: bytes
    spelling: Spelling
    name: str

    def lines(self) -> Iterator[str]:
        """Lines with their ends kept: LF, CRLF and CR end a line, nothing else does."""
        stream = io.BytesIO(self.data)
        stream.seek(self.spelling.skip)
        lines = io.TextIOWrapper(stream, encoding=self.spelling.codec, newline="")
        if b"\0" not in self.data:
            return lines
        return (line.replace(_NUL, _LOST) for line in lines)

    def in_utf8(self) -> tuple[bytes, int]:
        """The text in UTF-8, and where it starts in these bytes.

        Raises:
            UnicodeError: the codec gives characters that UTF-8 has no bytes for.
        """
        if self.spelling.codec == "utf-8":
            return self.data, self.spelling.skip
        return self.data[self.spelling.skip :].decode(self.spelling.codec).encode(), 0
