"""Source rows in parts, so that a long list is never packed or unpacked as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the rows of each campaign its first part."""
    parts = op.create_table(
        "source_row_part",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    whole = sa.table("source_rows", sa.column("campaign_id"), sa.column("content"))
    rows = sa.select(whole.c.campaign_id, sa.literal(0), whole.c.content)
    op.execute(sa.insert(parts).from_select(["campaign_id", "part", "content"], rows))
    op.drop_table("source_rows")
