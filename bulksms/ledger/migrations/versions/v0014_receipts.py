"""What the API reported of each message afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "receipt",
        sa.Column("ticket", sa.String(200), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(40), primary_key=True),
        sa.Column("date", sa.String(200), primary_key=True),
        sa.Column("received_at", sa.String(32), nullable=False),
    )
