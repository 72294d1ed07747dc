"""Finds out how bytes spell text: byte order mark, zero bytes, strict UTF-8, then letters.

It knows nothing of separators or tables.
"""

import codecs
from dataclasses import dataclass

from bulksms.errors import LoadError, UndecodableText
from bulksms.loader.detection import unmarked_utf16
from bulksms.loader.interface import Level, Note
from bulksms.loader.letters import likeliest
from bulksms.loader.raw import is_utf8

_MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_EIGHT_BIT = {"cp1252": "Windows-1252", "iso8859-15": "ISO-8859-15", "mac-roman": "Mac Roman"}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The codec to decode with, the name people are told, and the bytes of the mark to skip."""

    codec: str
    name: str
    skip: int = 0
    notes: tuple[Note, ...] = ()


def find_spelling(data: bytes, chosen: str | None, name: str) -> Spelling:
    """Choose the encoding and prove it over the whole file."""
    spelling = _chosen(data, chosen) if chosen else _marked(data) or _guessed(data)
    failure = first_failure(data, spelling)
    if failure is None:
        return spelling
    line = data.count(b"\n", 0, failure) + 1
    raise UndecodableText(
        f"{name}, line {line}: the bytes are not {spelling.name}; give the right --encoding.",
    )


def first_failure(data: bytes, spelling: Spelling) -> int | None:
    """Where decoding fails, counted in bytes from the start of the file."""
    if spelling.codec == "utf-8" and is_utf8(memoryview(data)[spelling.skip :]):
        return None
    decoder = codecs.getincrementaldecoder(spelling.codec)("strict")
    for start in range(spelling.skip, len(data) or 1, _CHUNK):
        pending = len(decoder.getstate()[0])
        chunk = data[start : start + _CHUNK]
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _marked(data: bytes) -> Spelling | None:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Spelling(codec=codec, name=name, skip=len(mark))
    return None


def _guessed(data: bytes) -> Spelling:
    wide = unmarked_utf16(data)
    if wide:
        return Spelling(codec=wide, name=wide, notes=(_unmarked(wide),))
    utf8 = Spelling(codec="utf-8", name="utf-8")
    if data.isascii() or first_failure(data, utf8) is None:
        return utf8
    codec = likeliest(data)
    return Spelling(codec=codec, name=codec, notes=(_guess(_EIGHT_BIT[codec]),))


def _chosen(data: bytes, chosen: str) -> Spelling:
    try:
        codec = codecs.lookup(chosen)
    except LookupError as error:
        raise LoadError(f'There is no encoding "{chosen}": try utf-8 or cp1252.') from error
    if not codec._is_text_encoding:  # noqa: SLF001 - the only way to tell rot13 from a charset
        raise LoadError(f'"{chosen}" is not an encoding of text: try utf-8 or cp1252.')
    marked = _marked(data)
    if marked and marked.codec.startswith(codec.name.removesuffix("-sig")):
        return marked
    return Spelling(codec=codec.name, name=codec.name)


def _unmarked(codec: str) -> Note:
    return Note(
        code="utf16_without_bom",
        message=f"The file has no byte order mark and was read as {codec}: give --encoding {codec}",
        level=Level.ERROR,
    )


def _guess(what: str) -> Note:
    return Note(
        code="encoding_guess",
        message=f"The file does not say its encoding; it was read as {what}: check the accents.",
    )
