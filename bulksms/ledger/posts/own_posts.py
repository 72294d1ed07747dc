"""An answer belongs to one post of a frame, and is recorded as the answer to that post alone.

A worker that was frozen may read an answer when others post the frame again, and one that repeats
a write may find that others continued after it: their record is not touched.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bulksms.errors import CampaignTakenOver
from bulksms.ledger.frame_states import transitions
from bulksms.ledger.frame_states.transitions import FrameKey, PostedBy
from bulksms.ledger.records.frame_records import FrameState
from bulksms.ledger.schema.row_values import is_frame
from bulksms.ledger.schema.tables import entry, frame

__all__ = ["record_answer"]

ACCEPTED = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED)


def record_answer(
    connection: sa.Connection,
    key: FrameKey,
    at: datetime,
    values: Mapping[str, Any],
    posted_by: PostedBy | None,
    *,
    is_retry: bool,
) -> None:
    """Record the answer to a post, `posted_by` if that is known; once, however often it is tried.

    Where the post is in doubt by now, an answer still proves that the frame was accepted, and any
    other leaves it in doubt. A run of its own ends then, since another process has its campaign.

    Raises:
        CampaignTakenOver: it has, and the change is to be kept.
        LedgerError: the frame was not claimed, or others went on with it; nothing was changed.
    """
    if transitions.change_frame(
        connection, key, FrameState.INTENT, at, values, posted_by=posted_by
    ):
        return
    was_late = _find_recorded(connection, key, at, values) if is_retry else None
    if was_late is None:
        was_late = _record_late(connection, key, at, values, posted_by)
    if was_late and posted_by is not None and not _is_worker(posted_by):
        raise CampaignTakenOver(
            f"The answer to frame {key[1]} is recorded, but another program has taken this "
            "campaign over: nothing more is posted here; resume once it has ended.",
            code="campaign_busy",
        )


def _record_late(
    connection: sa.Connection,
    key: FrameKey,
    at: datetime,
    values: Mapping[str, Any],
    posted_by: PostedBy | None,
) -> bool:
    """Record the answer to a post that is in doubt by now, if it proves that it was accepted."""
    if posted_by is None or not _is_doubted(connection, key, posted_by):
        transitions.refuse_change(key, FrameState.INTENT)
    if values["state"] in ACCEPTED:
        return transitions.change_frame(
            connection, key, FrameState.IN_DOUBT, at, values, posted_by=posted_by
        )
    if not _is_worker(posted_by):
        transitions.refuse_change(key, FrameState.INTENT)
    return False


def _find_recorded(
    connection: sa.Connection, key: FrameKey, at: datetime, values: Mapping[str, Any]
) -> bool | None:
    """Whether an earlier try, whose result was lost, recorded this answer to a post in doubt.

    None when none did. It need not be the last entry: the frame may have been posted again since.
    """
    of_frame = is_frame(entry, *key)
    answers = sa.select(entry.c.id).where(
        of_frame,
        entry.c.state == values["state"],
        entry.c.at == at,
        entry.c.ticket.is_not_distinct_from(transitions.storable(values.get("ticket"))),
    )
    answer = connection.scalar(answers.order_by(entry.c.id.desc()).limit(1))
    if answer is None:
        return None
    earlier = sa.select(entry.c.state).where(of_frame, entry.c.id < answer)
    before = connection.scalar(earlier.order_by(entry.c.id.desc()).limit(1))
    return before is FrameState.IN_DOUBT


def _is_worker(posted_by: PostedBy) -> bool:
    return posted_by[0] is not None


def _is_doubted(connection: sa.Connection, key: FrameKey, posted_by: PostedBy) -> bool:
    """Whether a frame is in doubt since this post, because others took its sender for dead."""
    columns = frame.c.state, frame.c.holder, frame.c.attempts
    row = connection.execute(sa.select(*columns).where(is_frame(frame, *key))).one_or_none()
    return row is not None and tuple(row) == (FrameState.IN_DOUBT, *posted_by)
