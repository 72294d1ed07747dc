"""The people in a frame and their opt-outs, read in the caller's transaction."""

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.frame_states import statements
from bulksms.ledger.frame_states.frame_change import anybody_erased, anybody_opted_out
from bulksms.ledger.people import opt_out_events
from bulksms.ledger.records.frame_records import FrameRecord, FrameState
from bulksms.ledger.schema.compiled import CompiledLookup, CompiledStatement
from bulksms.ledger.schema.row_values import among, in_parts, is_frame, row_of
from bulksms.ledger.schema.tables import (
    body,
    entry,
    erased_frame,
    frame,
    opt_out,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = [
    "all_phone_numbers",
    "any_left_out",
    "keep_doubted_members",
    "members_by_ticket",
    "opted_out_among",
    "opted_out_members",
    "pack_numbers",
    "phone_numbers",
    "read_erased_texts",
    "unpack_numbers",
]

# Asked before every post.
ANY_LEFT_OUT = CompiledStatement(sa.select(anybody_opted_out(), anybody_erased()))
MEMBERS = CompiledStatement(
    sa.select(body.c.numbers).where(
        body.c.campaign_id == sa.bindparam("in_campaign"),
        body.c.number == sa.bindparam("frame_number"),
    )
)

STORED = CompiledLookup(sa.select(opt_out.c.number), opt_out.c.number)

LEFT_IN_DOUBT = "in doubt and not sent again: they opted out before that"


def unpack_numbers(packed: bytes) -> "PhoneNumbers":
    """Unpack the phone numbers of a frame, in its order."""
    import numpy as np

    return np.frombuffer(zlib.decompress(packed), dtype="<i8").astype(np.int64)


def pack_numbers(numbers: "PhoneNumbers") -> bytes:
    """Pack the phone numbers of a frame, or what is kept for each of them."""
    return zlib.compress(numbers.astype("<i8").tobytes(), 1)


def phone_numbers(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Read the phone numbers of a frame, in its order."""
    import numpy as np

    frame_key = {"in_campaign": campaign_id, "frame_number": number}
    packed = MEMBERS.execute(connection, frame_key)
    return unpack_numbers(packed[0][0]) if packed else np.empty(0, dtype=np.int64)


def all_phone_numbers(connection: sa.Connection) -> "PhoneNumbers":
    """Read every phone number of any frame, sorted."""
    import numpy as np

    parts = [unpack_numbers(packed) for packed in connection.scalars(sa.select(body.c.numbers))]
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *parts]))


def members_by_ticket(connection: sa.Connection, tickets: Iterable[str]) -> dict[str, set[int]]:
    """Read the phone numbers of the frames that have these tickets; others are left out."""
    members: defaultdict[str, set[int]] = defaultdict(set)
    for has_ticket in among(frame.c.ticket, {ticket for ticket in tickets if ticket}):
        owners = sa.select(frame.c.ticket, frame.c.campaign_id, frame.c.number).where(has_ticket)
        for ticket, campaign_id, number in connection.execute(owners).all():
            members[ticket].update(phone_numbers(connection, campaign_id, number).tolist())
    return dict(members)


def any_left_out(connection: sa.Connection) -> tuple[bool, bool]:
    """Read whether any person opted out, and whether any was erased."""
    opted_out, erased = ANY_LEFT_OUT.execute(connection, {})[0]
    return bool(opted_out), bool(erased)


def opted_out_members(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Read the phone numbers of a frame that opted out, in the frame's order."""
    import numpy as np

    if not any(any_left_out(connection)):
        return np.empty(0, dtype=np.int64)
    return opted_out_among(connection, phone_numbers(connection, campaign_id, number))


def opted_out_among(connection: sa.Connection, numbers: "PhoneNumbers") -> "PhoneNumbers":
    """Return those of some phone numbers that opted out, in their order.

    A pseudonym counts as opted out: an erased person is not texted.
    """
    import numpy as np

    asked = numbers.tolist()
    opted_out = opt_out_events.hashed_among(connection, asked)
    for part in in_parts(asked):
        opted_out += [number for (number,) in STORED.execute(connection, part)]
    return numbers[(numbers < 0) | np.isin(numbers, np.array(opted_out, dtype=np.int64))]


def read_erased_texts(
    connection: sa.Connection, campaign_id: int, number: int | None = None
) -> "tuple[PhoneNumbers, PhoneNumbers]":
    """Read the pseudonyms of a campaign, or of one frame, and the hash of each one's text."""
    import numpy as np

    same = (body.c.campaign_id == erased_frame.c.campaign_id) & (
        body.c.number == erased_frame.c.number
    )
    statement = sa.select(body.c.numbers, erased_frame.c.texts).join_from(body, erased_frame, same)
    statement = statement.where(body.c.campaign_id == campaign_id)
    if number is not None:
        statement = statement.where(body.c.number == number)
    packed = connection.execute(statement.order_by(body.c.number)).all()
    empty = np.empty(0, dtype=np.int64)
    members = np.concatenate([empty, *(unpack_numbers(row.numbers) for row in packed)])
    hashes = np.concatenate([empty, *(unpack_numbers(row.texts) for row in packed)])
    return members[members < 0], hashes[members < 0]


def keep_doubted_members(
    connection: sa.Connection, old: FrameRecord, remaining: bytes, at: datetime
) -> int:
    """Keep opted-out members of a doubtful frame as a dropped frame, and count them.

    They may have the text, whatever becomes of the frame later, and must never be reported as
    not texted. The old bytes must still be there; `remaining` are the numbers that stay. The new
    frame is never posted; it holds the bytes that may have been sent.
    """
    import numpy as np

    own = sa.select(body).where(is_frame(body, old.campaign_id, old.number))
    bytes_sent = connection.execute(own).mappings().one()
    before = unpack_numbers(bytes_sent["numbers"])
    is_leaving = ~np.isin(before, np.frombuffer(remaining, dtype="<i8"))
    leaving = before[is_leaving]
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
    values = row_of(frame, kept)
    connection.execute(sa.insert(frame).values(values))
    numbers = pack_numbers(leaving)
    connection.execute(sa.insert(body).values({**bytes_sent, **key, "numbers": numbers}))
    _move_erased_texts(connection, old, key, is_leaving)
    shared = ("request_id", "digest", "ticket", "code", "message")
    line = {name: values[name] for name in shared} | key | {"at": at}
    # Its own entries say too that it was in doubt, as a member of the other frame.
    states = (FrameState.IN_DOUBT, FrameState.DROPPED)
    connection.execute(sa.insert(entry), [line | {"state": state} for state in states])
    return len(leaving)


def _move_erased_texts(
    connection: sa.Connection,
    old: FrameRecord,
    key: dict[str, int],
    is_leaving: "NDArray[np.bool_]",
) -> None:
    """Let the hashes of erased texts follow the people who leave a frame."""
    is_own = is_frame(erased_frame, old.campaign_id, old.number)
    packed = connection.scalar(sa.select(erased_frame.c.texts).where(is_own))
    if packed is None:
        return
    texts = pack_numbers(unpack_numbers(packed)[is_leaving])
    connection.execute(sa.insert(erased_frame).values({**key, "texts": texts}))
    connection.execute(sa.delete(erased_frame).where(is_own))
