"""An audit trail of who did what and when."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("campaign", sa.String(200)),
        sa.Column("digest", sa.String(64)),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("cost", sa.String(40)),
        sa.Column("lost", sa.String(64)),
    )
