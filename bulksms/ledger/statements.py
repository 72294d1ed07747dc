"""Every statement the ledger speaks, one named function each, on a connection it is given.

How a frame changes is said in `changes`. Knows nothing of files, locks and transactions.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bulksms.ledger import tables
from bulksms.ledger.compiled import Spoken
from bulksms.ledger.parts import hand_down_doubt
from bulksms.ledger.records import (
    CampaignRecord,
    EntryRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
    PackedBody,
)

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

# Where a frame that was in doubt may stand without its state saying so, or settling it.
MAY_HAVE_DOUBT = tuple(
    state.value for state in (FrameState.PLANNED, FrameState.REFUSED, FrameState.DROPPED)
)
BATCH = 200  # frames inserted at a time: about 15 MB of bodies

campaign, frame, body, entry, roll = (
    tables.campaign,
    tables.frame,
    tables.body,
    tables.entry,
    tables.roll,
)

# What is told of a frame, in the order of its columns.
FRAME = (*(column.name for column in frame.c), "doubted")
# Spoken for every post.
BODY = Spoken(
    sa.select(body.c.body, frame.c.digest)
    .join_from(body, frame)
    .where(body.c.campaign_id == sa.bindparam("here"), body.c.number == sa.bindparam("which"))
)


def insert_campaign(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Write a campaign down and return its id."""
    statement = sa.insert(campaign).values(values).returning(campaign.c.id)
    return int(connection.execute(statement).scalar_one())


def insert_frames(
    connection: sa.Connection, campaign_id: int, frames: Iterable[FrozenFrame]
) -> None:
    """Write frames down as planned, with their bodies; parts share the doubt of their whole."""
    waiting = iter(frames)
    while batch := list(islice(waiting, BATCH)):
        connection.execute(sa.insert(frame), [_frame_line(campaign_id, one) for one in batch])
        connection.execute(sa.insert(body), [_body_line(campaign_id, one) for one in batch])
        hand_down_doubt(connection, campaign_id, batch)


def insert_roll(connection: sa.Connection, campaign_id: int, content: bytes) -> None:
    """Keep the roll of a campaign."""
    connection.execute(sa.insert(roll).values(campaign_id=campaign_id, content=content))


def campaign_named(connection: sa.Connection, name: str) -> CampaignRecord | None:
    """Find a campaign by its name."""
    return _campaign(connection, sa.select(campaign).where(campaign.c.name == name))


def campaign_of_digest(
    connection: sa.Connection, digest: str, *, rehearsal: bool
) -> CampaignRecord | None:
    """Find the latest campaign with this content."""
    same = sa.and_(campaign.c.digest == digest, campaign.c.rehearsal == rehearsal)
    return _campaign(
        connection, sa.select(campaign).where(same).order_by(campaign.c.id.desc()).limit(1)
    )


def all_campaigns(connection: sa.Connection) -> list[CampaignRecord]:
    """List every campaign, oldest first."""
    lines = connection.execute(sa.select(campaign).order_by(campaign.c.id)).mappings()
    return [CampaignRecord(**line) for line in lines]


def update_campaign(
    connection: sa.Connection, campaign_id: int, state: str, reason: str | None
) -> None:
    """Say where a campaign stands and why."""
    connection.execute(
        sa.update(campaign).where(campaign.c.id == campaign_id).values(state=state, reason=reason)
    )


def extend_campaign(connection: sa.Connection, campaign_id: int, until: datetime) -> None:
    """Let a campaign be posted until another moment."""
    here = campaign.c.id == campaign_id
    connection.execute(sa.update(campaign).where(here).values(expires_at=until))


def frames_of(
    connection: sa.Connection, campaign_id: int, number: int | None = None
) -> list[FrameRecord]:
    """List the frames of a campaign in their order, or one of them."""
    told = {"here": campaign_id} | ({} if number is None else {"which": number})
    lines = _frames(one=number is not None).speak(connection, told)
    told_of = [dict(zip(FRAME, line, strict=True)) for line in lines]
    return [FrameRecord(**{**line, "state": FrameState(line["state"])}) for line in told_of]


@cache
def _frames(*, one: bool) -> Spoken:
    """Build the statement of the frames, or of one, once: results are told while frames go out."""
    here: sa.BindParameter[int] = sa.bindparam("here")
    which: sa.BindParameter[int] = sa.bindparam("which")
    doubts = sa.select(entry.c.number).where(
        entry.c.campaign_id == here, entry.c.state == FrameState.IN_DOUBT.value
    )
    # The entries are many: they are read only where they can tell something.
    fresh = frame.c.attempts == 0, frame.c.message == "", frame.c.parent.is_(None)
    untouched = sa.and_(frame.c.state == FrameState.PLANNED.value, *fresh)
    settled = sa.and_(*(frame.c.state != state for state in MAY_HAVE_DOUBT))
    no = sa.or_(untouched, settled)
    if one:
        doubts = doubts.where(entry.c.number == which)
    doubted = sa.case((no, sa.false()), else_=frame.c.number.in_(doubts)).label("doubted")
    statement = sa.select(frame, doubted).where(frame.c.campaign_id == here)
    return Spoken(
        statement.where(frame.c.number == which) if one else statement.order_by(frame.c.number)
    )


def standing(connection: sa.Connection, campaign_id: int) -> dict[FrameState, int]:
    """Count the frames in each state, all states named."""
    statement = (
        sa.select(frame.c.state, sa.func.count())
        .where(frame.c.campaign_id == campaign_id)
        .group_by(frame.c.state)
    )
    counted = {state: count for state, count in connection.execute(statement)}  # noqa: C416
    return {state: counted.get(state.value, 0) for state in FrameState}


def moments_since_posted(
    connection: sa.Connection, campaign_id: int, number: int, request_id: str
) -> list[datetime]:
    """List when a campaign changed, in the order of writing, from the first post of an id on."""
    posted = sa.and_(entry.c.number == number, entry.c.state == FrameState.INTENT.value)
    first = sa.select(sa.func.min(entry.c.id)).where(
        entry.c.campaign_id == campaign_id, posted, entry.c.request_id == request_id
    )
    later = sa.and_(entry.c.campaign_id == campaign_id, entry.c.id >= first.scalar_subquery())
    return list(connection.scalars(sa.select(entry.c.at).where(later).order_by(entry.c.id)))


def last_number(connection: sa.Connection, campaign_id: int) -> int:
    """Give the highest number of a frame."""
    statement = sa.select(sa.func.max(frame.c.number)).where(frame.c.campaign_id == campaign_id)
    return int(connection.scalar(statement) or 0)


def read_bodies(
    connection: sa.Connection, campaign_id: int, numbers: Sequence[int]
) -> list[PackedBody]:
    """Read the bytes of frames as they were packed, and the digests they are to have."""
    return [
        PackedBody(number=number, content=bytes(line[0]), digest=line[1])
        for number in numbers
        for line in BODY.speak(connection, {"here": campaign_id, "which": number})
    ]


def replace_body(connection: sa.Connection, campaign_id: int, new: FrozenFrame) -> None:
    """Put other bytes in the place of a frame's, for a resend under a new request id."""
    line = _body_line(campaign_id, new)
    here = sa.and_(body.c.campaign_id == campaign_id, body.c.number == new.number)
    connection.execute(sa.update(body).where(here).values(line))


def numbers_texted(
    connection: sa.Connection, text_digest: str, since: datetime, *, rehearsal: bool
) -> "PhoneNumbers":
    """Collect the numbers a text went to, may have gone to or is about to go to, sorted.

    A frame that was ever in doubt may have reached people, whatever was decided of it later.
    """
    import numpy as np

    over = (FrameState.REFUSED.value, FrameState.DROPPED.value)
    doubted = sa.exists().where(
        entry.c.campaign_id == frame.c.campaign_id,
        entry.c.number == frame.c.number,
        entry.c.state == FrameState.IN_DOUBT.value,
    )
    statement = (
        sa.select(body.c.numbers)
        .join_from(body, frame)
        .join(campaign, campaign.c.id == frame.c.campaign_id)
        .where(campaign.c.text_digest == text_digest, campaign.c.rehearsal == rehearsal)
        .where(sa.or_(frame.c.state.not_in(over), doubted))
        .where(
            sa.or_(
                # What waits may still go out, however long it has waited.
                frame.c.state.in_((FrameState.PLANNED.value, FrameState.INTENT.value)),
                sa.func.coalesce(frame.c.started_at, campaign.c.created_at) >= since,
                campaign.c.id.in_(_read_since(connection, text_digest, since)),
            )
        )
    )
    parts = [
        np.frombuffer(zlib.decompress(numbers), dtype="<i8")
        for numbers in connection.scalars(statement)
    ]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *parts]).astype(np.int64))


def _read_since(connection: sa.Connection, text_digest: str, since: datetime) -> list[int]:
    """Name the campaigns handed over to be read at a chosen time, which is not before `since`."""
    statement = sa.select(campaign.c.id, campaign.c.parameters).where(
        campaign.c.text_digest == text_digest
    )
    told = [(line.id, line.parameters.get("send_at")) for line in connection.execute(statement)]
    return [number for number, at in told if at and datetime.fromisoformat(at) >= since]


def entries_of(connection: sa.Connection, campaign_id: int, number: int) -> list[EntryRecord]:
    """List every change of a frame, the oldest first."""
    columns = [entry.c[field.name] for field in fields(EntryRecord)]
    here = sa.and_(entry.c.campaign_id == campaign_id, entry.c.number == number)
    lines = connection.execute(sa.select(*columns).where(here).order_by(entry.c.id)).mappings()
    return [EntryRecord(**{**line, "state": FrameState(line["state"])}) for line in lines]


def read_roll(connection: sa.Connection, campaign_id: int) -> bytes | None:
    """Read the roll of a campaign."""
    return connection.scalar(sa.select(roll.c.content).where(roll.c.campaign_id == campaign_id))


def _campaign(
    connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]
) -> CampaignRecord | None:
    line = connection.execute(statement).mappings().one_or_none()
    return None if line is None else CampaignRecord(**line)


def _frame_line(campaign_id: int, one: FrozenFrame) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "number": one.number,
        "state": FrameState.PLANNED.value,
        "first_row": one.first_row,
        "last_row": one.last_row,
        "contacts": one.contacts,
        "request_id": one.request_id,
        "digest": one.digest,
        "sms_planned": one.sms_planned,
        "cost_planned": one.cost_planned,
        "wave": one.wave,
        "parent": one.parent,
    }


def _body_line(campaign_id: int, one: FrozenFrame) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "number": one.number,
        "body": zlib.compress(one.body, 1),  # a fifth of the time for a fifth more
        "numbers": zlib.compress(one.numbers, 1),
    }
