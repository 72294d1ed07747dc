"""Finds out how bytes spell text: byte order mark, zero bytes, strict UTF-8, then letters.

It knows nothing of separators or tables.
"""

import codecs
from dataclasses import dataclass
from itertools import chain

from bulksms.columnar.arrays import is_utf8
from bulksms.errors import LoadError, UndecodableText
from bulksms.finding import Finding, Level
from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.legacy_encodings import first_words, guess_from_words
from bulksms.loader.detection import unmarked_utf16

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_EIGHT_BIT = {"cp1252": "Windows-1252", "iso8859-15": "ISO-8859-15", "mac-roman": "Mac Roman"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedEncoding:
    """The codec to decode with, the name people are told, and the bytes of the mark to skip."""

    codec: str
    name: str
    skip: int = 0
    findings: tuple[Finding, ...] = ()


# From which byte on a character of UTF-8 has more than one, two and three bytes.
_FIRSTS = (0xC0, 0xE0, 0xF0)
_UTF8 = DetectedEncoding(codec="utf-8", name="utf-8")


def detect_encoding(source: ByteSource, chosen: str | None, name: str) -> DetectedEncoding:
    """Choose the encoding and prove it over the whole file."""
    head = source.head()
    spelling = _chosen(head, chosen) if chosen else _marked(head) or _unmarked(head) or _UTF8
    failure = first_failure(source, spelling)
    if failure is not None and spelling is _UTF8:
        spelling = _guessed(source)
        failure = first_failure(source, spelling)
    if failure is None:
        return spelling
    line = _line_at(source, failure)
    raise UndecodableText(
        f"{name}, line {line}: the bytes are not {spelling.name}; give the right --encoding.",
    )


def first_failure(source: ByteSource, spelling: DetectedEncoding) -> int | None:
    """Where decoding fails, counted in bytes from the start of the file."""
    if spelling.codec == "utf-8":
        return _first_not_utf8(source, spelling.skip)
    if spelling.codec in _EIGHT_BIT:
        return _first_undefined(source, spelling)
    return _first_refused(source, spelling)


def _first_not_utf8(source: ByteSource, place: int) -> int | None:
    rest = b""
    for chunk in source.chunks(place):
        piece = rest + chunk if rest else chunk
        end = len(piece) - _unfinished(piece)
        if not is_utf8(memoryview(piece)[:end]):
            try:
                piece[:end].decode()
            except UnicodeDecodeError as error:
                return place + error.start
        place, rest = place + end, piece[end:]
    return place if rest else None


def _unfinished(piece: bytes) -> int:
    """How many last bytes begin a character that may end in the next piece."""
    for back, (first, byte) in enumerate(zip(_FIRSTS, reversed(piece[-3:]), strict=False), 1):
        if byte >= first:
            return back
    return 0


def _first_undefined(source: ByteSource, spelling: DetectedEncoding) -> int | None:
    """The same for a codec in which each byte is a character or nothing."""
    signs = bytes(range(256)).decode(spelling.codec, "replace")
    lost = [byte for byte, sign in enumerate(signs) if sign == "\ufffd"]
    start = spelling.skip
    for chunk in source.chunks(start):
        found = [chunk.index(byte) for byte in lost if byte in chunk]
        if found:
            return start + min(found)
        start += len(chunk)
    return None


def _first_refused(source: ByteSource, spelling: DetectedEncoding) -> int | None:
    decoder = codecs.getincrementaldecoder(spelling.codec)("strict")
    start = spelling.skip
    for chunk in chain(source.chunks(start), [b""]):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return start - pending + error.start
        except UnicodeError:  # UTF-16 without a mark that says which of the two
            return start - pending
        start += len(chunk)
    return None


def _line_at(source: ByteSource, place: int) -> int:
    line, start = 1, 0
    for chunk in source.chunks():
        line += chunk.count(b"\n", 0, max(place - start, 0))
        start += len(chunk)
        if start >= place:
            break
    return line


def _marked(head: bytes) -> DetectedEncoding | None:
    for mark, codec, name in _MARKS:
        if head.startswith(mark):
            return DetectedEncoding(codec=codec, name=name, skip=len(mark))
    return None


def _unmarked(head: bytes) -> DetectedEncoding | None:
    wide = unmarked_utf16(head)
    return DetectedEncoding(codec=wide, name=wide, findings=(_told_wide(wide),)) if wide else None


def _guessed(source: ByteSource) -> DetectedEncoding:
    codec = guess_from_words(first_words(source.chunks()))
    return DetectedEncoding(codec=codec, name=codec, findings=(_guess(_EIGHT_BIT[codec]),))


def _chosen(head: bytes, chosen: str) -> DetectedEncoding:
    try:
        codec = codecs.lookup(chosen)
    except LookupError as error:
        raise LoadError(f'There is no encoding "{chosen}": try utf-8 or cp1252.') from error
    if not codec._is_text_encoding:  # noqa: SLF001 - the only way to tell rot13 from a charset
        raise LoadError(f'"{chosen}" is not an encoding of text: try utf-8 or cp1252.')
    marked = _marked(head)
    if marked and marked.codec.startswith(codec.name.removesuffix("-sig")):
        return marked
    return DetectedEncoding(codec=codec.name, name=codec.name)


def _told_wide(codec: str) -> Finding:
    return Finding(
        code="utf16_without_bom",
        message=f"The file has no byte order mark and was read as {codec}: give --encoding {codec}",
        level=Level.ERROR,
        ask=True,
    )


def _guess(what: str) -> Finding:
    return Finding(
        code="encoding_guess",
        message=f"The file does not say its encoding; it was read as {what}: check the accents.",
    )
