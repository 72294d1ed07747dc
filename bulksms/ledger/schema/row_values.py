"""The values of rows: written from a record, and looked up many at a time."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa

__all__ = ["among", "find_among", "in_parts", "row_of"]

T = TypeVar("T")

IN_LIMIT = 500  # values in one IN (...); SQLite takes no endless lists


def row_of(table: sa.Table, record: object) -> dict[str, Any]:
    """Return a record as a row of its table; the database itself numbers rows."""
    columns = (column for column in table.c if column is not table.autoincrement_column)
    return {column.name: getattr(record, column.name) for column in columns}


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """Divide values into parts that one statement takes."""
    ordered = list(values)
    for start in range(0, len(ordered), IN_LIMIT):
        yield ordered[start : start + IN_LIMIT]


def among(column: sa.ColumnElement[T], values: Iterable[T]) -> Iterator[sa.ColumnElement[bool]]:
    """Build the conditions, one for each part, that a column has one of these values."""
    return (column.in_(part) for part in in_parts(values))


def find_among(
    connection: sa.Connection, column: sa.ColumnElement[T], values: Iterable[T]
) -> set[T]:
    """Return those of some values that a column has in any row."""
    stored: set[T] = set()
    for has_value in among(column, values):
        stored.update(connection.scalars(sa.select(column).where(has_value)))
    return stored
