"""Looks at the bytes of a piece of XML, eight at a time and at many places at once.

It must not know what the XML means.
"""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]

LESS, GREATER, SLASH = b"<>/"
# Behind the last byte stand tags that are none, and then zeros, so that every look finds something.
_MARGIN = b"<" * 8 + bytes(64)
MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)
_PAIRS = np.uint64(0x000000FF000000FF)
_HUNDREDS = np.uint64(100 + (1_000_000 << 32))
_ONES = np.uint64(1 + (10_000 << 32))
_TEN, _EIGHT, _SIXTEEN, _HALF = (np.uint64(number) for number in (10, 8, 16, 32))


def word(literal: bytes) -> np.uint64:
    """Eight bytes, or fewer, as the number that stands where they do."""
    return np.uint64(int.from_bytes(literal, "little"))


class NotSimpleXml(Exception):
    """The XML is not of the simple shape that can be read many bytes at a time."""


def give_up_unless(condition: object, reason: str) -> None:
    """Raise `NotSimpleXml` unless the condition holds."""
    if not condition:
        raise NotSimpleXml(reason)


class Windows:
    """A piece of XML, and a word of eight bytes from each of its places.

    Attributes:
        size: how many bytes the piece has.
        bytes: the piece and a margin.
        tags: where each tag begins, and then the end of the piece and a few places behind it.
        count: how many tags there are.
        letters: what follows the `<` of each.
    """

    def __init__(self, piece: bytes) -> None:
        self.size = len(piece)
        whole = piece + _MARGIN
        self.bytes = np.frombuffer(whole, dtype=np.uint8)
        shape = (len(whole) - 7,)
        self._words: Words = np.ndarray(shape, dtype="<u8", buffer=whole, strides=(1,))
        self.tags = np.flatnonzero(self.bytes == LESS)
        self.count = int(np.searchsorted(self.tags, self.size))
        self.letters = self.byte(self.tags, 1)

    def byte(self, places: Places, behind: int = 0) -> NDArray[np.uint8]:
        """Give the byte so far behind each place."""
        found: NDArray[np.uint8] = self.bytes[behind:][places]
        return found

    def words(self, places: Places, behind: int = 0) -> Words:
        """Give the eight bytes from so far behind each place on."""
        return self._words[behind:][places]

    def stands(self, places: Places, literal: bytes, behind: int = 0) -> Flags:
        """Whether the literal stands so far behind each place."""
        found = _same(self.words(places, behind), literal[:8])
        for at in range(8, len(literal), 8):
            found &= _same(self.words(places, behind + at), literal[at : at + 8])
        return found

    def numbers(self, places: Places, lengths: Places) -> tuple[Places, Flags]:
        """Read numbers of one to eight digits, and say where nothing but digits stands."""
        fits = (lengths > 0) & (lengths <= 8)  # noqa: PLR2004 - a word
        shift = ((8 - np.where(fits, lengths, 8)) * 8).astype(np.uint64)
        digits = (self.words(places) << shift) ^ (_ZEROS << shift)
        fits &= (((digits + _ABOVE_NINE) | digits) & _HIGH_BITS) == 0
        digits = digits * _TEN + (digits >> _EIGHT)
        high = (digits & _PAIRS) * _HUNDREDS
        low = ((digits >> _SIXTEEN) & _PAIRS) * _ONES
        return ((high + low) >> _HALF).astype(np.int64), fits


def gather(pool: NDArray[np.uint8], starts: Places, lengths: Places) -> NDArray[np.uint8]:
    """Put texts of a pool one behind the other."""
    ends = np.cumsum(lengths)
    if not len(ends):
        return np.empty(0, dtype=np.uint8)
    index = np.repeat(starts - (ends - lengths), lengths)
    index += np.arange(len(index))
    found: NDArray[np.uint8] = pool[index]
    return found


def _same(words: Words, literal: bytes) -> Flags:
    """Whether the words begin with the literal, which is no longer than one."""
    if len(literal) < 8:  # noqa: PLR2004 - a word
        words = words & MASKS[len(literal)]
    found: Flags = words == word(literal)
    return found
