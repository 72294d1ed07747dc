"""A text as a supply of bytes and how they spell it: gives its lines, or all of it in UTF-8.

It knows nothing of tables.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.encodings import Spelling

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

    supply: ByteSource
    spelling: Spelling
    name: str

    def lines(self) -> Iterator[str]:
        """Lines as `raw_lines` gives them, with a zero byte shown as a lost character."""
        return map(str.replace, self.raw_lines(), repeat(_NUL), repeat(_LOST))

    def raw_lines(self) -> Iterator[str]:
        """Lines with their ends kept: LF, CRLF and CR end a line, nothing else does."""
        stream = self.supply.stream(self.spelling.skip)
        return io.TextIOWrapper(stream, encoding=self.spelling.codec, newline="")

    def in_utf8(self, start: int = 0) -> Iterator[bytes]:
        """Give the text in UTF-8, without its first so many bytes in UTF-8, in chunks.

        Raises:
            UnicodeError: the codec gives characters that UTF-8 has no bytes for.
        """
        if self.spelling.codec == "utf-8":
            yield from self.supply.chunks(self.spelling.skip + start)
            return
        for chunk in self._spelled_anew():
            if start < len(chunk):
                yield chunk[start:] if start else chunk
            start = max(start - len(chunk), 0)

    def _spelled_anew(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.spelling.codec)("strict")
        for chunk in self.supply.chunks(self.spelling.skip):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
