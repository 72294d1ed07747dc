"""Finds numbers that people of different names share: one row of each is texted."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    arrow_scalar,
    ints_from_arrow,
    sorted_unique,
    strings_to_arrow,
)
from bulksms.columnar.repeated import row_texts
from bulksms.contacts.model import FIELDS, Reason
from bulksms.contacts.rows.field_values import Values, columns_of_values, text_columns, values_of
from bulksms.contacts.rows.row_table import RowTable
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["shared_number_finding"]

NAMES = FIELDS[:2]
NO_NAME = -1
NOT_A_LETTER = re.compile(r"[\W_]+")

Rows = NDArray[np.int64]


def shared_number_finding(row_table: RowTable) -> Finding | None:
    """Count the numbers that several names have, however these are spelled."""
    if not set(NAMES) & set(text_columns([mapping for _, mapping in row_table.mapped_sheets])):
        return None
    duplicates = np.flatnonzero(row_table.rejected_for(Reason.DUPLICATE))
    if not len(duplicates):
        return None
    rows = sorted_unique(np.concatenate([duplicates, row_table.kept_rows[duplicates]]))
    numbers = row_table.columns.phone_numbers[rows]
    count = _count_with_several_names(numbers, _name_codes(row_table, rows))
    if not count:
        return None
    message = (
        f"{count_of(count, 'number is', 'numbers are')} shared by people of different "
        "names: one row of each is texted."
    )
    return Finding(code="shared_number", level=Level.WARNING, message=message, count=count)


def _count_with_several_names(numbers: Rows, names: Rows) -> int:
    """Count the numbers that have more than one name; rows without a name do not count."""
    named = names != NO_NAME
    order = np.lexsort((names[named], numbers[named]))
    numbers, names = numbers[named][order], names[named][order]
    same = numbers[1:] == numbers[:-1]
    return len(sorted_unique(numbers[1:][same & (names[1:] != names[:-1])]))


def _name_codes(row_table: RowTable, rows: Rows) -> Rows:
    """Return a code for the name of each row, the same for all spellings of a name."""
    joined = pa.chunked_array(list(_joined_names(row_table, rows)), pa.string()).combine_chunks()
    encoded = joined.dictionary_encode()
    spelled = [
        NOT_A_LETTER.sub(" ", name.casefold()).strip() for name in encoded.dictionary.to_pylist()
    ]
    codes = {"": NO_NAME} | {
        name: code for code, name in enumerate(filter(None, dict.fromkeys(spelled)))
    }
    spelled_codes = np.array([codes[name] for name in spelled], dtype=np.int64)
    return spelled_codes[ints_from_arrow(encoded.indices)]


def _joined_names(row_table: RowTable, rows: Rows) -> Iterator[pa.StringArray]:
    """Yield the first and the last names of rows, in their order."""
    for _, sheet, mapping, sheet_rows in row_table.sheets():
        fields = {name: at for name, at in mapping.fields.items() if name in NAMES}
        names_only = replace(mapping, fields=fields, extras={})
        for block in sheet.rows.blocks(columns_of_values(names_only)):
            start = sheet_rows.start + block.start
            first, last = np.searchsorted(rows, [start, start + len(block)])
            if last > first:
                people = block.take(rows[first:last] - start)
                yield _names(values_of(people, names_only), len(people))


def _names(values: Values, count: int) -> pa.StringArray:
    if not values:  # only other sheets have names
        return strings_to_arrow([""] * count)
    parts = [row_texts(column) for _, column in sorted(values.items())]
    return pc.binary_join_element_wise(*parts, arrow_scalar(" "))
