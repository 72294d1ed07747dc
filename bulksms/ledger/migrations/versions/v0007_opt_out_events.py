"""Every change of the opt-outs is an event; the ledger remembers where it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and add the column."""
    op.add_column("ledger_identity", sa.Column("path", sa.Text))
    op.create_table(
        "opt_out_key",
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
    )
    op.create_table(
        "opt_out_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("change", sa.String(1), nullable=False),
        sa.Column("key_id", sa.String(8), nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "hashed_opt_out",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("key_id", sa.String(8), primary_key=True),
        sa.Column("added_at", sa.String(32), nullable=False),
    )
