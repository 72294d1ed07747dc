"""The tables of a ledger on a server: its locks as rows, and which database it is."""

import sqlalchemy as sa

from bulksms.ledger.schema.column_types import short_text
from bulksms.ledger.schema.opt_out_tables import metadata

__all__ = ["held_lock", "server_identity"]

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

# One row: the database that this ledger was in when it was last accepted.
server_identity = sa.Table(
    "server_identity",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("system", short_text(40), nullable=False),
    sa.Column("timeline", short_text(8), nullable=False),
    sa.Column("entry_table", sa.BigInteger, nullable=False),
)
