"""The refusals of a campaign are events, which the witnesses get."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

HASHES = 100  # in one event

campaign = sa.table(
    "campaign",
    sa.column("id"),
    sa.column("name"),
    sa.column("created_at"),
    sa.column("parameters", sa.JSON),
)
event = sa.table(
    "opt_out_event",
    *map(sa.column, ("seq", "change", "key_id", "hashes", "at", "campaign")),
)
key = sa.table("opt_out_key", sa.column("key_id"), sa.column("own", sa.Boolean))


def upgrade() -> None:
    """Add the column, and move the refusals there that were among the parameters."""
    op.add_column("opt_out_event", sa.Column("campaign", sa.String(200)))
    connection = op.get_bind()
    key_id = connection.scalar(sa.select(key.c.key_id).where(key.c.own))
    seq = connection.scalar(sa.select(sa.func.max(event.c.seq))) or 0
    for row in connection.execute(sa.select(campaign)).all():
        refusals = row.parameters.pop("refusals", [])
        for start in range(0, len(refusals), HASHES):
            seq += 1
            hashes = bytes.fromhex("".join(refusals[start : start + HASHES]))
            values = {"seq": seq, "change": "+", "key_id": key_id, "hashes": hashes}
            values |= {"at": row.created_at, "campaign": row.name}
            connection.execute(sa.insert(event).values(values))
        if refusals:
            is_campaign = campaign.c.id == row.id
            kept = {"parameters": row.parameters}
            connection.execute(sa.update(campaign).where(is_campaign).values(kept))
