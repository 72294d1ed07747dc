"""What a part of a frame takes over from its whole.

Whoever was in a frame in doubt may have the text, also in the smaller frame they are cut into.
Works on a connection it is given; knows nothing of bytes and of numbers.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from bulksms.ledger.records import FrameState, FrozenFrame
from bulksms.ledger.tables import entry

__all__ = ["hand_down_doubt"]

TOLD = [column.name for column in entry.c if column.name not in {"id", "number"}]


def hand_down_doubt(
    connection: sa.Connection, campaign_id: int, frames: Iterable[FrozenFrame]
) -> None:
    """Say of every part that its people may have the text, if that was ever said of the whole."""
    for part in (one for one in frames if one.parent is not None):
        source = sa.select(sa.literal(part.number), *(entry.c[name] for name in TOLD)).where(
            entry.c.campaign_id == campaign_id,
            entry.c.number == part.parent,
            entry.c.state == FrameState.IN_DOUBT.value,
        )
        source = source.order_by(entry.c.id)
        connection.execute(sa.insert(entry).from_select(["number", *TOLD], source))
