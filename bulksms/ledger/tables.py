"""The tables of the ledger, the same on SQLite and PostgreSQL.

Moments are UTC text of one width, so that they sort; money is decimal text, so that no
cent is lost to a float. The migrations make these tables; a test compares the two.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

__all__ = [
    "body",
    "campaign",
    "entry",
    "frame",
    "ledger_identity",
    "lost_intent",
    "metadata",
    "opt_out",
    "proof",
    "roll",
]


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC text with microseconds."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002
        """Write the moment in UTC."""
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002
        """Read the moment back, aware."""
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


metadata = sa.MetaData()

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sa.Column("text_digest", sa.String(64), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("rehearsal", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("counts", sa.JSON, nullable=False),
    # Past this moment nothing is posted without a new yes.
    sa.Column("expires_at", Instant),
)

frame = sa.Table(
    "frame",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("first_row", sa.Integer, nullable=False),
    sa.Column("last_row", sa.Integer, nullable=False),
    sa.Column("contacts", sa.Integer, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("ticket", sa.String(200)),
    sa.Column("number_of_contacts", sa.Integer),
    sa.Column("number_of_sms_needed", sa.Integer),
    sa.Column("total_cost", Money),
    sa.Column("residual_credit", Money),
    sa.Column("code", sa.Integer),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    # What the plan said this frame needs and costs; none when it was not known.
    sa.Column("sms_planned", sa.Integer),
    sa.Column("cost_planned", Money),
    # Grows only by an operator's order to resend.
    sa.Column("wave", sa.Integer, nullable=False, server_default="1"),
    # The frame this one is a part of, when that one was too big or refused.
    sa.Column("parent", sa.Integer),
    # Whether its doubt is of the kind that the very same post would end.
    sa.Column("repeatable", sa.Boolean, nullable=False, server_default=sa.false()),
)

# Apart from `frame`, so that a list of a campaign's frames reads none of the bodies.
body = sa.Table(
    "frame_body",
    metadata,
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("numbers", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
)

# One line for every change of a frame; lines are added and never touched again.
entry = sa.Table(
    "entry",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("campaign_id", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("ticket", sa.String(200)),
    sa.Column("code", sa.Integer),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
    sa.Index("entry_place", "campaign_id", "number"),
)

# The roll is opaque here: who was in the file, for the per-contact results.
roll = sa.Table(
    "roll",
    metadata,
    sa.Column("campaign_id", sa.ForeignKey("campaign.id"), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# Numbers that are never texted: the digits of E.164, and where they come from.
opt_out = sa.Table(
    "opt_out",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
)

# One line: the name this ledger was born with, by which its witnesses know it.
ledger_identity = sa.Table(
    "ledger_identity",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(36), nullable=False),
)

# Posts that a witness saw and that a restored ledger had forgotten, of campaigns it does not have.
lost_intent = sa.Table(
    "lost_intent",
    metadata,
    sa.Column("campaign", sa.String(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("parent", sa.Integer, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("text", sa.String(16), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# What was learnt of an account: whether a repeated request id is refused (reliability.md 2.6).
proof = sa.Table(
    "proof",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("proved_at", Instant, nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("protects", sa.Boolean, nullable=False),
    sa.Column("refusals_burn", sa.Boolean),
)
