"""Makes the table of contacts: the columns of the rows to text, read from the sheets again."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow
from bulksms.contacts.rows.field_values import (
    PLACEHOLDER,
    Values,
    columns_of_values,
    cut_at_limit,
    text_columns,
    values_of,
)
from bulksms.contacts.rows.row_table import RowTable
from bulksms.loader import Block

__all__ = ["contact_table"]


def contact_table(row_table: RowTable, marks: NDArray[np.bool_], *, cut: bool) -> pa.Table:
    """Make a table of the marked rows of all sheets: `CONTACT_COLUMNS`, fields, placeholders."""
    names = text_columns([mapping for _, mapping in row_table.mapped_sheets])
    schema = _schema(names)
    batches = [
        pa.RecordBatch.from_arrays(columns, schema=schema)
        for columns in _blocks(row_table, marks, names, cut=cut)
    ]
    return pa.Table.from_batches(batches, schema=schema)


def _schema(names: Sequence[str]) -> pa.Schema:
    numbers = ("source", "row", "phone_number")
    texts = ["country", "source_column", *(name.removeprefix(PLACEHOLDER) for name in names)]
    return pa.schema(
        [*((name, pa.int64()) for name in numbers), *((name, pa.string()) for name in texts)]
    )


def _blocks(
    row_table: RowTable, marks: NDArray[np.bool_], names: Sequence[str], *, cut: bool
) -> Iterator[list[pa.Array]]:
    for at, sheet, mapping, sheet_rows in row_table.sheets():
        for block in sheet.rows.blocks(columns_of_values(mapping)):
            start = sheet_rows.start + block.start
            inside = np.flatnonzero(marks[start : start + len(block)])
            if len(inside):
                contacts = block.take(inside)
                origin = _origin(row_table, at, inside + start, contacts)
                values = values_of(contacts, mapping)
                texts = (_texts(values, name, len(contacts), cut=cut) for name in names)
                yield [*origin, *texts]


def _origin(
    row_table: RowTable, at: int, rows: NDArray[np.int64], contacts: Block
) -> list[pa.Array]:
    """Give source, row, phone number, country and header."""
    sheet, mapping = row_table.mapped_sheets[at]
    known = row_table.columns
    headers = strings_to_arrow([sheet.header[column] for column in mapping.phone_numbers])
    countries = strings_to_arrow(row_table.countries.values)
    return [
        ints_to_arrow(np.full(len(rows), at, dtype=np.int64)),
        ints_to_arrow(contacts.row_numbers.astype(np.int64)),
        ints_to_arrow(known.phone_numbers[rows]),
        countries.take(ints_to_arrow(known.countries[rows])),
        headers.take(ints_to_arrow(known.phone_choices[rows])),
    ]


def _texts(values: Values, name: str, count: int, *, cut: bool) -> pa.StringArray:
    if name not in values:  # another sheet has it
        return strings_to_arrow([""] * count)
    column = cut_at_limit(values[name]) if cut else values[name]
    return column.dictionary.take(column.indices)
