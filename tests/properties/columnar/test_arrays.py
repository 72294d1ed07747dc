"""Whatever texts, numbers or bytes there are: columns go there and back as Arrow's own do."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from bulksms.columnar.arrays import (
    all_bytes,
    bools_from_arrow,
    bools_to_arrow,
    byte_lengths,
    contains_bytes,
    first_bytes,
    is_in_sorted,
    is_utf8,
    last_bytes,
    sorted_unique,
    strings_to_arrow,
    with_sequences,
)
from tests.unit.columnar.test_arrays import is_decoded


@given(st.lists(st.booleans()), st.integers(0, 9))
def test_marks_go_there_and_back(values: list[bool], start: int) -> None:
    column = bools_to_arrow(np.array(values, dtype=np.bool_))
    assert column.equals(pa.array(values, pa.bool_()))
    assert bools_from_arrow(column[start:]).tolist() == values[start:]


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
    marks = with_sequences(column, b"\xc3", [(b"a=", b"\xc3", b"\xa9\xa2")])
    parts = [before + letter for before in ("a", "=") for letter in ("é", "â")]
    expected = [any(part in cell for part in parts) for cell in cells[start:]]
    assert marks.tolist() == expected


@given(CELLS, st.integers(0, 3))
def test_a_column_says_of_each_cell_what_the_cell_says(cells: list[str], start: int) -> None:
    column = strings_to_arrow(cells)
    assert column.equals(pa.array(cells, pa.string()))
    column, bare = column[start:], [cell.encode() for cell in cells[start:]]
    assert byte_lengths(column).tolist() == [len(cell) for cell in bare]
    assert first_bytes(column).tolist() == [cell[0] if cell else 0 for cell in bare]
    assert last_bytes(column).tolist() == [cell[-1] if cell else 0 for cell in bare]


@given(st.binary(max_size=12))
def test_of_any_bytes_what_is_utf8_is_what_python_decodes(letters: bytes) -> None:
    assert is_utf8(memoryview(letters)) == is_decoded(letters)
