"""Columns of texts as their characters: taken apart, put together and replaced all at once."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    bools_to_arrow,
    first_bytes,
    ints_from_arrow,
    last_bytes,
    string_buffers,
    strings_to_arrow,
)
from bulksms.contacts.cells import spelling

__all__ = [
    "OTHER_LETTERS",
    "begin_with_a_letter",
    "encoded_texts",
    "end_with_a_word",
    "exclusive_cumsum",
    "format_e164",
    "join_words",
    "replace_look_alikes",
    "rewrite_some",
    "texts_from_buffers",
]

ASCII = 128
SIGMA, FINAL_SIGMA = "\N{GREEK SMALL LETTER SIGMA}", "\N{GREEK SMALL LETTER FINAL SIGMA}"
# Letters whose stroke or missing dot is no accent that can be taken off.
DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"
OTHER_LETTERS = ((FINAL_SIGMA, SIGMA), ("ł", "l"), ("ø", "o"), ("đ", "d"), (DOTLESS_I, "i"))
CODE_POINTS = 1 << 16  # distinguished at once; the last one is for all others, which are rare
LEFT_OUT, NOT_ASCII = 254, 255  # instead of a character of ASCII
IS_LETTER = np.array([chr(byte).isalpha() or byte >= ASCII for byte in range(256)])
ENDS_A_WORD = IS_LETTER | np.isin(np.arange(256), list(b")]."))
# Capitals are written small, and what is between words as a blank; what is beyond ASCII stays.
WORD_BYTES = bytes(
    byte if chr(byte).isalnum() or byte >= ASCII else ord(" ") for byte in range(256)
).lower()
FOUR_DIGITS = 10_000  # are written at once
FOURS = 5
WIDTH = 4 * FOURS  # characters of the longest number and its +
POSITIONS = np.arange(WIDTH, dtype=np.uint8)
FRACTION = 52  # bits of a floating-point number behind those of its exponent
# By the exponent: how many digits the least whole number has that has it; and the least number
# that has more digits.
FEWEST_DIGITS = np.array([1] * 1023 + [len(str(1 << power)) for power in range(63)])
MORE_DIGITS = np.array([10**digits for digits in range(WIDTH - 1)] + [(1 << 63) - 1])


def encoded_texts(
    texts: pa.StringArray | pa.LargeStringArray,
) -> tuple[NDArray[np.signedinteger], bytes]:
    """Return where each text begins, and the bytes of all texts."""
    offsets, letters = string_buffers(texts)
    return offsets, letters.tobytes()


def texts_from_buffers(
    offsets: NDArray[np.int32], letters: bytes | NDArray[np.uint8]
) -> pa.StringArray:
    """Make texts from where each begins and the bytes of all."""
    buffers = (pa.py_buffer(offsets), pa.py_buffer(letters))
    return pa.StringArray.from_buffers(len(offsets) - 1, *buffers)


def begin_with_a_letter(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.bool_]:
    """Mark the texts that begin with a letter; all characters beyond ASCII count as letters."""
    marks: NDArray[np.bool_] = IS_LETTER.take(first_bytes(texts))
    return marks


def end_with_a_word(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.bool_]:
    """Mark the texts that end with a letter, or with a bracket or dot that may be behind one."""
    marks: NDArray[np.bool_] = ENDS_A_WORD.take(last_bytes(texts))
    return marks


def rewrite_some(
    texts: pa.StringArray,
    marks: pa.BooleanArray,
    rewrite: Callable[[pa.StringArray], pa.StringArray],
) -> pa.StringArray:
    """Rewrite the marked texts; most columns have none, and rewriting is slow."""
    if not pc.any(marks).as_py():
        return texts
    return pc.replace_with_mask(texts, marks, rewrite(texts.filter(marks)))


def join_words(texts: pa.StringArray) -> pa.StringArray:
    """Write the words of each text, as `headers.words` finds them, with one blank between."""
    texts = rewrite_some(texts, pc.match_substring_regex(texts, "[a-z0-9][A-Z]"), _split_camel_case)
    texts = rewrite_some(texts, _beyond_ascii(texts), _words_beyond_ascii)
    offsets, letters = encoded_texts(texts)
    texts = texts_from_buffers(offsets, letters.translate(WORD_BYTES))
    blanks = pc.match_substring(texts, "  ")
    texts = rewrite_some(texts, blanks, lambda some: pc.replace_substring_regex(some, " +", " "))
    return pc.ascii_trim(texts, " ")


def _split_camel_case(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.replace_substring(texts, "WhatsApp", "Whatsapp")
    return pc.replace_substring_regex(texts, "([a-z0-9])([A-Z])", r"\1 \2")


def _words_beyond_ascii(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.replace_substring_regex(pc.utf8_normalize(texts, "NFKD"), r"[\p{Mn}\p{Cf}]+", "")
    texts = pc.replace_substring(pc.utf8_lower(texts), "ß", "ss")
    return rewrite_some(texts, _beyond_ascii(texts), _words_of_other_letters)


def _words_of_other_letters(texts: pa.StringArray) -> pa.StringArray:
    for letter, plain in OTHER_LETTERS:
        texts = pc.replace_substring(texts, letter, plain)
    return pc.replace_substring_regex(texts, r"[^\pL\pN]+", " ")


def _beyond_ascii(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.not_equal(pc.binary_length(texts), pc.utf8_length(texts))


def replace_look_alikes(texts: pa.StringArray | pa.LargeStringArray) -> pa.StringArray:
    """Replace characters that only look like digits, spaces or signs of ASCII."""
    _, encoded = encoded_texts(texts)
    code_points = np.frombuffer(encoded.decode().encode("utf-32-le"), dtype="<u4")
    code_points = np.minimum(code_points, CODE_POINTS - 1).astype(np.int64)
    plain = _replacements(code_points).take(code_points)
    bounds = exclusive_cumsum(ints_from_arrow(pc.utf8_length(texts)))
    kept = plain < LEFT_OUT
    plain_texts = texts_from_buffers(exclusive_cumsum(kept)[bounds], plain[kept]).cast(texts.type)
    foreign = exclusive_cumsum(plain == NOT_ASCII)[bounds]
    odd = bools_to_arrow(foreign[1:] > foreign[:-1])
    rest = spelling.replace_look_alikes(texts.filter(odd).to_pylist())
    return pc.replace_with_mask(plain_texts, odd, strings_to_arrow(rest).cast(texts.type))


def format_e164(numbers: NDArray[np.int64]) -> pa.LargeStringArray:
    """Write phone numbers as text in E.164, with their +."""
    digits, rest = _four_digits(), numbers
    fours = np.empty((len(numbers), FOURS), dtype=np.uint32)
    for at in reversed(range(FOURS)):
        higher = rest // FOUR_DIGITS
        fours[:, at] = digits.take(rest - higher * FOUR_DIGITS)
        rest = higher
    letters, lengths = fours.view(np.uint8), _digit_counts(numbers) + 1
    pluses = WIDTH - lengths
    letters[np.arange(len(numbers)), pluses] = ord("+")
    kept = letters[pluses.astype(np.uint8)[:, np.newaxis] <= POSITIONS]
    offsets = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    buffers = (pa.py_buffer(offsets), pa.py_buffer(kept))
    return pa.LargeStringArray.from_buffers(len(numbers), *buffers)


def _digit_counts(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the digits of numbers, by how many bits they have."""
    bits = numbers.astype(np.float64).view(np.int64) >> FRACTION
    fewest = FEWEST_DIGITS.take(bits, mode="clip")
    return fewest + (numbers >= MORE_DIGITS.take(fewest))


@cache
def _four_digits() -> NDArray[np.uint32]:
    """Write every number of four digits."""
    return np.array([f"{four:04}".encode() for four in range(FOUR_DIGITS)]).view(np.uint32)


def _replacements(code_points: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the replacement of each character that occurs."""
    table = np.full(CODE_POINTS, NOT_ASCII, dtype=np.uint8)
    counts = np.bincount(code_points, minlength=CODE_POINTS)[: CODE_POINTS - 1]
    for code_point in np.flatnonzero(counts).tolist():
        (plain,) = spelling.replace_look_alikes([chr(code_point)])
        if plain.isascii():
            table[code_point] = ord(plain) if plain else LEFT_OUT
    return table


def exclusive_cumsum(counts: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.int32]:
    """Sum up what comes before each position, and all of it at the end."""
    sums = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=sums[1:])
    return sums
