"""Looks at the bytes of a piece of XML, eight at a time and at many places at once.

It must not know what the XML means.
"""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]

LESS, GREATER, SLASH = b"<>/"
# However far a check looks beyond the last byte, it finds zeros there.
_MARGIN = 64
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


class Windows:
    """A piece of XML, and a word of eight bytes from each of its places.

    Attributes:
        bytes: the piece and a margin of zeros.
        tags: where each tag begins, and then the end of the piece a few times.
    """

    def __init__(self, piece: bytes) -> None:
        self.size = len(piece)
        whole = piece + bytes(_MARGIN)
        self.bytes = np.frombuffer(whole, dtype=np.uint8)
        shape = (len(whole) - 7,)
        self._words: Words = np.ndarray(shape, dtype="<u8", buffer=whole, strides=(1,))
        self.tags = np.flatnonzero(self.bytes == LESS)

    def words(self, places: Places) -> Words:
        """Give the eight bytes from each place."""
        return self._words[places]

    def stands(self, places: Places, literal: bytes) -> Flags:
        """Whether the literal stands at each place."""
        found = np.ones(len(places), dtype=np.bool_)
        for at in range(0, len(literal), 8):
            part = literal[at : at + 8]
            seen = self.words(places + at if at else places)
            if len(part) < 8:  # noqa: PLR2004 - a word
                seen = seen & MASKS[len(part)]
            found &= seen == word(part)
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
