"""How a frame comes to stand elsewhere: by compare-and-set, with an entry that tells of it.

A change names the state it expects, and says whether it found it. The statements are built
once, since two of them are spoken for every frame that is posted. Knows nothing of files,
locks and transactions.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.records import FrameState
from bulksms.ledger.tables import entry, frame

__all__ = ["change_frame", "doubt_intents", "take_frame"]

# What an entry keeps of its frame.
KEPT = ("campaign_id", "number", "state", "request_id", "digest", "ticket", "code", "message")
NEW = "new_"  # before the names of what is set, which SQLAlchemy keeps for itself
ADD_ENTRY = sa.insert(entry)


def change_frame(
    connection: sa.Connection,
    place: tuple[int, int],
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
) -> bool:
    """Change a frame if it stands where expected, and add the entry that tells of it."""
    statement = _change(tuple(values))
    return _changed(connection, statement, (*place, expected), at, values) is not None


def take_frame(
    connection: sa.Connection, place: tuple[int, int], expected: FrameState, at: datetime
) -> sa.RowMapping | None:
    """Make a frame an intent if it stands where expected, and give it as it stands then."""
    values = {"state": FrameState.INTENT.value, "started_at": at, "finished_at": None}
    statement = _change(tuple(values), posted=True)
    return _changed(connection, statement, (*place, expected), at, values)


def doubt_intents(connection: sa.Connection, campaign_id: int, at: datetime, why: str) -> int:
    """Put every frame that may have left without an answer in doubt, and count them."""
    here = sa.and_(frame.c.campaign_id == campaign_id, frame.c.state == FrameState.INTENT.value)
    numbers = list(connection.scalars(sa.select(frame.c.number).where(here)))
    for number in numbers:
        doubt = {
            "state": FrameState.IN_DOUBT.value,
            "message": why,
            "finished_at": at,
            "repeatable": True,
        }
        change_frame(connection, (campaign_id, number), FrameState.INTENT, at, doubt)
    return len(numbers)


def _changed(
    connection: sa.Connection,
    statement: sa.UpdateBase,
    expected: tuple[int, int, FrameState],
    at: datetime,
    values: Mapping[str, Any],
) -> sa.RowMapping | None:
    """Speak the statement, and add the entry if a frame stood where it was expected."""
    told = {NEW + name: value for name, value in values.items()}
    told |= {"campaign": expected[0], "which": expected[1], "stands": expected[2].value}
    found = connection.execute(statement, told).mappings().one_or_none()
    if found is not None:
        connection.execute(ADD_ENTRY, {**{name: found[name] for name in KEPT}, "at": at})
    return found


@cache
def _change(names: tuple[str, ...], *, posted: bool = False) -> sa.UpdateBase:
    """Build the statement that sets these columns, counts a post, and gives the frame back."""
    new: dict[str, Any] = {
        name: sa.bindparam(NEW + name, type_=frame.c[name].type) for name in names
    }
    if posted:
        new["attempts"] = frame.c.attempts + 1
    return (
        sa.update(frame)
        .where(frame.c.campaign_id == sa.bindparam("campaign"))
        .where(frame.c.number == sa.bindparam("which"))
        .where(frame.c.state == sa.bindparam("stands"))
        .values(new)
        .returning(frame)
    )
