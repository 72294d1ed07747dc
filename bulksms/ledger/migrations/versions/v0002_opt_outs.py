"""Numbers that are never texted, kept beside the campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "opt_out",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
    )
