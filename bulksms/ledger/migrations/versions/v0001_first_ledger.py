"""The first ledger: campaigns, frames, their bodies, the entries and the rolls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _campaign()
    _frame()
    _kept_beside()


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text_digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("rehearsal", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_index("ix_campaign_digest", "campaign", ["digest"])
    op.create_index("ix_campaign_text_digest", "campaign", ["text_digest"])


def _frame() -> None:
    op.create_table(
        "frame",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaign.id"), primary_key=True),
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
        sa.Column("total_cost", sa.String(40)),
        sa.Column("residual_credit", sa.String(40)),
        sa.Column("code", sa.Integer),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("started_at", sa.String(32)),
        sa.Column("finished_at", sa.String(32)),
    )


def _kept_beside() -> None:
    op.create_table(
        "frame_body",
        sa.Column("campaign_id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("ticket", sa.String(200)),
        sa.Column("code", sa.Integer),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
    )
    op.create_table(
        "roll",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
