"""The tables of a ledger that several processes share.

Who is alive, who posts what under which limits, locks as rows, and which database it is.
"""

import sqlalchemy as sa

from bulksms.ledger.schema.column_types import Instant, short_text
from bulksms.ledger.schema.opt_out_tables import metadata

__all__ = ["due_run", "held_lock", "holder", "lane", "server_identity", "shared_run"]

# A worker process that claims frames, alive until `lease_until` by the database's clock. One
# that let it pass has ended, whatever it does later.
holder = sa.Table(
    "holder",
    metadata,
    sa.Column("id", short_text(36), primary_key=True),
    sa.Column("machine", short_text(200), nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("lease_until", Instant, nullable=False, index=True),
    sa.Column("ended_at", Instant),
)

# Which holder posts frames of which campaign now.
lane = sa.Table(
    "lane",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("holder", sa.ForeignKey("holder.id"), primary_key=True),
    sa.Column("opened_at", Instant, nullable=False),
)

# A campaign that workers are asked to post: how, and what they know together. `version` grows
# with every change of `limits`, and a claim names the one it has read.
shared_run = sa.Table(
    "shared_run",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("limits", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)

# The due times of schedules, each taken by one worker; those that no one took have no holder.
due_run = sa.Table(
    "due_run",
    metadata,
    sa.Column("series", sa.String(200), primary_key=True),
    sa.Column("due_at", Instant, primary_key=True),
    sa.Column("holder", sa.ForeignKey("holder.id")),
    sa.Column("claimed_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("code", sa.Integer),
    sa.Column("reason", sa.Text),
)

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
