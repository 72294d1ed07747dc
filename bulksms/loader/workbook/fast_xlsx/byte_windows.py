"""Looks at the bytes of a piece of XML, eight at a time and at many positions at once."""

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]
Eights = NDArray[np.uint64]

LESS, GREATER, SLASH = b"<>/"
# False tags and then zeros follow the last byte, so that every look-up is inside.
_MARGIN = b"<" * 8 + bytes(64)
MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_HIGH_BITS = np.uint64(0x8080808080808080)
_PAIRS = np.uint64(0x000000FF000000FF)
_HUNDREDS = np.uint64(100 + (1_000_000 << 32))
_ONES = np.uint64(1 + (10_000 << 32))
_TEN, _EIGHT, _SIXTEEN, _HALF = (np.uint64(number) for number in (10, 8, 16, 32))


def as_integer(literal: bytes) -> np.uint64:
    """Up to eight bytes as the number that they make in memory."""
    return np.uint64(int.from_bytes(literal, "little"))


class NotSimpleXml(Exception):
    """The XML is not of the simple shape that can be read many bytes at a time."""


def give_up_unless(condition: object, reason: str) -> None:
    """Raise `NotSimpleXml` unless the condition holds."""
    if not condition:
        raise NotSimpleXml(reason)


class Windows:
    """A piece of XML, and the eight bytes from each of its positions on.

    Attributes:
        size: how many bytes the piece has.
        bytes: the piece and a margin.
        tags: where each tag begins, then the end of the piece and a few positions behind it.
        count: how many tags there are.
        letters: what follows the `<` of each.
    """

    def __init__(self, piece: bytes) -> None:
        self.size = len(piece)
        whole = piece + _MARGIN
        self.bytes = np.frombuffer(whole, dtype=np.uint8)
        shape = (len(whole) - 7,)
        self._words: Eights = np.ndarray(shape, dtype="<u8", buffer=whole, strides=(1,))
        self.tags = np.flatnonzero(self.bytes == LESS)
        self.count = int(np.searchsorted(self.tags, self.size))
        self.letters = self.byte(self.tags, 1)

    def byte(self, positions: Positions, behind: int = 0) -> NDArray[np.uint8]:
        """Return the byte so far behind each position."""
        following: NDArray[np.uint8] = self.bytes[behind:][positions]
        return following

    def eight_bytes(self, positions: Positions, behind: int = 0) -> Eights:
        """Return the eight bytes from so far behind each position on."""
        return self._words[behind:][positions]

    def matches(self, positions: Positions, literal: bytes, behind: int = 0) -> Flags:
        """Whether the literal is at each position, or so far behind it."""
        same = _same(self.eight_bytes(positions, behind), literal[:8])
        for at in range(8, len(literal), 8):
            same &= _same(self.eight_bytes(positions, behind + at), literal[at : at + 8])
        return same

    def numbers(self, positions: Positions, lengths: Positions) -> tuple[Positions, Flags]:
        """Read numbers of one to eight digits, and say where there are only digits."""
        fits = (lengths > 0) & (lengths <= 8)  # noqa: PLR2004 - a word
        shift = ((8 - np.where(fits, lengths, 8)) * 8).astype(np.uint64)
        digits = (self.eight_bytes(positions) << shift) ^ (_ZEROS << shift)
        fits &= (((digits + _ABOVE_NINE) | digits) & _HIGH_BITS) == 0
        digits = digits * _TEN + (digits >> _EIGHT)
        high = (digits & _PAIRS) * _HUNDREDS
        low = ((digits >> _SIXTEEN) & _PAIRS) * _ONES
        return ((high + low) >> _HALF).astype(np.int64), fits


def gather(pool: NDArray[np.uint8], starts: Positions, lengths: Positions) -> NDArray[np.uint8]:
    """Copy texts of a pool so that they follow each other."""
    ends = np.cumsum(lengths)
    if not len(ends):
        return np.empty(0, dtype=np.uint8)
    index = np.repeat(starts - (ends - lengths), lengths)
    index += np.arange(len(index))
    gathered: NDArray[np.uint8] = pool[index]
    return gathered


def _same(eight_bytes: Eights, literal: bytes) -> Flags:
    """Whether the words begin with the literal, which is no longer than one."""
    if len(literal) < 8:  # noqa: PLR2004 - a word
        eight_bytes = eight_bytes & MASKS[len(literal)]
    same: Flags = eight_bytes == as_integer(literal)
    return same
