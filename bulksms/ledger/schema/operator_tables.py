"""The tables of what operators and schedules order, approve, try and do."""

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import ApprovalStep, AuditAction, OrderKind
from bulksms.ledger.schema.column_types import (
    LONG_TEXT,
    WIDE,
    Instant,
    Money,
    Seconds,
    Word,
    short_text,
)
from bulksms.ledger.schema.opt_out_tables import metadata

__all__ = ["accepted_file", "approval", "audit_entry", "campaign_order", "proof", "scheduled_run"]

# What an operator ordered of a campaign; the newest order holds, rows are only ever added.
campaign_order = sa.Table(
    "campaign_order",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), nullable=False),
    sa.Column("kind", Word(OrderKind), nullable=False),
    sa.Column("who", LONG_TEXT, nullable=False),
    sa.Column("at", Instant, nullable=False),
    # Why, as the start of a sentence; null where a person gave no reason.
    sa.Column("reason", LONG_TEXT),
    sa.Index("campaign_order_newest", "campaign_id", "id"),
)

# Whether an account refuses a repeated request id.
proof = sa.Table(
    "proof",
    metadata,
    sa.Column("account", short_text(64), primary_key=True),
    sa.Column("base_url", LONG_TEXT, nullable=False),
    sa.Column("proved_at", Instant, nullable=False),
    sa.Column("version", short_text(40), nullable=False),
    sa.Column("protects", sa.Boolean, nullable=False),
    sa.Column("refusals_burn", sa.Boolean),
    # The longest time after which a repeat was tried and refused.
    sa.Column("window", Seconds),
    # The key and the request id of the request that was repeated.
    sa.Column("trial", short_text(120)),
)

# What the list of a repeated campaign looked like at each run; rows are only ever added.
scheduled_run = sa.Table(
    "scheduled_run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("series", short_text(200), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("mapping", sa.JSON, nullable=False),
    # None where no one was left to text.
    sa.Column("campaign", short_text(200)),
)

# The files that a watched folder has accepted, by the digest of their bytes.
accepted_file = sa.Table(
    "accepted_file",
    metadata,
    sa.Column("series", short_text(200), primary_key=True),
    sa.Column("mode", short_text(20), primary_key=True),
    sa.Column("digest", short_text(64), primary_key=True),
    sa.Column("name", LONG_TEXT, nullable=False),
    sa.Column("claim", short_text(40), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", short_text(20), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer),
    sa.Column("target", LONG_TEXT),
    sa.Column("code", WIDE),
    sa.Column("reason", LONG_TEXT),
)

# Who asked for the plan of a repeated campaign, and who approved it; rows are only ever added.
approval = sa.Table(
    "approval",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("series", short_text(200), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("step", Word(ApprovalStep), nullable=False),
    sa.Column("person", short_text(200), nullable=False),
    sa.Column("digest", short_text(64), nullable=False),
    sa.Column("terms", sa.JSON, nullable=False),
)

# Who did what and when; rows are only ever added. None of these columns holds a number.
audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("person", short_text(200), nullable=False),
    sa.Column("action", Word(AuditAction), nullable=False),
    sa.Column("campaign", short_text(200)),
    sa.Column("digest", short_text(64)),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("cost", Money),
    # Of an entry that only a witness knows: its fingerprint there.
    sa.Column("lost", short_text(64)),
)
