"""From numpy to Arrow and back, without nulls and without a copy; and what is distinct.

`pa.array` and `np.asarray` would do it too, but they import pandas, which takes half a second.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = [
    "Numbers",
    "are_among",
    "distinct",
    "first_letters",
    "letters_in",
    "marks_in",
    "marks_of",
    "numbers_in",
    "numbers_of",
    "strings_of",
    "text_of",
]

# Phone numbers as the digits of E.164.
Numbers: TypeAlias = NDArray[np.int64]

EIGHT = 8  # marks to a byte
ROOM = 8  # marks for each number that is searched for


def numbers_of(values: NDArray[np.integer]) -> pa.Array:
    """Give whole numbers to Arrow."""
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def numbers_in(array: pa.Array) -> NDArray[np.int64]:
    """Take whole numbers from Arrow, in the width that numpy takes by fastest."""
    kind = np.dtype(f"i{array.type.bit_width // EIGHT}")
    buffer = array.buffers()[1] or b""
    values = np.frombuffer(buffer, dtype=kind)[array.offset :][: len(array)]
    return values.astype(np.int64, copy=False)


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort whole numbers and give each once; `np.unique` would import masked arrays for it."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def are_among(values: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each number whether it is one of some `distinct` ones."""
    found = np.zeros(len(values), dtype=bool)
    if len(ordered):
        some = _may_be_among(values, ordered)
        places = np.minimum(np.searchsorted(ordered, values[some]), len(ordered) - 1)
        found[some] = ordered[places] == values[some]
    return found


def _may_be_among(values: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the few that need to be searched for: the last bits of a number tell most apart."""
    bits = (len(ordered) * ROOM).bit_length()
    last = (1 << bits) - 1
    marks = np.zeros(1 << bits, dtype=bool)
    marks[ordered & last] = True
    return np.flatnonzero(marks[values & last])


def marks_of(values: NDArray[np.bool_]) -> pa.BooleanArray:
    """Give marks to Arrow."""
    buffer = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.BooleanArray.from_buffers(pa.bool_(), len(values), [None, buffer])


def marks_in(array: pa.BooleanArray) -> NDArray[np.bool_]:
    """Take marks from Arrow."""
    bits = np.frombuffer(array.buffers()[1] or b"", dtype=np.uint8)
    marks = np.unpackbits(bits, bitorder="little")[array.offset :][: len(array)]
    return marks.view(np.bool_)


def letters_in(
    texts: pa.StringArray | pa.LargeStringArray,
) -> tuple[NDArray[np.signedinteger], NDArray[np.uint8]]:
    """Take texts from Arrow: where each begins and the last one ends, and the bytes of all."""
    _, places, letters = texts.buffers()
    kind = np.int32 if pa.types.is_string(texts.type) else np.int64
    if letters is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=kind), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(places, dtype=kind)[texts.offset :][: len(texts) + 1]
    held = np.frombuffer(letters, dtype=np.uint8)[offsets[0] : offsets[-1]]
    return offsets - offsets[0], held


def first_letters(texts: pa.StringArray | pa.LargeStringArray) -> NDArray[np.uint8]:
    """Take the first byte of each text; 0 of an empty one."""
    offsets, letters = letters_in(texts)
    starts = offsets[:-1]
    filled = offsets[1:] > starts
    first = np.zeros(len(texts), dtype=np.uint8)
    first[filled] = letters[starts[filled]]
    return first


def strings_of(texts: Sequence[str]) -> pa.StringArray:
    """Give texts to Arrow."""
    letters = "".join(texts).encode()
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=offsets[1:])
    if offsets[-1] < len(letters):  # from characters to bytes
        starts = (np.frombuffer(letters, dtype=np.uint8) & 0xC0) != 0x80  # noqa: PLR2004
        offsets = np.append(np.flatnonzero(starts), len(letters))[offsets]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(letters)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers).cast(pa.string())


@cache
def text_of(text: str) -> pa.StringScalar:
    """Give one text to Arrow, to be set beside a whole column."""
    return strings_of([text])[0]
