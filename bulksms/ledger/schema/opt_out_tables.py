"""The tables of the opt-outs, and the metadata that all tables of the ledger share."""

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import HeldReason
from bulksms.ledger.schema.column_types import LONG_TEXT, Instant, Word, short_text

__all__ = ["hashed_opt_out", "held_stop", "metadata", "opt_out", "opt_out_event", "opt_out_key"]

metadata = sa.MetaData()

# Phone numbers that are never texted, and where they come from.
opt_out = sa.Table(
    "opt_out",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("origin", LONG_TEXT, nullable=False),
    sa.Index("opt_out_added", "added_at"),
)

# Opt-outs by STOPs that a person should look at; they are obeyed meanwhile.
held_stop = sa.Table(
    "held_stop",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("reason", Word(HeldReason), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# The secret keys under which phone numbers are hashed for the witnesses; one is our own.
opt_out_key = sa.Table(
    "opt_out_key",
    metadata,
    sa.Column("key_id", short_text(8), primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("own", sa.Boolean, nullable=False),
)

# One row for every change of the opt-outs: "+" or "-", and the hashes of its phone numbers. With
# a campaign these people said no to that one alone.
opt_out_event = sa.Table(
    "opt_out_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("change", short_text(1), nullable=False),
    sa.Column("key_id", short_text(8), nullable=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("campaign", short_text(200)),
)

# Opt-outs that came back from a witness, of phone numbers that this ledger has never seen.
hashed_opt_out = sa.Table(
    "hashed_opt_out",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("key_id", short_text(8), primary_key=True),
    sa.Column("added_at", Instant, nullable=False),
)
