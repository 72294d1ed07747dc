"""The account and the server's time of each post; a table called source_rows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and rename the table."""
    op.rename_table("roll", "source_rows")
    op.add_column("campaign", sa.Column("account", sa.String(64)))
    for table in ("entry", "lost_intent"):
        op.add_column(table, sa.Column("account", sa.String(64)))
        op.add_column(table, sa.Column("server_time", sa.String(32)))
    op.add_column("proof", sa.Column("window", sa.Integer))
