"""A column asks each value once where values repeat, and gives each row the answer of its value."""

import numpy as np
import pyarrow as pa

from bulksms.columnar.repeated import (
    Column,
    distinct,
    for_rows,
    row_texts,
    with_values,
    with_values_once,
    without_unused_values,
)


def column_of(*parts: list[str]) -> Column:
    return with_values_once(pa.chunked_array(parts, pa.string()))


def test_values_that_repeat_are_kept_once_over_all_parts() -> None:
    column = column_of(["Lyon", "Paris"], ["Paris", ""])
    assert distinct(column).to_pylist() == ["Lyon", "Paris", ""]
    assert row_texts(column).to_pylist() == ["Lyon", "Paris", "Paris", ""]
    marks = np.array([False, True, False])
    assert for_rows(marks, column).tolist() == [False, True, True, False]


def test_a_column_is_judged_by_its_first_thousand_cells() -> None:
    half = [str(at // 2) for at in range(2_000)]
    assert len(distinct(column_of(half))) == 1_000
    more = ["first", *half]
    assert distinct(column_of(more)).to_pylist() == more
    assert for_rows(np.arange(2_001), column_of(more)).tolist() == list(range(2_001))
    assert row_texts(column_of(more)).to_pylist() == more


def test_parts_that_hold_each_value_once_are_combined() -> None:
    parts = [
        pa.array(cells).dictionary_encode() for cells in (["Lyon", "Paris"], ["Nice", "Paris"])
    ]
    column = with_values_once(pa.chunked_array(parts))
    assert distinct(column).to_pylist() == ["Lyon", "Paris", "Nice"]
    assert row_texts(column).to_pylist() == ["Lyon", "Paris", "Nice", "Paris"]


def test_values_of_rows_that_were_taken_away_are_left_out() -> None:
    cities = column_of(["Lyon", "Nice", "Nice"], ["Paris"])
    batch = pa.RecordBatch.from_arrays([cities, row_texts(cities)], names=["0", "1"])
    column, texts = without_unused_values(batch.slice(1)).columns
    assert distinct(column).to_pylist() == ["Nice", "Paris"]
    assert row_texts(column).to_pylist() == texts.to_pylist() == ["Nice", "Nice", "Paris"]


def test_other_texts_take_the_place_of_the_values() -> None:
    column = with_values(column_of(["a", "b", "a"]), pa.array(["A", "B"]))
    assert row_texts(column).to_pylist() == ["A", "B", "A"]
    assert with_values(pa.array(["a"]), pa.array(["A"])).to_pylist() == ["A"]


def test_a_column_without_cells_is_a_column() -> None:
    column = with_values_once(pa.chunked_array([], pa.string()))
    assert row_texts(column).to_pylist() == []
