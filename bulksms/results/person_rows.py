"""Finds and removes one person in the packed source rows of a campaign."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bulksms.results.source_pack import SOURCE_ROW_COLUMNS

__all__ = ["ERASED", "PersonRow", "find_person_rows", "remove_person"]

ERASED = "The data of this person was erased."
NUMBER, CLASS, REASON = (SOURCE_ROW_COLUMNS.index(name) for name in ("number", "class", "reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A row of a source that names a person, with its cells by header.

    `phone_number` is that of the frame in E.164, empty where the row was left out for `reason`.
    """

    row: int
    cells: tuple[tuple[str, str], ...]
    phone_number: str
    reason: str


def find_person_rows(packed: bytes, phone_number: str, pattern: str) -> list[PersonRow]:
    """Find the rows that hold a number in E.164, or anything its pattern matches."""
    table, header = _unpack(packed)
    rows = table.filter(_mask(table, len(header), phone_number, pattern))
    return list(_person_rows(rows, header))


def remove_person(packed: bytes, phone_number: str, pattern: str, replacement: str) -> bytes | None:
    """Empty the rows of a person and put a replacement for their number; none without such rows."""
    table, header = _unpack(packed)
    mask = _mask(table, len(header), phone_number, pattern)
    if not pc.any(mask).as_py():
        return None
    for at in range(len(header)):
        table = _replace(table, at, pc.if_else(mask, "", table.column(at)))
    number, reason = len(header) + NUMBER, len(header) + REASON
    for at, text in ((number, replacement), (reason, ERASED)):
        column = table.column(at)
        filled = pc.and_(mask, pc.not_equal(column, ""))
        table = _replace(table, at, pc.if_else(filled, text, column))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _unpack(packed: bytes) -> tuple[pa.Table, list[str]]:
    table = pq.read_table(io.BytesIO(packed))
    header: list[str] = json.loads(table.schema.metadata[b"header"])
    return table, header


def _mask(table: pa.Table, cells: int, phone_number: str, pattern: str) -> pa.ChunkedArray:
    """Mark the rows with the number in any cell, however it is written."""
    mask = pc.equal(table.column(cells + NUMBER), phone_number)
    for column in (*table.columns[:cells], table.column(cells + REASON)):
        plain = pc.utf8_normalize(column, form="NFKC")
        mask = pc.or_(mask, pc.match_substring_regex(plain, pattern))
    return mask


def _replace(table: pa.Table, at: int, column: pa.ChunkedArray) -> pa.Table:
    field = table.schema.field(at)
    return table.set_column(at, field, column.cast(field.type))


def _person_rows(rows: pa.Table, header: list[str]) -> Iterator[PersonRow]:
    columns = [column.to_pylist() for column in rows.columns]
    for at in range(rows.num_rows):
        cells = ((name, columns[position][at]) for position, name in enumerate(header))
        yield PersonRow(
            row=columns[len(header)][at],
            cells=tuple((name, cell) for name, cell in cells if cell),
            phone_number=columns[len(header) + NUMBER][at],
            reason=columns[len(header) + REASON][at],
        )
