"""Makes tables of contacts: the columns of the rows to text, read from the sheets again."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow
from bulksms.columnar.repeated import row_texts
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

__all__ = ["contact_blocks", "contact_schema"]


def contact_blocks(
    row_table: RowTable, marks: NDArray[np.bool_], *, cut: bool
) -> Iterator[tuple[NDArray[np.int64], pa.RecordBatch]]:
    """Yield the marked rows of all sheets in blocks, each with its positions in the row table.

    The columns are those of `contact_schema`.
    """
    names, schema = _text_columns(row_table), contact_schema(row_table)
    for at, sheet, mapping, sheet_rows in row_table.sheets():
        for block in sheet.rows.blocks(columns_of_values(mapping)):
            start = sheet_rows.start + block.start
            inside = np.flatnonzero(marks[start : start + len(block)])
            if len(inside):
                contacts = block.take(inside)
                origin = _origin(row_table, at, inside + start, contacts)
                values = values_of(contacts, mapping)
                texts = (_texts(values, name, len(contacts), cut=cut) for name in names)
                yield inside + start, pa.RecordBatch.from_arrays([*origin, *texts], schema=schema)


def contact_schema(row_table: RowTable) -> pa.Schema:
    """Return the columns of contacts: `CONTACT_COLUMNS`, fields, placeholders."""
    numbers = ("source", "row", "phone_number")
    names = (name.removeprefix(PLACEHOLDER) for name in _text_columns(row_table))
    texts = ("country", "source_column", *names)
    return pa.schema(
        [*((name, pa.int64()) for name in numbers), *((name, pa.string()) for name in texts)]
    )


def _text_columns(row_table: RowTable) -> list[str]:
    return text_columns([mapping for _, mapping in row_table.mapped_sheets])


def _origin(
    row_table: RowTable, at: int, rows: NDArray[np.int64], contacts: Block
) -> list[pa.Array]:
    """Return source, row, phone number, country and header."""
    sheet, mapping = row_table.mapped_sheets[at]
    row_columns = row_table.columns
    headers = strings_to_arrow([sheet.header[column] for column in mapping.phone_numbers])
    countries = strings_to_arrow(row_table.countries.values)
    return [
        ints_to_arrow(np.full(len(rows), at, dtype=np.int64)),
        ints_to_arrow(contacts.row_numbers.astype(np.int64)),
        ints_to_arrow(row_columns.phone_numbers[rows]),
        countries.take(ints_to_arrow(row_columns.countries[rows])),
        headers.take(ints_to_arrow(row_columns.phone_choices[rows])),
    ]


def _texts(values: Values, name: str, count: int, *, cut: bool) -> pa.StringArray:
    if name not in values:  # another sheet has it
        return strings_to_arrow([""] * count)
    column = cut_at_limit(values[name]) if cut else values[name]
    return row_texts(column)
