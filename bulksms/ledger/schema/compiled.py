"""Statements that run for every frame, compiled once and executed by the driver.

SQLAlchemy takes 50 to 100 microseconds to compile a statement, SQLite 3 to execute it. So these
statements are compiled the first time and afterwards executed by the driver itself, inside the
transaction of the connection they are given. The driver's errors are raised unchanged; the
storage backend explains them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.schema.column_types import SERVER, numbers_on_server

__all__ = ["CompiledLookup", "CompiledStatement"]

Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """A statement's SQL in one dialect, with the converters of its parameters and columns."""

    sql: str
    parameters: tuple[tuple[str, Converter | None], ...]
    constants: Mapping[str, Any]
    positional: bool
    column_converters: tuple[tuple[int, Converter], ...]
    has_rows: bool


class CompiledStatement:
    """One statement; `columns` names those that an INSERT is given."""

    def __init__(
        self, statement: sa.sql.ClauseElement, columns: Sequence[str] | None = None
    ) -> None:
        self._statement, self._columns = statement, columns
        self._by_dialect: dict[str, _Compiled] = {}

    def execute(
        self, connection: sa.Connection, values: Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        """Execute it and return its rows, with columns in the statement's order."""
        return self.send(connection, values)()

    def send(
        self, connection: sa.Connection, values: Mapping[str, Any]
    ) -> Callable[[], list[tuple[Any, ...]]]:
        """Give it to the driver; what is returned reads its rows once, when they are there."""
        dialect = connection.dialect
        compiled = self._by_dialect.get(dialect.name)
        if compiled is None:
            compiled = self._by_dialect[dialect.name] = self._compile(dialect)
        cursor: Any = connection.connection.cursor()
        cursor.execute(compiled.sql, _parameters(compiled, values))

        def rows() -> list[tuple[Any, ...]]:
            try:
                read: list[tuple[Any, ...]] = cursor.fetchall() if compiled.has_rows else []
            finally:
                cursor.close()
            converters = compiled.column_converters
            return _converted(read, converters) if converters else read

        return rows

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        names = compiled.positiontup if compiled.positional else tuple(compiled.params)
        columns = _result_columns(self._statement)
        results = [_result_converter(column.type, dialect) for column in columns]
        return _Compiled(
            sql=str(compiled),
            parameters=tuple((name, _bind_converter(types.get(name), dialect)) for name in names),
            constants={
                name: bind.value for bind, name in compiled.bind_names.items() if not bind.required
            },
            positional=compiled.positional,
            column_converters=tuple(
                (index, convert) for index, convert in enumerate(results) if convert is not None
            ),
            has_rows=bool(columns),
        )


class CompiledLookup:
    """A SELECT of the rows whose column has one of some whole numbers, sent as one value."""

    def __init__(self, select: sa.Select[Any], column: sa.ColumnElement[int]) -> None:
        listed = sa.func.json_each(sa.bindparam("asked")).table_valued("value").c.value
        self._in_file = CompiledStatement(select.where(column.in_(sa.select(listed))))
        self._on_server = CompiledStatement(select.where(column.in_(numbers_on_server("asked"))))

    def execute(
        self, connection: sa.Connection, asked: Sequence[int], **values: int
    ) -> list[tuple[Any, ...]]:
        """Return the rows; `values` are those of the statement's own parameters."""
        if connection.dialect.name == SERVER:
            return self._on_server.execute(connection, {"asked": list(asked), **values})
        return self._in_file.execute(connection, {"asked": json.dumps(asked), **values})


def _parameters(compiled: _Compiled, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - tuple or dict
    given = {**compiled.constants, **values}
    if compiled.positional:
        return tuple(
            [
                given[name] if convert is None else convert(given[name])
                for name, convert in compiled.parameters
            ]
        )
    return {
        name: given[name] if convert is None else convert(given[name])
        for name, convert in compiled.parameters
    }


def _converted(
    rows: Sequence[Sequence[Any]], converters: tuple[tuple[int, Converter], ...]
) -> list[tuple[Any, ...]]:
    result = []
    for row in rows:
        cells = list(row)
        for index, convert in converters:
            cells[index] = convert(cells[index])
        result.append(tuple(cells))
    return result


def _result_columns(statement: sa.sql.ClauseElement) -> Sequence[Any]:
    """List the columns that come back: those of a SELECT, or what a write returns."""
    if isinstance(statement, sa.Select):
        return list(statement.selected_columns)
    return list(statement.exported_columns) if isinstance(statement, sa.UpdateBase) else []


def _bind_converter(kind: Any, dialect: sa.Dialect) -> Converter | None:  # noqa: ANN401 - an SQLAlchemy type
    if kind is None:
        return None
    converter: Converter | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return converter


def _result_converter(kind: Any, dialect: sa.Dialect) -> Converter | None:  # noqa: ANN401 - an SQLAlchemy type
    converter: Converter | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return converter
