"""SQL that several parts of the ledger share, on a connection they give."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.frame_states.transitions import inherit_doubt
from bulksms.ledger.records.frame_records import (
    CampaignRecord,
    EntryRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
)
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.row_values import among
from bulksms.ledger.schema.tables import body, campaign, entry, erased_frame, frame

__all__ = [
    "find_campaign",
    "insert_frames",
    "last_number",
    "read_entries",
    "read_frames",
    "replace_body",
    "was_doubted",
    "with_numbers",
]

# States a frame may be in after it was in doubt, and that neither show nor settle the doubt.
MAY_HAVE_DOUBT = (FrameState.PLANNED, FrameState.REFUSED, FrameState.DROPPED)
BATCH = 50  # frames inserted at a time: about 4 MB of bodies

FRAME_FIELDS = (*(column.name for column in frame.c), "doubted")


def find_campaign(connection: sa.Connection, name: str) -> CampaignRecord | None:
    """Read a campaign by its name."""
    statement = sa.select(campaign).where(campaign.c.name == name)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else CampaignRecord(**row)


def insert_frames(
    connection: sa.Connection, campaign_id: int, frames: Iterable[FrozenFrame]
) -> None:
    """Insert planned frames with their bodies; parts inherit the doubt of their whole."""
    waiting = iter(frames)
    while batch := list(islice(waiting, BATCH)):
        connection.execute(sa.insert(frame), [_frame_values(campaign_id, new) for new in batch])
        connection.execute(sa.insert(body), [_body_values(campaign_id, new) for new in batch])
        inherit_doubt(connection, campaign_id, batch)


def replace_body(connection: sa.Connection, campaign_id: int, new: FrozenFrame) -> None:
    """Replace the bytes and numbers of a frame, for a post under another request id."""
    is_frame = sa.and_(body.c.campaign_id == campaign_id, body.c.number == new.number)
    connection.execute(sa.update(body).where(is_frame).values(_body_values(campaign_id, new)))
    # Who was erased is not in it any more.
    erased = sa.and_(erased_frame.c.campaign_id == campaign_id, erased_frame.c.number == new.number)
    connection.execute(sa.delete(erased_frame).where(erased))


def read_frames(
    connection: sa.Connection, campaign_id: int, number: int | None = None
) -> list[FrameRecord]:
    """Read the frames of a campaign in their order, or one of them."""
    values = {"in_campaign": campaign_id} | ({} if number is None else {"frame_number": number})
    rows = _select_frames(single=number is not None).execute(connection, values)
    return [FrameRecord(**dict(zip(FRAME_FIELDS, row, strict=True))) for row in rows]


@cache
def _select_frames(*, single: bool) -> CompiledStatement:
    """Build the statement for all frames or one, once, since it runs while posting."""
    campaign_id: sa.BindParameter[int] = sa.bindparam("in_campaign")
    frame_number: sa.BindParameter[int] = sa.bindparam("frame_number")
    doubted = was_doubted(campaign_id, frame_number if single else None).label("doubted")
    statement = sa.select(frame, doubted).where(frame.c.campaign_id == campaign_id)
    return CompiledStatement(
        statement.where(frame.c.number == frame_number)
        if single
        else statement.order_by(frame.c.number)
    )


def was_doubted(
    campaign_id: sa.ColumnElement[int], number: sa.ColumnElement[int] | None = None
) -> sa.ColumnElement[bool]:
    """Build the condition that a frame was in doubt, and is planned, refused or dropped by now."""
    doubts = sa.select(entry.c.number).where(
        entry.c.campaign_id == campaign_id, entry.c.state == FrameState.IN_DOUBT
    )
    if number is not None:
        doubts = doubts.where(entry.c.number == number)
    # There are many entries: they are read only for frames that can have been in doubt.
    fresh = frame.c.attempts == 0, frame.c.message == "", frame.c.parent.is_(None)
    untouched = sa.and_(frame.c.state == FrameState.PLANNED, *fresh)
    settled = sa.and_(*(frame.c.state != state for state in MAY_HAVE_DOUBT))
    return sa.case((sa.or_(untouched, settled), sa.false()), else_=frame.c.number.in_(doubts))


def with_numbers(
    statement: sa.Select[Any], column: sa.Column[int], numbers: Sequence[int] | None
) -> list[sa.Select[Any]]:
    """Return a statement for some frames, in parts and in order; unchanged for all."""
    if numbers is None:
        return [statement]
    return [statement.where(in_part) for in_part in among(column, sorted(numbers))]


def read_entries(connection: sa.Connection, campaign_id: int, number: int) -> list[EntryRecord]:
    """Read every change of a frame, the oldest first."""
    columns = [entry.c[field.name] for field in fields(EntryRecord)]
    of_frame = sa.and_(entry.c.campaign_id == campaign_id, entry.c.number == number)
    rows = connection.execute(sa.select(*columns).where(of_frame).order_by(entry.c.id)).mappings()
    return [EntryRecord(**row) for row in rows]


def last_number(connection: sa.Connection, campaign_id: int) -> int:
    """Return the highest frame number of a campaign."""
    statement = sa.select(sa.func.max(frame.c.number)).where(frame.c.campaign_id == campaign_id)
    return int(connection.scalar(statement) or 0)


def _frame_values(campaign_id: int, new: FrozenFrame) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "number": new.number,
        "state": FrameState.PLANNED,
        "first_row": new.first_row,
        "last_row": new.last_row,
        "contacts": new.contacts,
        "request_id": new.request_id,
        "digest": new.digest,
        "sms_planned": new.sms_planned,
        "cost_planned": new.cost_planned,
        "wave": new.wave,
        "parent": new.parent,
    }


def _body_values(campaign_id: int, new: FrozenFrame) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "number": new.number,
        "body": zlib.compress(new.body, 1),  # a fifth of the time for a fifth more bytes
        "numbers": zlib.compress(new.numbers, 1),
    }
