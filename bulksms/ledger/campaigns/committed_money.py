"""The money of a campaign that is spent, may be spent, or is reserved by a frame in flight."""

from decimal import Decimal

import sqlalchemy as sa

from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.schema.tables import frame

__all__ = ["committed_money", "has_unpriced_in_flight"]

# May have cost their plan though no answer has a price.
MAY_HAVE_COST = (FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED)


def committed_money(connection: sa.Connection, campaign_id: int) -> Decimal:
    """Add up what a campaign cost, and what frames without a price were expected to cost."""
    amounts = frame.c.total_cost, frame.c.cost_planned
    open_price = sa.and_(frame.c.total_cost.is_(None), frame.c.state.in_(MAY_HAVE_COST))
    statement = (
        sa.select(*amounts, sa.func.count())
        .where(frame.c.campaign_id == campaign_id)
        .where(sa.or_(frame.c.total_cost.is_not(None), open_price))
        .group_by(*amounts)
    )
    rows = connection.execute(statement).all()
    zero = Decimal(0)
    return sum(
        ((cost if cost is not None else planned or zero) * n for cost, planned, n in rows), zero
    )


def has_unpriced_in_flight(connection: sa.Connection, campaign_id: int) -> bool:
    """Whether a frame with an unknown price is in flight."""
    in_flight = frame.c.campaign_id == campaign_id, frame.c.state == FrameState.INTENT
    statement = sa.select(frame.c.number).where(*in_flight, frame.c.cost_planned.is_(None)).limit(1)
    return connection.scalar(statement) is not None
