"""Guesses how text without a byte order mark that is not UTF-8 was encoded.

Three methods are compared: where the accented letters of Western Europe are in words, common words
with accents, and chardet. Where they differ, people are asked.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TypeAlias

from bulksms.loader.delimited.odd_words import fit_one_language, have_odd_words, is_western
from bulksms.text_files import read_shipped_table

__all__ = ["LegacyGuess", "first_words", "guess_legacy_encoding"]

_USUAL = "cp1252"
_RIVALS = ("iso8859-15", "mac-roman", "cp850")
_OTHERS = (
    "cp1250",
    "cp1251",
    "cp1254",
    "cp852",
    "cp437",
    "cp860",
    "cp863",
    "iso8859-2",
    "mac-latin2",
    "iso8859-16",
)  # that the common words may speak for
# Words with a byte that is no ASCII; the look behind keeps the search linear.
_WORD = re.compile(rb"(?<![A-Za-z\x80-\xff])[A-Za-z]*+[\x80-\xff][A-Za-z\x80-\xff]*+")
_LETTERS = bytes(range(65, 91)) + bytes(range(97, 123)) + bytes(range(0x80, 0x100))
_LONGEST = 1 << 16  # letters that are taken as one word
_MAX_WORDS = 5_000
_Readings: TypeAlias = Mapping[str, list[str]]
_ASCII_BYTES = bytes(range(0x80))
_ASCII = b"Aa1;,"  # all pages but those of mainframes have it
_LEAST_LETTERS = 3
_SAFE = frozenset("°€\u2013\u2019«»®©™²éèêàâçùîôÉÀ")
_CLEAR = 2
_CLEAR_SHARE = 0.5
_LAST_LATIN = 0x17F
_NO_LETTERS = frozenset("\u00aa\u00ba\u00b5\u00d7\u00f7")
_NEVER = frozenset("\u00a4") | {chr(code) for code in range(0x80, 0xA0)}
_APOSTROPHE = "\u2019"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyGuess:
    """The likeliest codec and, in doubt, another one.

    Attributes:
        readings: a word as each of the two codecs reads it, when people are to choose.
    """

    codec: str
    other: str = ""
    readings: tuple[str, str] | None = None


def first_words(chunks: Iterable[bytes]) -> list[bytes]:
    """Return the first words that are not all ASCII, of a text in chunks."""
    return [match.group()[:_LONGEST] for match in islice(_words(chunks), _MAX_WORDS)]


def guess_legacy_encoding(words: Sequence[bytes]) -> LegacyGuess:
    """Guess the encoding of some words; the shortest tell too little when there are others."""
    words = [word for word in words if len(word) >= _LEAST_LETTERS] or list(words)
    if all(len(word) < _LEAST_LETTERS for word in words) and _are_safe(words):
        return LegacyGuess(codec=_USUAL)
    marks = {codec: _mark(words, codec) for codec in (_USUAL, *_RIVALS)}
    own, second = _western(words, marks), _second_opinion(words)
    candidates = dict.fromkeys(
        codec for codec in (own, second, _USUAL, *_RIVALS, *_OTHERS) if _decoded(words, codec)
    )
    readings = {codec: _decoded(words, codec) for codec in candidates}
    hits = {codec: _common_words(reading) for codec, reading in readings.items()}
    scores = {
        codec: (
            hits[codec],
            is_western(reading) and fit_one_language(reading),
            not have_odd_words(reading),
        )
        for codec, reading in readings.items()
    }
    best = max(scores, key=scores.__getitem__, default=own)
    rivals = [scores[codec] for codec in readings if readings[codec] != readings[best]]
    proven = hits and hits[best] and scores[best] > max(rivals, default=(0, False, False))
    if proven and (best in {own, second} or hits[best] > 1) and not have_odd_words(readings[best]):
        return LegacyGuess(codec=best)
    agreed = second in readings and readings[second] == readings.get(own)
    if agreed and hits[own] == hits[best] and _is_certain(own, words, readings, marks):
        return LegacyGuess(codec=own)
    return _doubtful(readings, own, second, hits)


def _is_certain(
    codec: str, words: Sequence[bytes], readings: _Readings, marks: Mapping[str, float]
) -> bool:
    """Whether a codec makes usual words of several, and no other makes words as good of them."""
    reading = readings[codec]
    if len(set(words)) == 1 or not is_western(reading) or have_odd_words(reading):
        return False
    fits = fit_one_language(reading)
    return not any(
        rival != reading
        and (marks.get(other, 0) >= marks[codec] or (not fits and fit_one_language(rival)))
        and not have_odd_words(rival)
        for other, rival in readings.items()
    )


def _doubtful(readings: _Readings, own: str, second: str, hits: Mapping[str, int]) -> LegacyGuess:
    """Name the likelier of two codecs first, with a word that they read differently."""
    first, other = own, second
    standing = {
        codec: (hits.get(codec, 0), is_western(readings.get(codec, []))) for codec in (own, second)
    }
    if standing[second] > standing[own]:
        first, other = second, own
    if first not in readings:
        first, other = (other, first) if other in readings else (next(iter(readings), own), other)
    for codec in (other, *readings):
        for pair in zip(readings.get(first, []), readings.get(codec, []), strict=False):
            if pair[0] != pair[1]:
                return LegacyGuess(codec=first, other=codecs.lookup(codec).name, readings=pair)
    return LegacyGuess(codec=first)


def _words(chunks: Iterable[bytes]) -> Iterator[re.Match[bytes]]:
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        # The letters at the end may continue in the next chunk, unless they never end.
        end = len(piece.rstrip(_LETTERS))
        rest = piece[end:] if len(piece) - end < _LONGEST else b""
        yield from () if piece.isascii() else _WORD.finditer(piece, 0, len(piece) - len(rest))
    yield from _WORD.finditer(rest)


def _second_opinion(words: Sequence[bytes]) -> str:
    import chardet  # only a text in an old encoding needs it

    answer = (chardet.detect(b"\n".join(words))["encoding"] or _USUAL).lower()
    return answer if _decoded([_ASCII], answer) == [_ASCII.decode()] else _USUAL


def _decoded(words: Sequence[bytes], codec: str) -> list[str]:
    """Decode the words; none of them when the codec cannot."""
    try:
        return b"\n".join(words).decode(codec).split("\n")
    except (UnicodeDecodeError, LookupError):
        return []


@cache
def _accented_words() -> frozenset[str]:
    table = read_shipped_table("bulksms.loader.delimited", "accented_words.toml")
    return frozenset(word for words in table.values() for word in words.split())


def _common_words(reading: Sequence[str]) -> int:
    return len({word.lower() for word in reading} & _accented_words())


def _are_safe(words: Sequence[bytes]) -> bool:
    """Whether Windows-1252 makes usual characters of some words of a letter or two."""
    accents = re.sub("[A-Za-z]", "", "".join(_decoded(words, _USUAL)))
    return bool(accents or not words) and set(accents) <= _SAFE


def _western(words: Sequence[bytes], marks: Mapping[str, float]) -> str:
    """Choose the Western codec by the case of the letters around each accent."""
    best = max(marks, key=marks.__getitem__)
    letters = sum(len(word.translate(None, _ASCII_BYTES)) for word in words)
    if not words:
        return _USUAL
    clear = marks[best] - max(marks[_USUAL], -letters) >= min(_CLEAR, letters)
    return best if clear and marks[best] >= letters * _CLEAR_SHARE else _USUAL


def _mark(words: Sequence[bytes], codec: str) -> float:
    """Sum up the marks of all letters besides those of ASCII, each with those around it."""
    try:
        text = b" ".join((b"", *words, b"")).decode(codec)
    except UnicodeDecodeError:
        return float("-inf")
    threes = Counter(zip(text, text[1:], text[2:], strict=False))
    return sum(
        count * _letter_mark(*three) for three, count in threes.items() if not three[1].isascii()
    )


def _letter_mark(before: str, letter: str, after: str) -> int:
    """One for a letter where letters of its case are, minus one for an odd character."""
    inside = _is_letter(before) and _is_letter(after)
    if letter == _APOSTROPHE:
        return int(inside)
    if not _is_letter(letter):
        touches = _is_letter(before) or _is_letter(after)
        return -1 if touches or letter in _NEVER else 0
    return _case_mark(before, letter, after)


def _case_mark(before: str, letter: str, after: str) -> int:
    if letter.isupper():
        return -1 if _is_letter(before) and before.islower() else 1
    shouted = before.isupper() and (after.isupper() or not _is_letter(after))
    return -1 if shouted else 1


def _is_letter(character: str) -> bool:
    return character.isalpha() and ord(character) <= _LAST_LATIN and character not in _NO_LETTERS
