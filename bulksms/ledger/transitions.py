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

from bulksms.ledger.compiled import Spoken
from bulksms.ledger.records import FrameState
from bulksms.ledger.tables import entry, frame

__all__ = ["change_frame", "doubt_intents", "take_frame"]

# What an entry keeps of its frame.
KEPT = ("campaign_id", "number", "state", "request_id", "digest", "ticket", "code", "message")
TAKEN = (*KEPT, "attempts", "parent")  # what is told of a frame that was taken
NEW = "new_"  # before the names of what is set, which SQLAlchemy keeps for itself
ADD_ENTRY = Spoken(sa.insert(entry), (*KEPT, "at"))


def change_frame(
    connection: sa.Connection,
    place: tuple[int, int],
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
) -> bool:
    """Change a frame if it stands where expected, and add the entry that tells of it."""
    told = {"stands": expected.value}
    return _changed(connection, _change(tuple(values)), place, at, values, told) is not None


def take_frame(
    connection: sa.Connection,
    place: tuple[int, int],
    expected: FrameState,
    at: datetime,
    *,
    known: tuple[str, int] | None = None,
) -> dict[str, Any] | None:
    """Make a frame an intent if it stands where expected, and give it as it stands then.

    With `known` only if its digest and the number of its posts are those.
    """
    values = {"state": FrameState.INTENT.value, "started_at": at, "finished_at": None}
    told: dict[str, Any] = {"stands": expected.value}
    if known is not None:
        told |= {"bytes": known[0], "posts": known[1]}
    statement = _change(tuple(values), posted=True, known=known is not None)
    return _changed(connection, statement, place, at, values, told)


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
    statement: Spoken,
    place: tuple[int, int],
    at: datetime,
    values: Mapping[str, Any],
    told: Mapping[str, Any],
) -> dict[str, Any] | None:
    """Speak the statement, and add the entry if a frame stood where it was expected."""
    new = {NEW + name: value for name, value in values.items()}
    found = statement.speak(connection, {**new, **told, "campaign": place[0], "which": place[1]})
    if not found:
        return None
    taken = dict(zip(TAKEN, found[0], strict=True))
    ADD_ENTRY.speak(connection, {**taken, "at": at})
    return taken


@cache
def _change(names: tuple[str, ...], *, posted: bool = False, known: bool = False) -> Spoken:
    """Build the statement that sets these columns, counts a post, and gives the frame back."""
    new: dict[str, Any] = {
        name: sa.bindparam(NEW + name, type_=frame.c[name].type) for name in names
    }
    if posted:
        new["attempts"] = frame.c.attempts + 1
    statement = (
        sa.update(frame)
        .where(frame.c.campaign_id == sa.bindparam("campaign"))
        .where(frame.c.number == sa.bindparam("which"))
        .where(frame.c.state == sa.bindparam("stands"))
    )
    if known:
        statement = statement.where(frame.c.digest == sa.bindparam("bytes"))
        statement = statement.where(frame.c.attempts == sa.bindparam("posts"))
    return Spoken(statement.values(new).returning(*(frame.c[name] for name in TAKEN)))
