"""Where people stay who leave a frame that was in doubt.

Whoever was in a frame in doubt may have the text, whatever becomes of the frame later: given
up, refused at the second try, or sent again without them. They are never told as untouched.
"""

import zlib
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger import statements
from bulksms.ledger.records import FrameRecord, FrameState
from bulksms.ledger.tables import body, entry, frame

__all__ = ["leave_behind"]

LEFT_BEHIND = "in doubt and not sent again: they opted out before that"


def leave_behind(connection: sa.Connection, old: FrameRecord, kept: bytes, at: datetime) -> int:
    """Give those who leave a doubted frame a frame of their own, and count them.

    To be called while the old bytes still stand; `kept` are the numbers that stay. The new
    frame is dropped and never posted; it holds the bytes that may have been sent.
    """
    import numpy as np

    here = sa.and_(body.c.campaign_id == old.campaign_id, body.c.number == old.number)
    bytes_sent = connection.execute(sa.select(body).where(here)).mappings().one()
    before = np.frombuffer(zlib.decompress(bytes_sent["numbers"]), dtype="<i8")
    gone = before[~np.isin(before, np.frombuffer(kept, dtype="<i8"))]
    if not len(gone):
        return 0
    number = statements.last_number(connection, old.campaign_id) + 1
    place = {"campaign_id": old.campaign_id, "number": number}
    behind = replace(
        old,
        number=place["number"],
        parent=old.number,
        contacts=len(gone),
        state=FrameState.DROPPED,
        message=LEFT_BEHIND,
        finished_at=at,
        sms_planned=None,
        cost_planned=None,
    )
    values = {column.name: getattr(behind, column.name) for column in frame.c}
    connection.execute(sa.insert(frame).values(values))
    numbers = {"numbers": zlib.compress(gone.tobytes(), 1)}
    connection.execute(sa.insert(body).values({**bytes_sent, **place, **numbers}))
    shared = ("request_id", "digest", "ticket", "code", "message")
    told = {name: values[name] for name in shared} | place | {"at": at}
    # It was in doubt, in the other frame; its own entries say so too.
    states = (FrameState.IN_DOUBT.value, FrameState.DROPPED.value)
    connection.execute(sa.insert(entry), [told | {"state": state} for state in states])
    return len(gone)
