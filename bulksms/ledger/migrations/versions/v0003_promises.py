"""What the promise needs: the plan's price of a frame, waves, expiry, identity and proofs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and make the tables."""
    with op.batch_alter_table("frame") as frame:
        frame.add_column(sa.Column("sms_planned", sa.Integer))
        frame.add_column(sa.Column("cost_planned", sa.String(40)))
        frame.add_column(sa.Column("wave", sa.Integer, nullable=False, server_default="1"))
        frame.add_column(sa.Column("parent", sa.Integer))
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("expires_at", sa.String(32)))
    op.create_table(
        "ledger_identity",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(36), nullable=False),
    )
    op.create_table(
        "proof",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("proved_at", sa.String(32), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("protects", sa.Boolean, nullable=False),
        sa.Column("refusals_burn", sa.Boolean),
    )
