"""Columns of texts as their characters: taken apart, put together and replaced all at once."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.contacts import spelling

__all__ = ["in_plain_letters", "letters_of", "texts_of", "written"]

ASCII = bytes(range(128))
LETTERS = 1 << 16  # told apart at once; all others are rare
LEFT_OUT, NOT_PLAIN = 254, 255  # in place of a character of ASCII
FOUR_DIGITS = 10_000  # are written at once
FOURS = 5
WIDTH = 4 * FOURS  # characters of the longest number and its +
PLACES = np.arange(WIDTH)
POWERS = 10 ** np.arange(1, WIDTH - 1, dtype=np.int64)


def letters_of(
    texts: pa.StringArray | pa.LargeStringArray,
) -> tuple[NDArray[np.signedinteger], bytes]:
    """The characters of all texts as they are encoded, and where each text begins in them."""
    if not len(texts):
        return np.zeros(1, dtype=np.int32), b""
    _, places, letters = texts.buffers()
    kind = np.int32 if pa.types.is_string(texts.type) else np.int64
    offsets = np.frombuffer(places, dtype=kind)[texts.offset :][: len(texts) + 1]
    first, end = int(offsets[0]), int(offsets[-1])
    return offsets - offsets[0], letters[first:end].to_pybytes() if letters else b""


def texts_of(offsets: NDArray[np.int32], letters: bytes | NDArray[np.uint8]) -> pa.StringArray:
    """The texts that begin at these places of their characters."""
    buffers = (pa.py_buffer(offsets), pa.py_buffer(letters))
    return pa.StringArray.from_buffers(len(offsets) - 1, *buffers)


def in_plain_letters(texts: pa.StringArray | pa.LargeStringArray) -> pa.StringArray:
    """Replace what only looks like a digit, a space or a sign of ASCII, as `spelling` does."""
    _, encoded = letters_of(texts)
    letters = np.frombuffer(encoded.decode().encode("utf-32-le"), dtype="<u4")
    plain = _plain_letters(encoded).take(np.minimum(letters, LETTERS - 1))
    bounds = _counted(pc.utf8_length(texts))
    kept = plain < LEFT_OUT
    plain_texts = texts_of(_counted(kept)[bounds], plain[kept]).cast(texts.type)
    foreign = _counted(plain == NOT_PLAIN)[bounds]
    odd = pa.array(foreign[1:] > foreign[:-1])
    rest = spelling.in_plain_letters(texts.filter(odd).to_pylist())
    return pc.replace_with_mask(plain_texts, odd, pa.array(rest, texts.type))


def written(numbers: NDArray[np.int64]) -> pa.LargeStringArray:
    """Write numbers with their +."""
    digits = _four_digits()
    fours, left = np.empty((len(numbers), FOURS), dtype=np.uint32), numbers
    for at in reversed(range(FOURS)):
        before = left // FOUR_DIGITS
        fours[:, at] = digits.take(left - before * FOUR_DIGITS)
        left = before
    letters = fours.view(np.uint8)
    pluses = WIDTH - 2 - np.searchsorted(POWERS, numbers, side="right")
    letters[np.arange(len(numbers)), pluses] = ord("+")
    kept = letters[pluses[:, np.newaxis] <= PLACES]
    offsets = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(WIDTH - pluses, out=offsets[1:])
    buffers = (pa.py_buffer(offsets), pa.py_buffer(kept))
    return pa.LargeStringArray.from_buffers(len(numbers), *buffers)


@cache
def _four_digits() -> NDArray[np.uint32]:
    """Write every number of four digits."""
    return np.array([f"{four:04}".encode() for four in range(FOUR_DIGITS)]).view(np.uint32)


def _plain_letters(encoded: bytes) -> NDArray[np.uint8]:
    """Tell what to write in place of each character that is met."""
    table = np.full(LETTERS, NOT_PLAIN, dtype=np.uint8)
    (ascii_letters,) = spelling.in_plain_letters([ASCII.decode()])
    table[: len(ASCII)] = np.frombuffer(ascii_letters.encode(), dtype=np.uint8)
    for letter in set(encoded.translate(None, ASCII).decode()):
        (plain,) = spelling.in_plain_letters([letter])
        if plain.isascii() and ord(letter) < LETTERS - 1:
            table[ord(letter)] = ord(plain) if plain else LEFT_OUT
    return table


def _counted(counts: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.int32]:
    """Add up what comes before each place."""
    counted = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=counted[1:])
    return counted
