"""Detects the encoding of a text: byte order mark, zero bytes, strict UTF-8, then a guess."""

import codecs
import re
from dataclasses import dataclass
from itertools import chain

from bulksms.columnar.arrays import is_utf8
from bulksms.errors import UndecodableText, UsageError
from bulksms.finding import Finding, Level
from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.legacy_encodings import (
    LegacyGuess,
    first_words,
    guess_legacy_encoding,
)
from bulksms.loader.delimited.odd_words import mixes_scripts
from bulksms.loader.detection import unmarked_utf16

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
# Letters as codes of seven bits have them, inside a word of UTF-7 or behind an escape.
_SEVEN_BIT = {
    "utf-7": re.compile(rb"[A-Za-z]\+A[M-X][0-9a-z+/]-[A-Za-z]"),
    "iso2022_jp": re.compile(rb"\x1b\$[@B]"),
}
_CODEC_NAMES = {"cp1252": "Windows-1252", "iso8859-15": "ISO-8859-15", "mac-roman": "Mac Roman"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedEncoding:
    """The codec to decode with, its name in messages, and the bytes of the mark to skip."""

    codec: str
    name: str
    skip: int = 0
    findings: tuple[Finding, ...] = ()


# From which byte on a character of UTF-8 has more than one, two and three bytes.
_FIRSTS = (0xC0, 0xE0, 0xF0)
_LAST_OF_TWO = "\u07ff"  # more than two bytes in order are no accident
_UTF8 = DetectedEncoding(codec="utf-8", name="utf-8")


def detect_encoding(source: ByteSource, chosen: str | None) -> DetectedEncoding:
    """Detect the encoding, or take the chosen one, and check it over the whole file.

    Raises:
        UndecodableText: the bytes do not fit it; the sentence names the line.
        UsageError: there is no encoding of the chosen name.
    """
    head = source.head()
    encoding = _chosen(head, chosen) if chosen else _marked(head) or _unmarked(head) or _UTF8
    failure = first_failure(source, encoding)
    if encoding is _UTF8:
        _refuse_seven_bits(source)
        if failure is not None:
            encoding = _guessed(source)
            failure = first_failure(source, encoding)
        elif accidental := _accidental_utf8(head):
            return accidental
    if failure is None:
        return encoding
    line = _line_at(source, failure)
    raise UndecodableText(
        f"{source.name}, line {line}: the bytes are not {encoding.name}; give the right"
        " --encoding.",
        code="encoding_wrong",
        line=line,
        encoding=encoding.name,
    )


def first_failure(source: ByteSource, encoding: DetectedEncoding) -> int | None:
    """Return the offset in the file where decoding fails."""
    if encoding.codec == "utf-8":
        return _first_not_utf8(source, encoding.skip)
    return _first_refused(source, encoding)


def _first_not_utf8(source: ByteSource, offset: int) -> int | None:
    rest = b""
    for chunk in source.chunks(offset):
        piece = rest + chunk if rest else chunk
        end = len(piece) - _unfinished(piece)
        if not is_utf8(memoryview(piece)[:end]):
            try:
                piece[:end].decode()
            except UnicodeDecodeError as error:
                return offset + error.start
        offset, rest = offset + end, piece[end:]
    return offset if rest else None


def _unfinished(piece: bytes) -> int:
    """Count the last bytes that begin a character which may end in the next piece."""
    for back, (first, byte) in enumerate(zip(_FIRSTS, reversed(piece[-3:]), strict=False), 1):
        if byte >= first:
            return back
    return 0


def _first_refused(source: ByteSource, encoding: DetectedEncoding) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding.codec)("strict")
    start = encoding.skip
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


def _line_at(source: ByteSource, offset: int) -> int:
    line, start = 1, 0
    for chunk in source.chunks():
        line += chunk.count(b"\n", 0, max(offset - start, 0))
        start += len(chunk)
        if start >= offset:
            break
    return line


def _marked(head: bytes) -> DetectedEncoding | None:
    for mark, codec, name in _MARKS:
        if head.startswith(mark):
            skip = len(mark)
            while head.startswith(mark, skip):  # several programs wrote one each
                skip += len(mark)
            return DetectedEncoding(codec=codec, name=name, skip=skip)
    return None


def _unmarked(head: bytes) -> DetectedEncoding | None:
    wide = unmarked_utf16(head)
    return (
        DetectedEncoding(codec=wide, name=wide, findings=(_utf16_finding(wide),)) if wide else None
    )


def _refuse_seven_bits(source: ByteSource) -> None:
    """Refuse a text whose letters are written in several characters of ASCII.

    Raises:
        UndecodableText: there is such a letter near the beginning.
    """
    sample = source.read(0, source.chunk)
    for codec, pattern in _SEVEN_BIT.items():
        if match := pattern.search(sample):
            line = _line_at(source, match.start())
            raise UndecodableText(
                f"{source.name}, line {line}: letters are written in {codec}; save the file as"
                f" UTF-8, or give --encoding {codec}.",
                code="encoding_wrong",
                line=line,
                encoding=_UTF8.name,
            )


def _accidental_utf8(head: bytes) -> DetectedEncoding | None:
    """Recognise a text that is UTF-8 by accident, as "Íñigo" in a DOS page: scripts are mixed."""
    words = first_words([head])
    readings = [word.decode("utf-8", "replace") for word in words]
    if not words or max(map(max, readings)) > _LAST_OF_TWO or not all(map(mixes_scripts, readings)):
        return None
    guess = guess_legacy_encoding(words)
    codec, other = codecs.lookup(guess.codec).name, _UTF8.codec
    if codec == other:
        other = guess.other
    pair = (words[0].decode(codec, "replace"), words[0].decode(other or codec, "replace"))
    doubt = LegacyGuess(codec=codec, other=other, readings=pair)
    finding = _doubtful_finding(codec, doubt)
    return DetectedEncoding(codec=codec, name=codec, findings=(finding,)) if other else None


def _guessed(source: ByteSource) -> DetectedEncoding:
    guess = guess_legacy_encoding(first_words(source.chunks()))
    codec = codecs.lookup(guess.codec).name
    finding = _doubtful_finding(codec, guess) if guess.readings else _guess_finding(codec)
    return DetectedEncoding(codec=codec, name=codec, findings=(finding,))


def find_codec(encoding: str) -> codecs.CodecInfo:
    """Find the codec of an encoding that was chosen.

    Raises:
        UsageError: there is none, or it is not one of text.
    """
    try:
        codec = codecs.lookup(encoding)
    except LookupError as error:
        raise UsageError(
            f'There is no encoding "{encoding}": try utf-8 or cp1252.',
            code="encoding_unknown",
            encoding=encoding,
        ) from error
    if not codec._is_text_encoding:  # noqa: SLF001 - the only way to tell rot13 from a charset
        raise UsageError(
            f'"{encoding}" is not an encoding of text: try utf-8 or cp1252.',
            code="encoding_unknown",
            encoding=encoding,
        )
    return codec


def _chosen(head: bytes, chosen: str) -> DetectedEncoding:
    codec = find_codec(chosen)
    marked = _marked(head)
    if marked and marked.codec.startswith(codec.name.removesuffix("-sig")):
        return marked
    return DetectedEncoding(codec=codec.name, name=codec.name)


def _utf16_finding(codec: str) -> Finding:
    return Finding(
        code="utf16_without_bom",
        message=f"The file has no byte order mark; it was read as {codec}: add --encoding {codec}",
        level=Level.ERROR,
        ask=True,
    )


def _guess_finding(codec: str) -> Finding:
    name = _CODEC_NAMES.get(codec, codec)
    return Finding(
        code="encoding_guess",
        message=f"The file does not state its encoding; it was read as {name}: check the accents.",
    )


def _doubtful_finding(codec: str, guess: LegacyGuess) -> Finding:
    first, second = guess.readings or ("", "")
    return Finding(
        code="encoding_doubtful",
        message=(
            f"The file does not state its encoding; it was read as {codec}, with names such as"
            f' "{first}". If "{second}" is right, give --encoding {guess.other}.'
        ),
        level=Level.ERROR,
        ask=True,
    )
