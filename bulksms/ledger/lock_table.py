"""The locks of a ledger that several machines use, as rows."""

import sqlalchemy as sa

from bulksms.ledger.column_types import short_text
from bulksms.ledger.opt_out_tables import metadata

__all__ = ["held_lock"]

# A lock that a process holds until `until`, by the server's clock, and renews before that.
held_lock = sa.Table(
    "held_lock",
    metadata,
    sa.Column("name", short_text(64), primary_key=True),
    sa.Column("token", short_text(36), nullable=False),
    # Where it runs, for people, and its place among the processes of that machine.
    sa.Column("machine", short_text(300), nullable=False),
    sa.Column("process", short_text(300), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
)
