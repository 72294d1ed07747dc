"""What goes to Arrow and back is what Arrow's own way makes of it, and pandas stays away."""

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest

from bulksms.columnar.arrays import (
    arrow_scalar,
    ints_from_arrow,
    ints_to_arrow,
    is_utf8,
    largest_bytes,
)


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.int64])
def test_numbers_go_there_and_back(kind: type[np.integer]) -> None:
    column = ints_to_arrow(np.arange(-3, 6, dtype=kind)[::2])
    assert column.equals(pa.array([-3, -1, 1, 3, 5], pa.from_numpy_dtype(kind)))
    assert ints_from_arrow(column[1:4]).tolist() == [-1, 1, 3]


def test_one_text_can_be_beside_a_column() -> None:
    assert arrow_scalar("é").equals(pa.scalar("é"))


def is_decoded(letters: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        letters.decode()
        return True
    return False


@pytest.mark.parametrize(
    "letters",
    [b"", b"a\xc3\xa9", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xf4\x8f\xbf\xbf",
     b"\xef\xbb", b"\xe9", b"a\x80", b"\xef\xbf\xbe", b"\x00"],
)  # fmt: skip
def test_what_is_utf8_is_what_python_decodes(letters: bytes) -> None:
    assert is_utf8(memoryview(letters)) == is_decoded(letters)


def test_the_largest_byte_of_each_text_is_found_beside_empty_ones() -> None:
    texts = pa.array(["skipped", "06 39", "", "06 a 39", "é", ""])[1:]
    assert largest_bytes(texts).tolist() == [ord("9"), 0, ord("a"), 0xC3, 0]
    assert largest_bytes(texts[:0]).tolist() == []
