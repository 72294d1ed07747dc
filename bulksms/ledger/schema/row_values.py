"""Rows and records: written, read, and looked up many at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = [
    "among",
    "find_among",
    "in_parts",
    "is_frame",
    "is_of_series",
    "read_all",
    "read_first",
    "row_of",
    "select_fields",
]

T = TypeVar("T")

IN_LIMIT = 500  # values in one IN (...); SQLite takes no endless lists


def row_of(table: sa.Table, record: object) -> dict[str, Any]:
    """Return a record as a row of its table; the database itself numbers rows."""
    columns = (column for column in table.c if column is not table.autoincrement_column)
    return {column.name: getattr(record, column.name) for column in columns}


def select_fields(kind: "type[DataclassInstance]", table: sa.Table) -> sa.Select[Any]:
    """Select the columns of a table that a kind of record has."""
    return sa.select(*(table.c[field.name] for field in fields(kind)))


def read_all(
    connection: sa.Connection, kind: type[T], statement: sa.Select[Any], **values: object
) -> list[T]:
    """Read rows as records of a kind whose fields are the columns; `values` are parameters."""
    rows = connection.execute(statement, values)
    names = tuple(rows.keys())
    return [kind(**dict(zip(names, row, strict=True))) for row in rows]


def read_first(connection: sa.Connection, kind: type[T], statement: sa.Select[Any]) -> T | None:
    """Read the first row as a record, if there is any."""
    return next(iter(read_all(connection, kind, statement.limit(1))), None)


def is_frame(table: sa.Table, campaign_id: int, number: int) -> sa.ColumnElement[bool]:
    """Build the condition that a row is of a frame."""
    return sa.and_(table.c.campaign_id == campaign_id, table.c.number == number)


def is_of_series(
    connection: sa.Connection, column: sa.Column[Any], series: str
) -> sa.ColumnElement[bool]:
    """Build the condition that a row is of a series, in any spelling that the table has.

    A file system may not tell `Welcome.toml` from `welcome.toml`, so names do not either.
    """
    spellings = connection.scalars(sa.select(column).distinct())
    return column.in_([each for each in spellings if each.casefold() == series.casefold()])


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
