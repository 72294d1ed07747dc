"""What goes to Arrow and back is what Arrow's own way makes of it, and pandas stays away."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.columnar.arrays import (
    all_bytes,
    any_longer_than,
    arrow_scalar,
    bools_from_arrow,
    bools_to_arrow,
    byte_lengths,
    contains_bytes,
    first_bytes,
    ints_from_arrow,
    ints_to_arrow,
    is_in_sorted,
    is_utf8,
    last_bytes,
    sorted_unique,
    strings_to_arrow,
    with_sequence,
)


@given(st.lists(st.booleans()), st.integers(0, 9))
def test_marks_go_there_and_back(values: list[bool], start: int) -> None:
    column = bools_to_arrow(np.array(values, dtype=np.bool_))
    assert column.equals(pa.array(values, pa.bool_()))
    assert bools_from_arrow(column[start:]).tolist() == values[start:]


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.int64])
def test_numbers_go_there_and_back(kind: type[np.integer]) -> None:
    column = ints_to_arrow(np.arange(-3, 6, dtype=kind)[::2])
    assert column.equals(pa.array([-3, -1, 1, 3, 5], pa.from_numpy_dtype(kind)))
    assert ints_from_arrow(column[1:4]).tolist() == [-1, 1, 3]


@given(st.lists(st.text()))
def test_texts_are_those_of_arrow(texts: list[str]) -> None:
    try:
        expected = pa.array(texts, pa.string())
    except UnicodeEncodeError:  # half a pair
        return
    assert strings_to_arrow(texts).equals(expected)


WHOLE = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)


@given(st.lists(WHOLE), st.lists(WHOLE))
def test_distinct_numbers_are_a_set(values: list[int], others: list[int]) -> None:
    ordered = sorted_unique(np.array(others, dtype=np.int64))
    assert ordered.tolist() == sorted(set(others))
    marks = is_in_sorted(np.array(values, dtype=np.int64), ordered)
    assert marks.tolist() == [value in others for value in values]


def test_one_text_can_be_beside_a_column() -> None:
    assert arrow_scalar("é").equals(pa.scalar("é"))


CELLS = st.lists(st.text(st.sampled_from("a=é\u00c2â\ufffd\uff1d"), max_size=3))


@given(CELLS, st.integers(0, 3))
def test_a_byte_is_found_in_the_cells_of_a_column_and_nowhere_else(
    cells: list[str], start: int
) -> None:
    column = pa.array(cells, pa.string())[start:]
    letters, held = "".join(column.to_pylist()).encode(), all_bytes(column)
    assert contains_bytes(held, b"=") == (b"=" in letters)
    assert contains_bytes(held, b"\xc3", b"\x82\xa2") == (
        b"\xc3\x82" in letters or b"\xc3\xa2" in letters
    )


@given(CELLS, st.integers(0, 3))
def test_bytes_side_by_side_are_found_in_one_cell(cells: list[str], start: int) -> None:
    column = pa.array(cells, pa.string())[start:]
    marks = with_sequence(column, b"a=", b"\xc3", b"\xa9\xa2")
    parts = [before + letter for before in ("a", "=") for letter in ("é", "â")]
    expected = [any(part in cell for part in parts) for cell in cells[start:]]
    assert marks.tolist() == expected


@given(CELLS, st.integers(0, 3), st.integers(0, 6))
def test_a_column_says_of_each_cell_what_the_cell_says(
    cells: list[str], start: int, limit: int
) -> None:
    column = strings_to_arrow(cells)
    assert column.equals(pa.array(cells, pa.string()))
    column, bare = column[start:], [cell.encode() for cell in cells[start:]]
    assert byte_lengths(column).tolist() == [len(cell) for cell in bare]
    assert first_bytes(column).tolist() == [cell[0] if cell else 0 for cell in bare]
    assert last_bytes(column).tolist() == [cell[-1] if cell else 0 for cell in bare]
    assert any_longer_than(column, limit) == any(len(cell) > limit for cell in bare)


@pytest.mark.parametrize(
    "letters",
    [b"", b"a\xc3\xa9", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xf4\x8f\xbf\xbf",
     b"\xef\xbb", b"\xe9", b"a\x80", b"\xef\xbf\xbe", b"\x00"],
)  # fmt: skip
def test_what_is_utf8_is_what_python_decodes(letters: bytes) -> None:
    try:
        letters.decode()
    except UnicodeDecodeError:
        assert not is_utf8(memoryview(letters))
    else:
        assert is_utf8(memoryview(letters))


@given(st.binary(max_size=12))
def test_of_any_bytes_what_is_utf8_is_what_python_decodes(letters: bytes) -> None:
    test_what_is_utf8_is_what_python_decodes(letters)
