"""People can be erased from frames; a campaign remembers when it was purged."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the column."""
    op.add_column("campaign", sa.Column("purged_at", sa.String(32)))
    op.create_table(
        "erased_frame",
        sa.Column("campaign_id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("texts", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id", "number"], ["frame.campaign_id", "frame.number"]),
    )
