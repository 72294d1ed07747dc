"""Columns whose values repeat hold each value once: a rule asks it once for all its rows.

Such a column is a dictionary of Arrow; one whose values hardly repeat is a column of texts.
"""

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from bulksms.columnar.arrays import ints_from_arrow

__all__ = ["Column", "distinct", "for_rows", "row_texts", "with_values", "with_values_once"]

Column: TypeAlias = pa.StringArray | pa.DictionaryArray

SAMPLE = 1_000  # cells by which a column is judged


def with_values_once(texts: pa.ChunkedArray) -> Column:
    """Combine the parts of a column; keep each value once unless they hardly repeat."""
    sample = texts.slice(0, SAMPLE)
    if 2 * len(sample.unique()) > SAMPLE:
        return texts.combine_chunks()
    return texts.dictionary_encode().combine_chunks()


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
