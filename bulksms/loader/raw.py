"""Reaches into the bytes of a column: a look at all of them is far cheaper than at each cell."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = [
    "first_letters",
    "has",
    "holds",
    "is_longer",
    "is_utf8",
    "lengths",
    "letters_of",
]

Codes = NDArray[np.uint8]


def holds(cells: pa.StringArray, sign: bytes, *following: bytes) -> bool:
    """Say whether a byte stands anywhere in UTF-8, before one of each of the `following`."""
    return has(letters_of(cells), sign, *following)


def has(letters: bytes, sign: bytes, *following: bytes) -> bool:
    """Say the same of letters that are here already."""
    if not following or sign not in letters:
        return sign in letters
    part = np.frombuffer(letters, dtype=np.uint8)
    places = np.flatnonzero(part[: -len(following)] == sign[0])
    for ahead, signs in enumerate(following, 1):
        wanted = np.zeros(256, dtype=np.bool_)
        wanted[list(signs)] = True
        places = places[wanted[part[places + ahead]]]
    return len(places) > 0


def letters_of(cells: pa.StringArray) -> bytes:
    """Give all cells as one run of UTF-8."""
    offsets, letters = _parts(cells)
    return letters[offsets[0] : offsets[-1]].tobytes()


def first_letters(cells: pa.StringArray) -> Codes:
    """Give the first byte of each cell; 0 for an empty one."""
    offsets, letters = _parts(cells)
    starts = offsets[:-1]
    filled = offsets[1:] > starts
    first = np.zeros(len(cells), dtype=np.uint8)
    first[filled] = letters[starts[filled]]
    return first


def is_longer(cells: pa.StringArray, limit: int) -> bool:
    """Say whether a cell has more bytes of UTF-8."""
    offsets, _ = _parts(cells)
    return bool(offsets[-1] - offsets[0] > limit and np.diff(offsets).max() > limit)


def lengths(cells: pa.StringArray) -> NDArray[np.int32]:
    """Give how many bytes of UTF-8 each cell has."""
    return np.diff(_parts(cells)[0])


def is_utf8(letters: memoryview) -> bool:
    """Say whether the bytes are strict UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(letters)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _parts(cells: pa.StringArray) -> tuple[NDArray[np.int32], Codes]:
    """Where the cells start and end among the letters, and these."""
    _, places, letters = cells.buffers()
    if letters is None or not len(cells):
        return np.zeros(len(cells) + 1, dtype=np.int32), np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(places, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return offsets, np.frombuffer(letters, dtype=np.uint8)
