"""Decodes a text: its lines, or all of it as UTF-8."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.encodings import DetectedEncoding

__all__ = ["DecodedText"]

_LOST = "\ufffd"
_NUL = "\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """The bytes of a file with their encoding."""

    source: ByteSource
    encoding: DetectedEncoding

    def lines(self) -> Iterator[str]:
        """Yield the lines as `raw_lines` does, with a zero byte shown as a lost character."""
        return map(str.replace, self.raw_lines(), repeat(_NUL), repeat(_LOST))

    def raw_lines(self) -> Iterator[str]:
        """Yield lines with their ends: only LF, CRLF and CR end a line."""
        stream = self.source.stream(self.encoding.skip)
        return io.TextIOWrapper(stream, encoding=self.encoding.codec, newline="")

    def in_utf8(self, start: int = 0) -> Iterator[bytes]:
        """Yield the text as UTF-8 in chunks, without its first `start` bytes of UTF-8.

        Raises:
            UnicodeError: the codec gives characters that UTF-8 has no bytes for.
        """
        if self.encoding.codec == "utf-8":
            yield from self.source.chunks(self.encoding.skip + start)
            return
        for chunk in self._recoded():
            if start < len(chunk):
                yield chunk[start:] if start else chunk
            start = max(start - len(chunk), 0)

    def _recoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding.codec)("strict")
        for chunk in self.source.chunks(self.encoding.skip):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
