"""The trial of a proof: which request was repeated, so that a later repeat can be tried."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("proof", sa.Column("trial", sa.String(120)))
