"""The due times of schedules, each taken by one worker."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "due_run",
        sa.Column("series", sa.String(200), primary_key=True),
        sa.Column("due_at", sa.String(32), primary_key=True),
        sa.Column("holder", sa.String(36), sa.ForeignKey("holder.id")),
        sa.Column("claimed_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("code", sa.Integer),
        sa.Column("reason", sa.Text),
    )
