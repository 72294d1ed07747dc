"""The clock that all who share a ledger go by: that of the database server.

A file has no server: there it is the clock of this machine.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from bulksms.clock import Clock

__all__ = ["database_time"]


def database_time(connection: sa.Connection, clock: Clock) -> datetime:
    """Read the time of the database, in UTC."""
    if connection.dialect.name == "sqlite":
        return clock.now()
    moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)
