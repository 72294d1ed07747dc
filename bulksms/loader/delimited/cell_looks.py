"""What the cells of a column look like: numbers, addresses, dates, amounts, words."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow, bools_to_arrow, byte_lengths
from bulksms.loader.header import ADDRESS_PATTERN, PHONE_PATTERN
from bulksms.loader.row_store import RowStore

__all__ = [
    "DOMINANT",
    "PHONE",
    "STRONG",
    "categories",
    "filled_texts",
    "looks_of",
    "looks_of_columns",
    "trimmed",
    "usual_looks",
]

DOMINANT = 0.9
_LEAST = 3  # cells that show what a column holds
PHONE = 1
STRONG = (PHONE, 2, 3)  # numbers, addresses and dates are taken for nothing else
_STRAY = 1  # so many values of another column may be in one by mistake
_REPEATED = 2  # a column of categories has each value so often
# What a cell looks like; the first that matches counts, and any other text is 0.
_LOOKS = (
    PHONE_PATTERN,
    ADDRESS_PATTERN,
    r"^\s*\d{1,4}[.\-/]\d\d?[.\-/]\d{1,4}",
    r"^[\d\s.,%+\-]+$",
    r"\d{6}|[;|\t]",
    r"\p{Lu}\p{Ll}{2,}\p{Lu}\p{Ll}",
    r"\p{L}\"?\d|\d\"?\p{L}",
)
_NOT_GLUED = r"\b(?:Mac|Fitz|Van|Von|Des|Del|San|Saint)\p{Lu}"

Booleans: TypeAlias = NDArray[np.bool_]


def usual_looks(rows: RowStore, complete: Booleans) -> list[int]:
    """Return what the cells of each column look like in the complete rows; -1 when they vary."""
    counts = np.zeros((rows.width, len(_LOOKS) + 1), dtype=np.int64)
    for block in rows.blocks():
        inside = bools_to_arrow(complete[block.start : block.start + len(block)])
        columns = [trimmed(column.filter(inside)) for column in block.texts]
        for at, looks in enumerate(looks_of_columns(columns)):
            filled = looks[byte_lengths(columns[at]) > 0]
            counts[at] += np.bincount(filled, minlength=counts.shape[1])
    most, total = counts.max(axis=1), counts.sum(axis=1)
    varied = (total < _LEAST) | (most < total * DOMINANT)
    usual: list[int] = np.where(varied, -1, counts.argmax(axis=1)).tolist()
    return usual


def looks_of(texts: pa.StringArray) -> NDArray[np.int64]:
    """Return what each text looks like."""
    looks = np.zeros(len(texts), dtype=np.int64)
    for look, pattern in reversed(list(enumerate(_LOOKS, 1))):
        looks[bools_from_arrow(pc.match_substring_regex(texts, pattern))] = look
    looks[bools_from_arrow(pc.match_substring_regex(texts, _NOT_GLUED))] = 0
    return looks


def looks_of_columns(columns: Sequence[pa.StringArray]) -> list[NDArray[np.int64]]:
    """Return what each text of each column looks like; to build the patterns takes a while."""
    if not columns:
        return []
    starts = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(looks_of(pa.concat_arrays(columns)), starts)


def filled_texts(columns: Sequence[pa.StringArray]) -> list[pa.StringArray]:
    """Return the filled cells of each column."""
    texts = map(trimmed, columns)
    return [column.filter(pc.not_equal(column, arrow_scalar(""))) for column in texts]


def categories(values: pa.StringArray, neighbour: pa.StringArray) -> pa.StringArray:
    """The values of a column of categories, none if the column beside it has the same ones."""
    distinct = values.unique()
    shared = pc.sum(pc.is_in(neighbour.unique(), value_set=distinct)).as_py() or 0
    is_category = len(distinct) * _REPEATED <= len(values) and shared <= _STRAY
    if not is_category:
        return distinct[:0]
    counts = values.value_counts()
    return counts.field("values").filter(pc.greater(counts.field("counts"), _STRAY))


def trimmed(texts: pa.StringArray) -> pa.StringArray:
    """Return texts without blanks around them."""
    return pc.utf8_trim_whitespace(texts)
