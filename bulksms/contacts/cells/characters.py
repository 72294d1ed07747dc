"""Columns of texts as their characters: taken apart, put together and replaced all at once."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    bools_to_arrow,
    first_bytes,
    ints_from_arrow,
    string_buffers,
    strings_to_arrow,
)
from bulksms.contacts.cells import spelling

__all__ = [
    "begin_with_a_letter",
    "exclusive_cumsum",
    "format_e164",
    "letters_of",
    "replace_look_alikes",
    "texts_of",
]

ASCII = 128
LETTERS = 1 << 16  # told apart at once; the last of them stands for all others, which are rare
LEFT_OUT, NOT_PLAIN = 254, 255  # in place of a character of ASCII
LETTERED = np.array([chr(letter).isalpha() or letter >= ASCII for letter in range(256)])
FOUR_DIGITS = 10_000  # are written at once
FOURS = 5
WIDTH = 4 * FOURS  # characters of the longest number and its +
PLACES = np.arange(WIDTH, dtype=np.uint8)
FRACTION = 52  # bits of a floating-point number behind those of its exponent
# By the exponent: how many digits the least whole number has that has it; and the least number
# that has more digits.
FEWEST_DIGITS = np.array([1] * 1023 + [len(str(1 << power)) for power in range(63)])
MORE_DIGITS = np.array([10**digits for digits in range(WIDTH - 1)] + [(1 << 63) - 1])


def letters_of(
    texts: pa.StringArray | pa.LargeStringArray,
) -> tuple[NDArray[np.signedinteger], bytes]:
    """The characters of all texts as they are encoded, and where each text begins in them."""
    offsets, letters = string_buffers(texts)
    return offsets, letters.tobytes()


def texts_of(offsets: NDArray[np.int32], letters: bytes | NDArray[np.uint8]) -> pa.StringArray:
    """The texts that begin at these places of their characters."""
    buffers = (pa.py_buffer(offsets), pa.py_buffer(letters))
    return pa.StringArray.from_buffers(len(offsets) - 1, *buffers)


def begin_with_a_letter(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.bool_]:
    """Say which texts do; all characters beyond ASCII are taken for letters."""
    has_trailing_words: NDArray[np.bool_] = LETTERED.take(first_bytes(texts))
    return has_trailing_words


def replace_look_alikes(texts: pa.StringArray | pa.LargeStringArray) -> pa.StringArray:
    """Replace what only looks like a digit, a space or a sign of ASCII, as `spelling` does."""
    _, encoded = letters_of(texts)
    letters = np.frombuffer(encoded.decode().encode("utf-32-le"), dtype="<u4")
    letters = np.minimum(letters, LETTERS - 1).astype(np.int64)
    plain = _plain_letters(letters).take(letters)
    bounds = exclusive_cumsum(ints_from_arrow(pc.utf8_length(texts)))
    kept = plain < LEFT_OUT
    plain_texts = texts_of(exclusive_cumsum(kept)[bounds], plain[kept]).cast(texts.type)
    foreign = exclusive_cumsum(plain == NOT_PLAIN)[bounds]
    odd = bools_to_arrow(foreign[1:] > foreign[:-1])
    rest = spelling.replace_look_alikes(texts.filter(odd).to_pylist())
    return pc.replace_with_mask(plain_texts, odd, strings_to_arrow(rest).cast(texts.type))


def format_e164(numbers: NDArray[np.int64]) -> pa.LargeStringArray:
    """Write numbers with their +."""
    digits, left = _four_digits(), numbers
    fours = np.empty((len(numbers), FOURS), dtype=np.uint32)
    for at in reversed(range(FOURS)):
        before = left // FOUR_DIGITS
        fours[:, at] = digits.take(left - before * FOUR_DIGITS)
        left = before
    letters, lengths = fours.view(np.uint8), _lengths(numbers) + 1
    pluses = WIDTH - lengths
    letters[np.arange(len(numbers)), pluses] = ord("+")
    kept = letters[pluses.astype(np.uint8)[:, np.newaxis] <= PLACES]
    offsets = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    buffers = (pa.py_buffer(offsets), pa.py_buffer(kept))
    return pa.LargeStringArray.from_buffers(len(numbers), *buffers)


def _lengths(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the digits of numbers, by how many bits they have."""
    bits = numbers.astype(np.float64).view(np.int64) >> FRACTION
    fewest = FEWEST_DIGITS.take(bits, mode="clip")
    return fewest + (numbers >= MORE_DIGITS.take(fewest))


@cache
def _four_digits() -> NDArray[np.uint32]:
    """Write every number of four digits."""
    return np.array([f"{four:04}".encode() for four in range(FOUR_DIGITS)]).view(np.uint32)


def _plain_letters(letters: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Tell what to write in place of each character that is met."""
    table = np.full(LETTERS, NOT_PLAIN, dtype=np.uint8)
    for letter in np.flatnonzero(np.bincount(letters, minlength=LETTERS)[: LETTERS - 1]).tolist():
        (plain,) = spelling.replace_look_alikes([chr(letter)])
        if plain.isascii():
            table[letter] = ord(plain) if plain else LEFT_OUT
    return table


def exclusive_cumsum(counts: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.int32]:
    """Add up what comes before each place."""
    counted = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=counted[1:])
    return counted
