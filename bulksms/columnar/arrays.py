"""Converts between numpy and Arrow without nulls or copies, and looks into the bytes of columns.

`pa.array` and `np.asarray` do the same but import pandas, which takes half a second.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "PhoneNumbers",
    "all_bytes",
    "arrow_scalar",
    "bools_from_arrow",
    "bools_to_arrow",
    "byte_lengths",
    "byte_table",
    "contains_bytes",
    "first_bytes",
    "ints_from_arrow",
    "ints_to_arrow",
    "is_in_sorted",
    "is_utf8",
    "largest_bytes",
    "last_bytes",
    "matching_cells",
    "sorted_unique",
    "string_buffers",
    "strings_to_arrow",
    "use_low_memory_allocator",
    "with_bytes",
]

# Phone numbers as the digits of E.164.
PhoneNumbers: TypeAlias = NDArray[np.int64]

BITS_PER_BYTE = 8
BUCKETS_PER_NUMBER = 8  # of the hash table that most numbers fail in


def ints_to_arrow(values: NDArray[np.integer]) -> pa.Array:
    """Make an Arrow array of whole numbers."""
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def ints_from_arrow(array: pa.Array) -> NDArray[np.int64]:
    """Take whole numbers from Arrow as int64, which numpy indexes with fastest."""
    kind = np.dtype(f"i{array.type.bit_width // BITS_PER_BYTE}")
    buffer = array.buffers()[1] or b""
    values = np.frombuffer(buffer, dtype=kind)[array.offset :][: len(array)]
    return values.astype(np.int64, copy=False)


def sorted_unique(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort whole numbers and give each once; `np.unique` would import masked arrays."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def is_in_sorted(values: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the numbers that are among some `sorted_unique` ones."""
    result = np.zeros(len(values), dtype=bool)
    if len(ordered):
        candidates = _may_be_in(values, ordered)
        positions = np.searchsorted(ordered, values[candidates])
        positions = np.minimum(positions, len(ordered) - 1)
        result[candidates] = ordered[positions] == values[candidates]
    return result


def _may_be_in(values: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the few numbers worth a search: the last bits rule most of them out."""
    bits = (len(ordered) * BUCKETS_PER_NUMBER).bit_length()
    mask = (1 << bits) - 1
    occupied = np.zeros(1 << bits, dtype=bool)
    occupied[ordered & mask] = True
    return np.flatnonzero(occupied[values & mask])


def bools_to_arrow(values: NDArray[np.bool_]) -> pa.BooleanArray:
    """Make an Arrow array of booleans."""
    buffer = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.BooleanArray.from_buffers(pa.bool_(), len(values), [None, buffer])


def bools_from_arrow(array: pa.BooleanArray) -> NDArray[np.bool_]:
    """Take booleans from Arrow."""
    bits = np.frombuffer(array.buffers()[1] or b"", dtype=np.uint8)
    flags = np.unpackbits(bits, bitorder="little")[array.offset :][: len(array)]
    return flags.view(np.bool_)


def string_buffers(
    texts: pa.StringArray | pa.LargeStringArray,
) -> tuple[NDArray[np.signedinteger], NDArray[np.uint8]]:
    """Return the offsets of the texts, one more than there are texts, and the bytes of all."""
    _, starts, letters = texts.buffers()
    kind = np.int32 if pa.types.is_string(texts.type) else np.int64
    if letters is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=kind), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(starts, dtype=kind)[texts.offset :][: len(texts) + 1]
    content = np.frombuffer(letters, dtype=np.uint8)[offsets[0] : offsets[-1]]
    return offsets - offsets[0], content


def first_bytes(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.uint8]:
    """Take the first byte of each text; 0 of an empty one."""
    offsets, letters = string_buffers(texts)
    return _bytes_at(letters, offsets[:-1], offsets[1:] > offsets[:-1])


def last_bytes(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.uint8]:
    """Take the last byte of each text; 0 of an empty one."""
    offsets, letters = string_buffers(texts)
    return _bytes_at(letters, offsets[1:] - 1, offsets[1:] > offsets[:-1])


def _bytes_at(
    letters: NDArray[np.uint8], positions: NDArray[np.signedinteger], filled: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Take the byte at the position of each text that is filled, and else 0."""
    taken = np.zeros(len(positions), dtype=np.uint8)
    taken[filled] = letters[positions[filled]]
    return taken


def largest_bytes(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.uint8]:
    """Take the largest byte of each text; 0 of an empty one."""
    offsets, letters = string_buffers(texts)
    filled = offsets[1:] > offsets[:-1]
    largest = np.zeros(len(texts), dtype=np.uint8)
    if filled.any():
        largest[filled] = np.maximum.reduceat(letters, offsets[:-1][filled])
    return largest


def strings_to_arrow(texts: Sequence[str]) -> pa.StringArray:
    """Make an Arrow array of texts."""
    letters = "".join(texts).encode()
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=offsets[1:])
    if offsets[-1] < len(letters):  # from characters to bytes
        starts = (np.frombuffer(letters, dtype=np.uint8) & 0xC0) != 0x80  # noqa: PLR2004
        offsets = np.append(np.flatnonzero(starts), len(letters))[offsets]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(letters)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers).cast(pa.string())


@cache
def arrow_scalar(text: str) -> pa.StringScalar:
    """Make one Arrow text, to combine with a whole column."""
    return strings_to_arrow([text])[0]


def contains_bytes(letters: bytes, sign: bytes, *following: bytes) -> bool:
    """Whether UTF-8 has a byte, followed by one of each of the `following`."""
    if not following or sign not in letters:
        return sign in letters
    part = np.frombuffer(letters, dtype=np.uint8)
    offsets = np.flatnonzero(part[: -len(following)] == sign[0])
    for ahead, signs in enumerate(following, 1):
        offsets = offsets[byte_table(signs)[part[offsets + ahead]]]
    return len(offsets) > 0


def byte_table(signs: bytes) -> NDArray[np.bool_]:
    """Make a table of all bytes in which these are marked."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(signs)] = True
    return table


def with_bytes(texts: pa.StringArray, signs: bytes) -> NDArray[np.bool_]:
    """Mark the texts that have one of these bytes."""
    offsets, letters = string_buffers(texts)
    marks = np.zeros(len(texts), dtype=np.bool_)
    at = np.flatnonzero(_mark_bytes(letters, signs))
    marks[np.searchsorted(offsets, at, side="right") - 1] = True
    return marks


def matching_cells(cells: pa.StringArray, pattern: str, signs: bytes) -> NDArray[np.bool_]:
    """Mark the cells that match an expression, all of which have one of some bytes.

    Arrow takes up to 7 ms to read an expression: without such a byte it is not read.
    """
    marks = with_bytes(cells, signs)
    if marks.any():
        candidates = cells.filter(bools_to_arrow(marks))
        marks[marks] = bools_from_arrow(pc.match_substring_regex(candidates, pattern))
    return marks


def with_sequences(
    texts: pa.StringArray, key: bytes, sequences: Sequence[Sequence[bytes]]
) -> NDArray[np.bool_]:
    """Mark the texts with one of some sequences: side by side, one byte of each of its items.

    One item of each sequence is the `key`, a rare byte: around it the others are looked for.
    """
    offsets, letters = string_buffers(texts)
    letters = np.append(letters, np.uint8(0))  # in no sequence, but looked at behind the last text
    marks = np.zeros(len(texts), dtype=np.bool_)
    positions = np.flatnonzero(letters == key[0])
    following = [signs[signs.index(key) + 1 :][:1] for signs in sequences]
    if all(following):  # what follows the key leaves few of them
        seconds = byte_table(b"".join(items[0] for items in following))
        positions = positions[seconds[letters[positions + 1]]]
    for signs in sequences:
        starts = positions - signs.index(key)
        for at in sorted(range(len(signs)), key=lambda at: len(signs[at])):  # the rarest first
            starts = starts[byte_table(signs[at])[letters.take(starts + at, mode="clip")]]
        inside = np.searchsorted(offsets, starts, side="right") - 1
        marks[inside[starts + len(signs) <= offsets[inside + 1]]] = True
    return marks


def _mark_bytes(letters: NDArray[np.uint8], signs: bytes) -> NDArray[np.bool_]:
    """Mark the letters that are among some; comparing is faster than looking in a table."""
    marks = np.zeros(len(letters), dtype=np.bool_)
    for sign in signs:
        marks |= letters == sign
    return marks


def all_bytes(cells: pa.StringArray) -> bytes:
    """Return all cells as one run of UTF-8."""
    return string_buffers(cells)[1].tobytes()


def byte_lengths(cells: pa.StringArray) -> NDArray[np.signedinteger]:
    """Count the bytes of UTF-8 of each cell."""
    return np.diff(string_buffers(cells)[0])


def is_utf8(letters: memoryview) -> bool:
    """Whether the bytes are strict UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(letters)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


@cache
def use_low_memory_allocator() -> None:
    """Use jemalloc where Arrow has it: it returns freed memory to the system.

    The default allocator keeps a fifth more than is used, and is not faster.
    """
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
