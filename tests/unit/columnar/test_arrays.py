"""What goes to Arrow and back is what Arrow's own way makes of it, and pandas stays away."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.columnar.arrays import (
    are_among,
    distinct,
    marks_in,
    marks_of,
    numbers_in,
    numbers_of,
    strings_of,
    text_of,
)


@given(st.lists(st.booleans()), st.integers(0, 9))
def test_marks_go_there_and_back(values: list[bool], start: int) -> None:
    column = marks_of(np.array(values, dtype=np.bool_))
    assert column.equals(pa.array(values, pa.bool_()))
    assert marks_in(column[start:]).tolist() == values[start:]


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.int64])
def test_numbers_go_there_and_back(kind: type[np.integer]) -> None:
    column = numbers_of(np.arange(-3, 6, dtype=kind)[::2])
    assert column.equals(pa.array([-3, -1, 1, 3, 5], pa.from_numpy_dtype(kind)))
    assert numbers_in(column[1:4]).tolist() == [-1, 1, 3]


@given(st.lists(st.text()))
def test_texts_are_those_of_arrow(texts: list[str]) -> None:
    try:
        expected = pa.array(texts, pa.string())
    except UnicodeEncodeError:  # half a pair
        return
    assert strings_of(texts).equals(expected)


WHOLE = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)


@given(st.lists(WHOLE), st.lists(WHOLE))
def test_distinct_numbers_are_a_set(values: list[int], others: list[int]) -> None:
    ordered = distinct(np.array(others, dtype=np.int64))
    assert ordered.tolist() == sorted(set(others))
    found = are_among(np.array(values, dtype=np.int64), ordered)
    assert found.tolist() == [value in others for value in values]


def test_one_text_stands_beside_a_column() -> None:
    assert text_of("é").equals(pa.scalar("é"))


def test_none_of_it_loads_pandas() -> None:
    script = (
        "import sys, numpy as np; from bulksms.columnar.arrays import *;"
        "numbers_in(numbers_of(np.arange(3))); marks_in(marks_of(np.ones(3, dtype=bool)));"
        "strings_of(['a', 'é']).take(numbers_of(np.arange(2))); text_of('x');"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
