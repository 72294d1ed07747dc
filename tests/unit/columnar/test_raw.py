"""A look at the bytes of a column says what a look at each cell would."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.columnar.arrays import first_letters, strings_of
from bulksms.columnar.raw import (
    has,
    is_longer,
    is_utf8,
    lengths,
    letters_of,
)

CELLS = st.lists(st.text(st.sampled_from("a=é\u00c2â\ufffd\uff1d"), max_size=3))


@given(CELLS, st.integers(0, 3))
def test_a_byte_is_found_in_the_cells_of_a_column_and_nowhere_else(
    cells: list[str], start: int
) -> None:
    column = pa.array(cells, pa.string())[start:]
    letters, held = "".join(column.to_pylist()).encode(), letters_of(column)
    assert has(held, b"=") == (b"=" in letters)
    assert has(held, b"\xc3", b"\x82\xa2") == (b"\xc3\x82" in letters or b"\xc3\xa2" in letters)


@given(CELLS, st.integers(0, 3), st.integers(0, 6))
def test_a_column_says_of_each_cell_what_the_cell_says(
    cells: list[str], start: int, limit: int
) -> None:
    column = strings_of(cells)
    assert column.equals(pa.array(cells, pa.string()))
    column, bare = column[start:], [cell.encode() for cell in cells[start:]]
    assert lengths(column).tolist() == [len(cell) for cell in bare]
    assert first_letters(column).tolist() == [cell[0] if cell else 0 for cell in bare]
    assert is_longer(column, limit) == any(len(cell) > limit for cell in bare)


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
