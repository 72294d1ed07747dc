"""Orders to pause, stop or resume a campaign, given from any process that has the ledger.

An order holds from the transaction that records it: claims read it in their own.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import OrderKind, OrderRecord
from bulksms.ledger.records.shared_records import MAX_CLOCK_ERROR
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.tables import campaign_order
from bulksms.ledger.storage import Storage, repeatable

__all__ = ["Orders", "order_in_force"]

# Executed for every post; one step in the index.
NEWEST = CompiledStatement(
    sa.select(
        campaign_order.c.kind, campaign_order.c.who, campaign_order.c.at, campaign_order.c.reason
    )
    .where(campaign_order.c.campaign_id == sa.bindparam("in_campaign"))
    .order_by(campaign_order.c.id.desc())
    .limit(sa.literal(1))
)


def order_in_force(connection: sa.Connection, campaign_id: int) -> OrderRecord | None:
    """Read the order that keeps a campaign from being posted: a pause or a stop."""
    rows = NEWEST.execute(connection, {"in_campaign": campaign_id})
    if not rows or rows[0][0] == OrderKind.RESUME:
        return None
    kind, who, at, reason = rows[0]
    return OrderRecord(kind=kind, who=who, at=at, reason=reason)


def _is_outdated(order: OrderRecord, current: OrderRecord | None) -> bool:
    """Whether a resume was ordered before the pause in force, and only carried out after it."""
    if order.kind is not OrderKind.RESUME or current is None:
        return False
    # A process starts within that time; a pause that is still later has the time of a wrong clock.
    return timedelta(0) < current.at - order.at < MAX_CLOCK_ERROR


class Orders:
    """The orders of a ledger's campaigns; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @repeatable
    def in_force(self, campaign_id: int) -> OrderRecord | None:
        """Read the order that keeps a campaign from being posted, if there is one."""
        with self._storage.reading() as connection:
            return order_in_force(connection, campaign_id)

    def last_resumed(self, campaign_id: int) -> datetime | None:
        """Read when a campaign was resumed last; `None` if it never was."""
        statement = sa.select(sa.func.max(campaign_order.c.at)).where(
            campaign_order.c.campaign_id == campaign_id,
            campaign_order.c.kind == OrderKind.RESUME,
        )
        with self._storage.reading() as connection:
            at: datetime | None = connection.scalar(statement)
        return at

    def give(self, campaign_id: int, order: OrderRecord) -> OrderRecord | None:
        """Record an order, and return the one that is in force then.

        Nothing changes a stop, and an order that changes nothing is not recorded. A resume does
        not lift a pause that was given while the process that carries it out was starting.
        """
        with self._storage.writing() as connection:
            current = order_in_force(connection, campaign_id)
            kind = OrderKind.RESUME if current is None else current.kind
            if kind in {OrderKind.STOP, order.kind} or _is_outdated(order, current):
                return current
            statement = sa.insert(campaign_order).values(
                campaign_id=campaign_id,
                kind=order.kind,
                who=order.who,
                at=order.at,
                reason=order.reason,
            )
            connection.execute(statement)
            return order_in_force(connection, campaign_id)
