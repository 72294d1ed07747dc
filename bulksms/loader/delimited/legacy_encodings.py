"""Tells the eight-bit encodings of Western Europe apart by where their letters stand in words.

It sees bytes and words, and knows nothing of files or tables.
"""

import re
import string
from collections.abc import Iterable, Iterator
from itertools import islice

_USUAL = "cp1252"
_RIVALS = ("iso8859-15", "mac-roman")
# Words from the letter before their first accent; a byte with no ASCII letter beside it, such
# as a lone euro sign, tells nothing. No part may look far ahead and find nothing: linear time.
_WORD = re.compile(rb"(?:[A-Za-z][\x80-\xff]|[\x80-\xff]{1,8}[A-Za-z])[A-Za-z\x80-\xff]*")
_LETTERS = string.ascii_letters.encode() + bytes(range(0x80, 0x100))
_LONGEST = 1 << 16  # letters that are taken as one word
_MAX_WORDS = 5_000
_CLEAR = 2
_CLEAR_SHARE = 0.5
_LAST_LATIN = 0x17F
_NO_LETTERS = frozenset("\u00aa\u00ba\u00b5\u00d7\u00f7")
_NEVER = frozenset("\u00a4") | {chr(code) for code in range(0x80, 0xA0)}
_APOSTROPHE = "\u2019"


def guess_legacy_encoding(data: bytes) -> str:
    """The codec that makes the best words; Windows-1252 unless another is clearly better."""
    return guess_from_words(first_words([data]))


def first_words(chunks: Iterable[bytes]) -> list[bytes]:
    """The first words that are not all ASCII, of a text in chunks."""
    return [match.group()[:_LONGEST] for match in islice(_words(chunks), _MAX_WORDS)]


def _words(chunks: Iterable[bytes]) -> Iterator[re.Match[bytes]]:
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        # The letters at the end may go on in the next chunk, unless they never end.
        end = len(piece.rstrip(_LETTERS))
        rest = piece[end:] if len(piece) - end < _LONGEST else b""
        yield from () if piece.isascii() else _WORD.finditer(piece, 0, len(piece) - len(rest))
    yield from _WORD.finditer(rest)


def guess_from_words(words: list[bytes]) -> str:
    """The codec that makes the best of these words."""
    marks = {codec: _mark(words, codec) for codec in (_USUAL, *_RIVALS)}
    best = max(marks, key=marks.__getitem__)
    letters = sum(len(word) - len(_ascii(word)) for word in words)
    if not words:
        return _USUAL
    clear = marks[best] - max(marks[_USUAL], -letters) >= min(_CLEAR, letters)
    return best if clear and marks[best] >= letters * _CLEAR_SHARE else _USUAL


def _ascii(word: bytes) -> bytes:
    return bytes(byte for byte in word if byte < 0x80)  # noqa: PLR2004 - the end of ASCII


def _mark(words: list[bytes], codec: str) -> float:
    try:
        return sum(_word_mark(word.decode(codec)) for word in words)
    except UnicodeDecodeError:
        return float("-inf")


def _word_mark(word: str) -> int:
    around = f" {word} "
    return sum(
        _letter_mark(*around[place - 1 : place + 2])
        for place in range(1, len(around) - 1)
        if not around[place].isascii()
    )


def _letter_mark(before: str, letter: str, after: str) -> int:
    """One for a letter that stands where letters of its case stand, minus one for a stranger."""
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


def _is_letter(sign: str) -> bool:
    return sign.isalpha() and ord(sign) <= _LAST_LATIN and sign not in _NO_LETTERS
