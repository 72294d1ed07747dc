"""Why a campaign does not go on, by a word that reports can translate."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of campaigns that ended before, only the sentence is known."""
    op.add_column("campaign", sa.Column("cause", sa.String(20)))
