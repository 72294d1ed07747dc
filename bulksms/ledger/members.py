"""The people in a frame and their opt-outs, read in the caller's transaction."""

import zlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger import opt_out_events, statements
from bulksms.ledger.compiled import CompiledStatement
from bulksms.ledger.records import FrameRecord, FrameState
from bulksms.ledger.tables import IN_LIMIT, body, entry, frame, hashed_opt_out, opt_out

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = [
    "all_phone_numbers",
    "keep_doubted_members",
    "opted_out_among",
    "opted_out_members",
    "phone_numbers",
    "unpack_numbers",
]

# Asked before every post, and mostly answered by no row.
ANY_OPT_OUT = CompiledStatement(sa.select(opt_out.c.number).limit(sa.literal(1)))
ANY_HASHED = CompiledStatement(sa.select(hashed_opt_out.c.key_id).limit(sa.literal(1)))

LEFT_IN_DOUBT = "in doubt and not sent again: they opted out before that"


def unpack_numbers(packed: bytes) -> "PhoneNumbers":
    """Unpack the phone numbers of a frame, in its order."""
    import numpy as np

    return np.frombuffer(zlib.decompress(packed), dtype="<i8").astype(np.int64)


def phone_numbers(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Read the phone numbers of a frame, in its order."""
    import numpy as np

    here = sa.and_(body.c.campaign_id == campaign_id, body.c.number == number)
    packed = connection.scalar(sa.select(body.c.numbers).where(here))
    return np.empty(0, dtype=np.int64) if packed is None else unpack_numbers(packed)


def all_phone_numbers(connection: sa.Connection) -> "PhoneNumbers":
    """Read every phone number of any frame, sorted."""
    import numpy as np

    parts = [unpack_numbers(packed) for packed in connection.scalars(sa.select(body.c.numbers))]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *parts]))


def opted_out_members(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Read the phone numbers of a frame that opted out, in the frame's order."""
    import numpy as np

    if not ANY_HASHED.execute(connection, {}) and not ANY_OPT_OUT.execute(connection, {}):
        return np.empty(0, dtype=np.int64)
    return opted_out_among(connection, phone_numbers(connection, campaign_id, number))


def opted_out_among(connection: sa.Connection, numbers: "PhoneNumbers") -> "PhoneNumbers":
    """Return those of some phone numbers that opted out, in their order."""
    import numpy as np

    opted_out = opt_out_events.hashed_among(connection, numbers.tolist())
    for start in range(0, len(numbers), IN_LIMIT):
        chunk = numbers[start : start + IN_LIMIT].tolist()
        opted_out += connection.scalars(
            sa.select(opt_out.c.number).where(opt_out.c.number.in_(chunk))
        )
    return numbers[np.isin(numbers, np.array(opted_out, dtype=np.int64))]


def keep_doubted_members(
    connection: sa.Connection, old: FrameRecord, remaining: bytes, at: datetime
) -> int:
    """Keep opted-out members of a doubtful frame as a dropped frame, and count them.

    They may have the text, whatever becomes of the frame later, and must never be reported as
    not texted. To be called while the old bytes are still there; `remaining` are the numbers
    that stay. The new frame is never posted; it holds the bytes that may have been sent.
    """
    import numpy as np

    here = sa.and_(body.c.campaign_id == old.campaign_id, body.c.number == old.number)
    bytes_sent = connection.execute(sa.select(body).where(here)).mappings().one()
    before = np.frombuffer(zlib.decompress(bytes_sent["numbers"]), dtype="<i8")
    leaving = before[~np.isin(before, np.frombuffer(remaining, dtype="<i8"))]
    if not len(leaving):
        return 0
    number = statements.last_number(connection, old.campaign_id) + 1
    key = {"campaign_id": old.campaign_id, "number": number}
    kept = replace(
        old,
        number=number,
        parent=old.number,
        contacts=len(leaving),
        state=FrameState.DROPPED,
        message=LEFT_IN_DOUBT,
        finished_at=at,
        sms_planned=None,
        cost_planned=None,
    )
    values = {column.name: getattr(kept, column.name) for column in frame.c}
    connection.execute(sa.insert(frame).values(values))
    numbers = {"numbers": zlib.compress(leaving.tobytes(), 1)}
    connection.execute(sa.insert(body).values({**bytes_sent, **key, **numbers}))
    shared = ("request_id", "digest", "ticket", "code", "message")
    line = {name: values[name] for name in shared} | key | {"at": at}
    # Its own entries say too that it was in doubt, as a member of the other frame.
    states = (FrameState.IN_DOUBT.value, FrameState.DROPPED.value)
    connection.execute(sa.insert(entry), [line | {"state": state} for state in states])
    return len(leaving)
