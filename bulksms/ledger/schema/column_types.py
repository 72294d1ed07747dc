"""How texts, times, lengths of time and money are kept in the columns of the ledger.

A server's columns hold what a SQLite column of the same declaration does: text of any length,
sorted by code points, and numbers of 64 bits where an answer of the API may have them.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = ["LONG_TEXT", "SERVER", "WIDE", "Instant", "Money", "Seconds", "short_text"]

SERVER = "postgresql"  # the dialect of a server, in SQLAlchemy's words
SERVER_TEXT = sa.String(collation="C")


def short_text(length: int) -> sa.String:
    """Return the type of a text that is mostly shorter than `length`; none is cut."""
    return sa.String(length).with_variant(SERVER_TEXT, SERVER)


def _text_in(dialect: sa.Dialect, elsewhere: TypeEngine[Any]) -> TypeEngine[Any]:
    return dialect.type_descriptor(SERVER_TEXT if dialect.name == SERVER else elsewhere)


LONG_TEXT = sa.Text().with_variant(sa.Text(collation="C"), SERVER)
WIDE = sa.Integer().with_variant(sa.BigInteger(), SERVER)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC text with microseconds."""

    impl = sa.String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the type of its column."""
        return _text_in(dialect, self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002
        """Write the time in UTC."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002
        """Read the time back, aware."""
        return None if value is None else datetime.fromisoformat(value)


class Money(TypeDecorator[Decimal]):
    """An amount, kept as decimal text."""

    impl = sa.String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the type of its column."""
        return _text_in(dialect, self.impl_instance)

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
