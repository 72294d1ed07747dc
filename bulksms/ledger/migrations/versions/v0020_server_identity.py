"""Which database a ledger on a server is."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create its table."""
    op.create_table(
        "server_identity",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("system", sa.String(40), nullable=False),
        sa.Column("timeline", sa.String(8), nullable=False),
        sa.Column("entry_table", sa.BigInteger, nullable=False),
    )
