"""Looks at all bytes of a column at once, to pass over columns that need no closer look."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["holds", "is_utf8"]

Codes = NDArray[np.uint8]


def holds(column: "pd.Series[str]", sign: bytes, following: bytes = b"") -> bool:
    """Say whether a byte stands anywhere in UTF-8, before one of those `following` if any."""
    return any(_stands(part, sign[0], list(following)) for part in _bytes(column))


def is_utf8(letters: memoryview) -> bool:
    """Say whether the bytes are strict UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(letters)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(letters)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _stands(part: Codes, sign: int, following: list[int]) -> bool:
    if not following:
        return bool((part == sign).any())
    places = np.flatnonzero(part[:-1] == sign)
    return bool(np.isin(part[places + 1], following).any())


def _bytes(column: "pd.Series[str]") -> Iterator[Codes]:
    cells = pa.array(column, type=pa.large_string())
    for chunk in cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]:
        _, places, letters = chunk.buffers()
        if letters is None or not len(chunk):
            continue
        offsets = np.frombuffer(places, dtype=np.int64)[chunk.offset :]
        yield np.frombuffer(letters, dtype=np.uint8)[offsets[0] : offsets[len(chunk)]]
