"""How times, lengths of time and money are kept in the columns of the ledger."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

__all__ = ["Instant", "Money", "Seconds"]


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC text with microseconds."""

    impl = sa.String(32)
    cache_ok = True

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
