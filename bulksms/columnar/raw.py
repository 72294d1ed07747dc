"""Reaches into the bytes of a column: a look at all of them is far cheaper than at each cell."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import letters_in

__all__ = [
    "has",
    "is_longer",
    "is_utf8",
    "lengths",
    "letters_of",
]


def has(letters: bytes, sign: bytes, *following: bytes) -> bool:
    """Say whether a byte stands in UTF-8, before one of each of the `following`."""
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
    return letters_in(cells)[1].tobytes()


def is_longer(cells: pa.StringArray, limit: int) -> bool:
    """Say whether a cell has more bytes of UTF-8."""
    offsets, letters = letters_in(cells)
    return len(letters) > limit and bool(np.diff(offsets).max() > limit)


def lengths(cells: pa.StringArray) -> NDArray[np.signedinteger]:
    """Give how many bytes of UTF-8 each cell has."""
    return np.diff(letters_in(cells)[0])


def is_utf8(letters: memoryview) -> bool:
    """Say whether the bytes are strict UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(letters)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
