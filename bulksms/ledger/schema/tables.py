"""The tables of the ledger.

Times are UTC text of one width, so that they sort; money is decimal text, so that no cent is
lost to a float. The migrations create these tables; a test compares the two.
"""

import sqlalchemy as sa

from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.schema.column_types import (
    LONG_TEXT,
    WIDE,
    Instant,
    Money,
    Word,
    short_text,
)
from bulksms.ledger.schema.operator_tables import (
    accepted_file,
    approval,
    audit_entry,
    campaign_order,
    proof,
    scheduled_run,
)
from bulksms.ledger.schema.opt_out_tables import (
    hashed_opt_out,
    held_stop,
    metadata,
    opt_out,
    opt_out_event,
    opt_out_key,
)
from bulksms.ledger.schema.shared_tables import due_run, holder, lane, shared_run

__all__ = [
    "accepted_file",
    "approval",
    "audit_entry",
    "body",
    "campaign",
    "campaign_order",
    "due_run",
    "entry",
    "erased_frame",
    "frame",
    "hashed_opt_out",
    "held_stop",
    "holder",
    "lane",
    "ledger_identity",
    "lost_intent",
    "metadata",
    "opt_out",
    "opt_out_event",
    "opt_out_key",
    "proof",
    "receipt",
    "scheduled_run",
    "shared_run",
    "source_row_part",
]

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", short_text(200), nullable=False, unique=True),
    sa.Column("digest", short_text(64), nullable=False, index=True),
    sa.Column("text_digest", short_text(64), nullable=False, index=True),
    sa.Column("state", short_text(20), nullable=False),
    sa.Column("reason", LONG_TEXT),
    sa.Column("cause", short_text(20)),
    sa.Column("rehearsal", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    # After this time nothing is posted without --approve-late.
    sa.Column("expires_at", Instant),
    # A digest of the login and the API's address; null in old campaigns until they are run.
    sa.Column("account", short_text(64)),
    sa.Column("purged_at", Instant),
)

frame = sa.Table(
    "frame",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", Word(FrameState), nullable=False),
    sa.Column("first_row", sa.Integer, nullable=False),
    sa.Column("last_row", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("request_id", short_text(64), nullable=False),
    sa.Column("digest", short_text(64), nullable=False),
    sa.Column("ticket", short_text(200)),
    sa.Column("number_of_contacts", WIDE),
    sa.Column("number_of_sms_needed", WIDE),
    sa.Column("total_cost", Money),
    sa.Column("residual_credit", Money),
    sa.Column("code", WIDE),
    sa.Column("message", LONG_TEXT, nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    # Segments and cost of this frame in the plan; null if unknown.
    sa.Column("sms_planned", WIDE),
    sa.Column("cost_planned", Money),
    # Grows only when an operator orders a resend.
    sa.Column("wave", sa.Integer, nullable=False, server_default="1"),
    # The frame this one is a part of, if that one was too large or refused.
    sa.Column("parent", sa.Integer),
    # Whether the very same post would end its doubt.
    sa.Column("repeatable", sa.Boolean, nullable=False, server_default=sa.false()),
    # The worker that claimed it last; null where a run has the campaign to itself.
    sa.Column("holder", short_text(36)),
    sa.Index(
        "frame_in_flight",
        "campaign_id",
        "number",
        sqlite_where=sa.text("state = 'intent'"),
        postgresql_where=sa.text("state = 'intent'"),
    ),
    sa.Index("frame_ticket", "ticket"),
)

# Apart from `frame`, so that listing a campaign's frames reads no bodies.
body = sa.Table(
    "frame_body",
    metadata,
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("numbers", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
)

# Frames of which people were erased: pseudonyms stand in `frame_body.numbers`, and `texts` has,
# at the same positions, the keyed hash of the text each of them got; 0 for everyone else.
erased_frame = sa.Table(
    "erased_frame",
    metadata,
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("texts", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
)

# One row for every change of a frame; rows are only ever added.
entry = sa.Table(
    "entry",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", Word(FrameState), nullable=False),
    sa.Column("request_id", short_text(64), nullable=False),
    sa.Column("digest", short_text(64), nullable=False),
    sa.Column("ticket", short_text(200)),
    sa.Column("code", WIDE),
    sa.Column("message", LONG_TEXT, nullable=False, server_default=""),
    # Of an intent: the account it was posted under, and the last agreed time of the server.
    sa.Column("account", short_text(64)),
    sa.Column("server_time", Instant),
    sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
    sa.Index("entry_place", "campaign_id", "number"),
)

# The rows of the file, for the per-contact results; packed by `results`, opaque here.
source_row_part = sa.Table(
    "source_row_part",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# One row: the name given at the first verification, by which witnesses know this ledger, and
# where it was at the latest one.
ledger_identity = sa.Table(
    "ledger_identity",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", short_text(36), nullable=False),
    sa.Column("path", LONG_TEXT),
)

# Posts listed by a witness, of campaigns that the ledger has lost.
lost_intent = sa.Table(
    "lost_intent",
    metadata,
    sa.Column("campaign", short_text(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parent", sa.Integer, nullable=False),
    sa.Column("request_id", short_text(64), nullable=False),
    sa.Column("digest", short_text(64), nullable=False),
    sa.Column("text", short_text(16), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("account", short_text(64)),
    sa.Column("server_time", Instant),
)

# What the API reported of a message afterwards: one row for each different report.
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("ticket", short_text(200), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("status", short_text(40), primary_key=True),
    # As the API wrote it: its zone is not documented.
    sa.Column("date", short_text(200), primary_key=True),
    sa.Column("received_at", Instant, nullable=False),
    sa.Index("receipt_number", "number", "ticket"),
    sa.Index("receipt_status", "status", "number", "ticket"),
)
