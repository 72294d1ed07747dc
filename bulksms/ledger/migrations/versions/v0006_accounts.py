"""The source rows of a campaign get their own name."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the table."""
    op.rename_table("roll", "source_rows")
