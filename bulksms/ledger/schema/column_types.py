"""How texts, words, times, lengths of time and money are kept in the columns of the ledger.

A server's columns hold what a SQLite column of the same declaration does: text of any length,
sorted by code points, and numbers of 64 bits where an answer of the API may have them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = [
    "LONG_TEXT",
    "SERVER",
    "WIDE",
    "Instant",
    "Money",
    "Seconds",
    "Word",
    "numbers_on_server",
    "short_text",
]

T = TypeVar("T")

SERVER = "postgresql"  # the dialect of a server, in SQLAlchemy's words
SERVER_TEXT = sa.String(collation="C")


def short_text(length: int) -> sa.String:
    """Return the type of a text that is mostly shorter than `length`; none is cut."""
    return sa.String(length).with_variant(SERVER_TEXT, SERVER)


LONG_TEXT = sa.Text().with_variant(sa.Text(collation="C"), SERVER)
WIDE = sa.Integer().with_variant(sa.BigInteger(), SERVER)


class _KeptAsText(TypeDecorator[T]):
    """Anything that a column holds as a text, of any length on a server."""

    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the type of its column."""
        own = SERVER_TEXT if dialect.name == SERVER else self.impl_instance
        return dialect.type_descriptor(own)


class Word(_KeptAsText[StrEnum]):
    """One of a closed set of words, such as the state of a frame."""

    impl = sa.String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int = 20) -> None:
        super().__init__(length)
        self.words = words

    def process_result_value(self, value: str | None, dialect: Any) -> StrEnum | None:  # noqa: ANN401, ARG002
        """Read the word back."""
        return None if value is None else self.words(value)


class Instant(_KeptAsText[datetime]):
    """An aware time, kept as UTC text with microseconds."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002
        """Write the time in UTC."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002
        """Read the time back, aware."""
        return None if value is None else datetime.fromisoformat(value)


class Money(_KeptAsText[Decimal]):
    """An amount, kept as decimal text."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002
        """Write the amount digit for digit."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Decimal | None:  # noqa: ANN401, ARG002
        """Read the amount back."""
        return None if value is None else Decimal(value)


class Seconds(TypeDecorator[timedelta]):
    """A length of time, kept as whole seconds."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Any) -> int | None:  # noqa: ANN401, ARG002
        """Write whole seconds, rounded down."""
        return None if value is None else int(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: Any) -> timedelta | None:  # noqa: ANN401, ARG002
        """Read the seconds back."""
        return None if value is None else timedelta(seconds=value)


class _NumberList(_KeptAsText[Sequence[int]]):
    """Many numbers in one text, as a server reads an array."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Sequence[int] | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002
        """Write the numbers, a tenth of the time that the driver takes for an array."""
        return None if value is None else "{" + str(list(value))[1:-1] + "}"


def numbers_on_server(parameter: str) -> sa.Select[int]:
    """Select the numbers that a parameter lists: a server joins what it would search in turn."""
    listed = sa.cast(sa.bindparam(parameter, type_=_NumberList), sa.ARRAY(sa.BigInteger))
    return sa.select(sa.func.unnest(listed).column_valued("listed"))
