"""Locks of a ledger that several machines use."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create their table."""
    op.create_table(
        "held_lock",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(36), nullable=False),
        sa.Column("machine", sa.String(300), nullable=False),
        sa.Column("process", sa.String(300), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
