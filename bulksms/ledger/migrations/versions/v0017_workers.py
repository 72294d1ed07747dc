"""Workers that share a campaign: holders of frames, their lanes, and common limits."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and let a frame name its holder."""
    op.create_table(
        "holder",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("machine", sa.String(200), nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("lease_until", sa.String(32), nullable=False, index=True),
        sa.Column("ended_at", sa.String(32)),
    )
    op.create_table(
        "lane",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("holder", sa.String(36), sa.ForeignKey("holder.id"), primary_key=True),
        sa.Column("opened_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "shared_run",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.add_column("frame", sa.Column("holder", sa.String(36)))
    intents = sa.text("state = 'intent'")
    op.create_index(
        "frame_in_flight",
        "frame",
        ["campaign_id", "number"],
        sqlite_where=intents,
        postgresql_where=intents,
    )
