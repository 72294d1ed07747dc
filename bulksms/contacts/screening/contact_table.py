"""Rows become contacts: the columns of whoever is texted, read from the sheets again."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow
from bulksms.contacts.rows.field_values import (
    OF_TEXT,
    Values,
    columns_of_values,
    cut_at_limit,
    text_columns,
    values_of,
)
from bulksms.contacts.rows.row_table import RowTable
from bulksms.loader import Block

__all__ = ["contact_table"]


def contact_table(verdicts: RowTable, marks: NDArray[np.bool_], *, cut: bool) -> pa.Table:
    """Lay out the marked rows of all sheets: the columns of `screened`, fields, extras."""
    names = text_columns([mapping for _, mapping in verdicts.pairs])
    schema = _schema(names)
    batches = [
        pa.RecordBatch.from_arrays(columns, schema=schema)
        for columns in _blocks(verdicts, marks, names, cut=cut)
    ]
    return pa.Table.from_batches(batches, schema=schema)


def _schema(names: Sequence[str]) -> pa.Schema:
    where = [("source", pa.int64()), ("row", pa.int64()), ("phone_number", pa.int64())]
    texts = ["country", "source_column", *(name.removeprefix(OF_TEXT) for name in names)]
    return pa.schema([*where, *((name, pa.string()) for name in texts)])


def _blocks(
    verdicts: RowTable, marks: NDArray[np.bool_], names: Sequence[str], *, cut: bool
) -> Iterator[list[pa.Array]]:
    for at, sheet, mapping, where in verdicts.sheets():
        for block in sheet.rows.blocks(columns_of_values(mapping)):
            start = where.start + block.start
            inside = np.flatnonzero(marks[start : start + len(block)])
            if len(inside):
                people = block.take(inside)
                told = _told(verdicts, at, inside + start, people)
                values = values_of(people, mapping)
                yield [*told, *(_value(values, name, len(people), cut=cut) for name in names)]


def _told(verdicts: RowTable, at: int, rows: NDArray[np.int64], people: Block) -> list[pa.Array]:
    """Give source, row, phone number, country and header."""
    sheet, mapping = verdicts.pairs[at]
    judged = verdicts.judged
    headers = strings_to_arrow([sheet.header[one] for one in mapping.phone_numbers])
    countries = strings_to_arrow(verdicts.countries.things)
    return [
        ints_to_arrow(np.full(len(rows), at, dtype=np.int64)),
        ints_to_arrow(people.row_numbers.astype(np.int64)),
        ints_to_arrow(judged.numbers[rows]),
        countries.take(ints_to_arrow(judged.countries[rows])),
        headers.take(ints_to_arrow(judged.orders[rows])),
    ]


def _value(values: Values, name: str, count: int, *, cut: bool) -> pa.StringArray:
    if name not in values:  # another sheet has it
        return strings_to_arrow([""] * count)
    texts = cut_at_limit(values[name]) if cut else values[name]
    return texts.dictionary.take(texts.indices)
