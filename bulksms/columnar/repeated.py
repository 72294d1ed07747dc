"""Columns whose values repeat hold each value once: a rule asks it once for all its rows.

Such a column is a dictionary of Arrow; one whose values hardly repeat is a column of texts.
"""

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from bulksms.columnar.arrays import byte_lengths, ints_from_arrow

__all__ = [
    "VALUES_ONCE",
    "Column",
    "distinct",
    "for_rows",
    "row_texts",
    "text_bytes",
    "values_repeat",
    "with_values",
    "with_values_once",
    "without_unused_values",
]

Column: TypeAlias = pa.StringArray | pa.DictionaryArray

SAMPLE = 1_000  # cells by which a column is judged
VALUES_ONCE = pa.dictionary(pa.int32(), pa.string())


def values_repeat(texts: pa.StringArray | pa.ChunkedArray) -> bool:
    """Whether the first values of a column repeat enough to keep each once."""
    return 2 * len(texts.slice(0, SAMPLE).unique()) <= SAMPLE


def with_values_once(parts: pa.ChunkedArray) -> Column:
    """Combine the parts of a column; keep each value once unless they hardly repeat."""
    if pa.types.is_string(parts.type) and values_repeat(parts):
        parts = parts.dictionary_encode()
    return parts.combine_chunks()


def without_unused_values(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Leave out the values that no row has, after others were taken away."""
    columns = [
        column if pa.types.is_string(column.type) else row_texts(column).dictionary_encode()
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def distinct(column: Column) -> pa.StringArray:
    """Return the texts to ask: each value once, or those of all rows."""
    return column.dictionary if isinstance(column, pa.DictionaryArray) else column


def for_rows(answers: np.ndarray, column: Column) -> np.ndarray:
    """Return for each row what was answered for its text in `distinct`."""
    if not isinstance(column, pa.DictionaryArray):
        return answers
    rows: np.ndarray = answers[ints_from_arrow(column.indices)]
    return rows


def with_values(column: Column, texts: pa.StringArray) -> Column:
    """Return the column with other texts in place of those in `distinct`."""
    if not isinstance(column, pa.DictionaryArray):
        return texts
    return pa.DictionaryArray.from_arrays(column.indices, texts)


def row_texts(column: Column) -> pa.StringArray:
    """Return the text of each row."""
    if not isinstance(column, pa.DictionaryArray):
        return column
    return column.dictionary.take(column.indices)


def text_bytes(column: Column) -> int:
    """Count the bytes that the text of each row takes, also where values are kept once."""
    if not isinstance(column, pa.DictionaryArray):
        return int(column.nbytes)
    lengths = byte_lengths(column.dictionary).take(ints_from_arrow(column.indices))
    return int(lengths.sum(dtype=np.int64)) + int(column.indices.nbytes)
