"""Statements that are spoken for every frame: compiled once, then handed to the driver as they are.

SQLAlchemy takes 50 to 100 microseconds to speak a statement, SQLite 3 to carry it out. So the
same statements, for every database of the same tables, are compiled the first time and spoken
to the driver from then on, inside the transaction of the connection they are given. The
driver's errors come out as they are; `Storage` tells them in words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

__all__ = ["Spoken"]

Turn = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A statement in one database's words, and how its values are turned for it and back."""

    words: str
    places: tuple[tuple[str, Turn], ...]
    fixed: Mapping[str, Any]
    positional: bool
    turned_back: tuple[tuple[int, Callable[[Any], Any]], ...]


class Spoken:
    """One statement; `told` names the columns an INSERT is given."""

    def __init__(self, statement: sa.sql.ClauseElement, told: Sequence[str] | None = None) -> None:
        self._statement, self._told = statement, told
        self._texts: dict[str, _Text] = {}

    def speak(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Carry it out, and give the lines that come back, each in the order of its columns."""
        text = self._texts.get(connection.dialect.name) or self._compiled(connection.dialect)
        cursor: Any = connection.connection.cursor()
        try:
            cursor.execute(text.words, _values(text, values))
            lines: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()
        return _turned_back(lines, text.turned_back) if text.turned_back else lines

    def _compiled(self, dialect: sa.Dialect) -> _Text:
        """Put it in a database's words."""
        made: Any = self._statement.compile(dialect=dialect, column_keys=self._told)
        kinds = {name: one.type for one, name in made.bind_names.items()}
        names = made.positiontup if made.positional else tuple(made.params)
        places = tuple((name, _turn(kinds.get(name), dialect)) for name in names)
        columns = [_turn_back(one.type, dialect) for one in _columns(self._statement)]
        text = self._texts[dialect.name] = _Text(
            words=str(made),
            places=places,
            fixed={name: one.value for one, name in made.bind_names.items() if not one.required},
            positional=made.positional,
            turned_back=tuple((at, turn) for at, turn in enumerate(columns) if turn is not None),
        )
        return text


def _values(text: _Text, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - tuple or dict
    told = {**text.fixed, **values}
    if text.positional:
        return tuple(
            [told[name] if turn is None else turn(told[name]) for name, turn in text.places]
        )
    return {name: told[name] if turn is None else turn(told[name]) for name, turn in text.places}


def _turned_back(
    lines: Sequence[Sequence[Any]], turns: tuple[tuple[int, Callable[[Any], Any]], ...]
) -> list[tuple[Any, ...]]:
    back = []
    for line in lines:
        cells = list(line)
        for at, turn in turns:
            cells[at] = turn(cells[at])
        back.append(tuple(cells))
    return back


def _columns(statement: sa.sql.ClauseElement) -> Sequence[Any]:
    """Name the columns that come back: those of a SELECT, or what a write returns."""
    if isinstance(statement, sa.Select):
        return list(statement.selected_columns)
    return list(statement.exported_columns) if isinstance(statement, sa.UpdateBase) else []


def _turn(kind: Any, dialect: sa.Dialect) -> Turn:  # noqa: ANN401 - a type of SQLAlchemy
    made: Turn = None if kind is None else kind.dialect_impl(dialect).bind_processor(dialect)
    return made


def _turn_back(kind: Any, dialect: sa.Dialect) -> Turn:  # noqa: ANN401 - a type of SQLAlchemy
    made: Turn = kind.dialect_impl(dialect).result_processor(dialect, None)
    return made
