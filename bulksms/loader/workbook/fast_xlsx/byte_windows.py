"""Looks at the bytes of a piece of XML, eight at a time and at many positions at once."""

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]
Eights = NDArray[np.uint64]

LESS, GREATER, SLASH = b"<>/"
_TAB, _NEWLINE, _RETURN, _SPACE, _AND = b"\t\n\r &"
_LOW, _ESCAPE, _CLOSE, _LAST = b"_x]\xef"
# What XML forbids, or allows in no text.
_NEVER = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTINUES, _CONTINUED = 0xC0, 0x80
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


def find_doubtful(windows: Windows, starts: Positions, ends: Positions, kept: Flags) -> Flags:
    """Which texts are more than their bytes: they hold an entity or an escape, or are trimmed.

    The texts are in order; empty ones may be anywhere.
    """
    is_doubtful = ~kept & _padded(windows, starts, ends)
    special = _specials(windows)
    if len(special):
        full = np.flatnonzero(ends > starts)
        owner = np.searchsorted(starts[full], special, side="right") - 1
        special, owner = special[owner >= 0], owner[owner >= 0]
        is_doubtful[full[owner[special < ends[full[owner]]]]] = True
    return is_doubtful


def _padded(windows: Windows, starts: Positions, ends: Positions) -> Flags:
    """Which texts begin or end with a blank."""
    is_padded = (windows.byte(starts) <= _SPACE) | (windows.bytes[ends - 1] <= _SPACE)
    if is_padded.any():
        is_padded &= ends > starts
    return is_padded


def _specials(windows: Windows) -> Positions:
    """Where an entity, a carriage return or an escape begins."""
    letters = windows.bytes[: windows.size]
    rare = letters < _SPACE
    rare |= letters == _AND
    rare |= letters & ~np.uint8(_LOW ^ _CLOSE) == _CLOSE  # either of them
    rare |= letters == _LAST
    special = np.flatnonzero(rare)
    kinds = letters[special]
    blank = (kinds == _TAB) | (kinds == _NEWLINE) | (kinds == _RETURN)
    give_up_unless((blank | (kinds >= _SPACE)).all(), "a control character")
    _refuse_never(windows, special[(kinds == _CLOSE) | (kinds == _LAST)])
    escape = (kinds == _LOW) & (windows.bytes[special + 1] == _ESCAPE)
    positions: Positions = special[(kinds == _AND) | (kinds == _RETURN) | escape]
    return positions


def _refuse_never(windows: Windows, positions: Positions) -> None:
    """Give up over what XML allows in no text; it may begin at `positions`."""
    for never in _NEVER:
        give_up_unless(not windows.matches(positions, never).any(), "what no XML may have")


def check_texts(pool: NDArray[np.uint8], lengths: Positions) -> None:
    """Check that each of the texts, which follow each other, is UTF-8."""
    try:
        pool.tobytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotSimpleXml("no UTF-8") from error
    starts = (np.cumsum(lengths) - lengths)[lengths > 0]
    give_up_unless((pool[starts] & _CONTINUES != _CONTINUED).all(), "no UTF-8")
