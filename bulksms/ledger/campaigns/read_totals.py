"""Sums over a campaign's frames, made by the database, so that a look reads no frames.

Money is decimal text, which a database would sum as floats: equal amounts are counted there and
multiplied here.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.frame_states.statements import WAS_DOUBTED
from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.records.totals import CampaignTotals, FrameGroup
from bulksms.ledger.schema.tables import frame

__all__ = ["committed_money", "has_unpriced_in_flight", "read_totals"]

ACCEPTED = frozenset({FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT})
LISTED = 5  # numbers of frames in a group
# May have cost their plan though no answer has a price.
MAY_HAVE_COST = (FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED)


def read_totals(connection: sa.Connection, campaign_id: int) -> CampaignTotals:
    """Sum up the frames of a campaign."""
    in_campaign = frame.c.campaign_id == campaign_id
    rows = connection.execute(_by_state(in_campaign)).all()
    frames, contacts = Counter[FrameState](), Counter[FrameState]()
    for row in rows:
        frames[row.state] += row.frames
        if not row.doubted:
            contacts[row.state] += row.contacts
    total_cost, planned_cost = _costs(connection, in_campaign)
    in_doubt = _groups(connection, in_campaign, FrameState.IN_DOUBT, by=())
    return CampaignTotals(
        frames=frames,
        contacts=contacts,
        doubted_contacts=sum(row.contacts for row in rows if row.doubted),
        short=sum(row.short for row in rows),
        sms_needed=sum(row.sms_needed for row in rows),
        total_cost=total_cost,
        unpriced=sum(row.unpriced for row in rows if row.state in ACCEPTED),
        planned_cost=planned_cost,
        residual_credit=_credit_left(connection, in_campaign),
        started_at=min((row.started_at for row in rows if row.started_at), default=None),
        finished_at=max((row.finished_at for row in rows if row.finished_at), default=None),
        in_doubt=in_doubt[0] if in_doubt else None,
        refused=_groups(
            connection, in_campaign, FrameState.REFUSED, by=(frame.c.code, frame.c.message)
        ),
    )


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


def _by_state(in_campaign: sa.ColumnElement[bool]) -> sa.Select[Any]:
    taken = frame.c.number_of_contacts
    is_short = sa.and_(frame.c.state == FrameState.ACCEPTED_SHORT, taken.is_not(None))
    short = sa.case((is_short, frame.c.contacts - taken), else_=0)
    unpriced = sa.case((frame.c.total_cost.is_(None), 1), else_=0)
    return (
        sa.select(
            frame.c.state,
            WAS_DOUBTED,
            sa.func.count().label("frames"),
            sa.func.sum(frame.c.contacts).label("contacts"),
            _whole(sa.func.sum(short)).label("short"),
            sa.func.sum(unpriced).label("unpriced"),
            _whole(sa.func.sum(sa.func.coalesce(frame.c.number_of_sms_needed, 0))).label(
                "sms_needed"
            ),
            sa.func.min(frame.c.started_at).label("started_at"),
            sa.func.max(frame.c.finished_at).label("finished_at"),
        )
        .where(in_campaign)
        .group_by(frame.c.state, WAS_DOUBTED)
    )


def _whole(total: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Keep a sum a whole number: a server makes a decimal of it where its parts are long."""
    return sa.cast(total, sa.BigInteger)


def _costs(
    connection: sa.Connection, in_campaign: sa.ColumnElement[bool]
) -> tuple[Decimal, Decimal | None]:
    """Sum up what was charged, and what had been planned for the same frames."""
    amounts = frame.c.total_cost, frame.c.cost_planned
    statement = sa.select(*amounts, sa.func.count()).where(
        in_campaign, frame.c.total_cost.is_not(None)
    )
    rows = connection.execute(statement.group_by(*amounts)).all()
    charged = sum((cost * count for cost, _, count in rows), Decimal(0))
    is_known = bool(rows) and all(planned is not None for _, planned, _ in rows)
    expected = sum((planned * count for _, planned, count in rows if is_known), Decimal(0))
    return charged, expected if is_known else None


def _credit_left(connection: sa.Connection, in_campaign: sa.ColumnElement[bool]) -> Decimal | None:
    """Read the credit after the last answer.

    Frames in flight together are answered in any order; the lowest credit is the last one.
    """
    answered = sa.and_(
        in_campaign, frame.c.started_at.is_not(None), frame.c.residual_credit.is_not(None)
    )
    newest = sa.select(frame.c.started_at).where(answered, frame.c.finished_at.is_not(None))
    last_start = connection.scalar(
        newest.order_by(frame.c.finished_at.desc(), frame.c.number).limit(1)
    )
    if last_start is None:
        return None
    together = sa.select(frame.c.residual_credit).where(answered, frame.c.finished_at >= last_start)
    lowest: Decimal = min(connection.scalars(together))
    return lowest


def _groups(
    connection: sa.Connection,
    in_campaign: sa.ColumnElement[bool],
    state: FrameState,
    by: Sequence[sa.Column[Any]],
) -> tuple[FrameGroup, ...]:
    """Group the frames in a state by these columns, in the order of their first frames."""
    window: dict[str, Any] = {"partition_by": list(by)}
    rank = sa.func.row_number().over(**window, order_by=frame.c.number).label("rank")
    counted = (
        sa.select(
            frame.c.number,
            frame.c.code,
            frame.c.message,
            rank,
            sa.func.count().over(**window).label("frames"),
            sa.func.sum(frame.c.contacts).over(**window).label("contacts"),
        )
        .where(in_campaign, frame.c.state == state)
        .subquery()
    )
    first = sa.select(counted).where(counted.c.rank <= LISTED).order_by(counted.c.number)
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in connection.execute(first):
        groups.setdefault(tuple(getattr(row, column.name) for column in by), []).append(row)
    return tuple(
        FrameGroup(
            frames=rows[0].frames,
            contacts=rows[0].contacts,
            first_numbers=tuple(row.number for row in rows),
            code=rows[0].code if by else None,
            message=rows[0].message if by else "",
        )
        for rows in groups.values()
    )
