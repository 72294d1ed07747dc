"""Looks at all bytes of a column at once, to pass over columns that need no closer look."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["holds", "is_utf8"]

Codes = NDArray[np.uint8]


def holds(cells: pa.StringArray, sign: bytes, following: bytes = b"") -> bool:
    """Say whether a byte stands anywhere in UTF-8, before one of those `following` if any."""
    part = _bytes(cells)
    if not following:
        return bool((part == sign[0]).any())
    places = np.flatnonzero(part[:-1] == sign[0])
    return bool(np.isin(part[places + 1], list(following)).any())


def is_utf8(letters: memoryview) -> bool:
    """Say whether the bytes are strict UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(letters)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _bytes(cells: pa.StringArray) -> Codes:
    _, places, letters = cells.buffers()
    if letters is None or not len(cells):
        return np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(places, dtype=np.int32)[cells.offset :]
    return np.frombuffer(letters, dtype=np.uint8)[offsets[0] : offsets[len(cells)]]
