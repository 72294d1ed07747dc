"""The files that a watched folder has accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "accepted_file",
        sa.Column("series", sa.String(200), primary_key=True),
        sa.Column("mode", sa.String(20), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("claim", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer),
        sa.Column("target", sa.Text),
        sa.Column("code", sa.Integer),
        sa.Column("reason", sa.Text),
    )
