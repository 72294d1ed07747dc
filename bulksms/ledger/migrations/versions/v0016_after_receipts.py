"""What follows from receipts: pauses with a reason, STOPs held for a look, quick look-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, the table and the indexes."""
    op.add_column("campaign_order", sa.Column("reason", sa.Text))
    op.create_table(
        "held_stop",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("receipt_number", "receipt", ["number", "ticket"])
    op.create_index("receipt_status", "receipt", ["status", "number", "ticket"])
    op.create_index("frame_ticket", "frame", ["ticket"])
    op.create_index("opt_out_added", "opt_out", ["added_at"])
