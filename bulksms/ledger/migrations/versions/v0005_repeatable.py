"""Which doubt the very same post would end, so that a run after a crash knows it too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "frame", sa.Column("repeatable", sa.Boolean, nullable=False, server_default=sa.false())
    )
