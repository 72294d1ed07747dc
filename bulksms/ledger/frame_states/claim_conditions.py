"""The conditions of a claim besides its frame, as parts of the statement that makes it."""

from typing import Any

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import OrderKind
from bulksms.ledger.schema.tables import (
    campaign_order,
    erased_frame,
    hashed_opt_out,
    holder,
    opt_out,
    shared_run,
)

__all__ = [
    "anybody_erased",
    "anybody_opted_out",
    "holder_lives",
    "limits_unchanged",
    "no_order_in_force",
]

Condition = sa.ColumnElement[bool]


def no_order_in_force(campaign_id: sa.ColumnElement[int]) -> Condition:
    """Build the condition that the newest order neither pauses nor stops a campaign."""
    newest = sa.select(campaign_order.c.kind).where(campaign_order.c.campaign_id == campaign_id)
    newest = newest.order_by(campaign_order.c.id.desc()).limit(sa.literal(1))
    kind = sa.func.coalesce(newest.scalar_subquery(), OrderKind.RESUME)
    return kind == OrderKind.RESUME


def anybody_opted_out(numbers: sa.ColumnElement[Any] | None = None) -> Condition:
    """Build the condition that any person opted out, or the owner of one of these numbers."""
    opted_out = sa.select(opt_out.c.number)
    return sa.exists(
        opted_out if numbers is None else opted_out.where(opt_out.c.number == sa.any_(numbers))
    )


def anybody_erased() -> Condition:
    """Build the condition that any person is only known by a hash, or by a pseudonym."""
    columns = (hashed_opt_out.c.key_id, erased_frame.c.number)
    return sa.or_(*(sa.exists(sa.select(column)) for column in columns))


def holder_lives(holder_id: sa.ColumnElement[str]) -> Condition:
    """Build the condition that a worker was not declared dead."""
    return sa.exists().where(holder.c.id == holder_id, holder.c.ended_at.is_(None))


def limits_unchanged(
    campaign_id: sa.ColumnElement[int], version: sa.ColumnElement[int]
) -> Condition:
    """Build the condition that the limits of an open run are those of this version."""
    is_version = shared_run.c.campaign_id == campaign_id, shared_run.c.version == version
    return sa.exists().where(*is_version, shared_run.c.is_open)
