"""How a frame changes its state: by compare-and-set, with an entry for every change.

A change names the state it expects, and tells whether the frame was in it. The statements are
built once, since two of them are executed for every frame that is posted.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from bulksms.errors import LedgerError
from bulksms.ledger.records import FrameState, FrozenFrame
from bulksms.ledger.schema.column_types import SERVER
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.tables import entry, frame, holder, shared_run
from bulksms.ledger.sharing.shared_records import ClaimTerms

__all__ = [
    "FrameKey",
    "PostedAs",
    "PostedBy",
    "change_frame",
    "change_or_refuse",
    "claim_frame",
    "doubt_intent",
    "doubt_intents",
    "drop_planned",
    "find_claim",
    "inherit_doubt",
    "refuse_change",
    "storable",
]

FrameKey = tuple[int, int]  # the campaign's id and the frame's number
PostedAs = tuple[str | None, datetime | None]  # the account, and the server's time
PostedBy = tuple[str | None, int]  # the worker, if it was one, and which post of the frame

# What an entry keeps of its frame.
KEPT = ("campaign_id", "number", "state", "request_id", "digest", "ticket", "code", "message")
RETURNED = (*KEPT, "attempts", "parent")
NEW = "new_"  # before the names of new values, since SQLAlchemy reserves the columns' own
LOGGED = "logged_"  # before the names of what only the entry keeps
INHERITED = [column.name for column in entry.c if column.name not in {"id", "number"}]


def change_frame(
    connection: sa.Connection,
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
    *,
    posted_by: PostedBy | None = None,
) -> bool:
    """Change a frame if it is in the expected state, and add the entry.

    With `posted_by` only if that is its last post. Whatever an answer of the API holds is recorded.
    """
    values = {name: storable(value) for name, value in values.items()}
    conditions: dict[str, Any] = {"expected": expected.value}
    if posted_by is not None:
        conditions |= {"own_holder": posted_by[0], "own_attempts": posted_by[1]}
    change = _change(tuple(values), ("at",), own=posted_by is not None)
    return change.execute(connection, key, values, conditions, {"at": at}) is not None


def change_or_refuse(
    connection: sa.Connection,
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
) -> None:
    """Change a frame that must be in the expected state, and add the entry.

    Raises:
        LedgerError: it is in another state; nothing was changed.
    """
    if not change_frame(connection, key, expected, at, values):
        refuse_change(key, expected)


def refuse_change(key: FrameKey, expected: FrameState) -> NoReturn:
    """Raise a LedgerError: a frame is not as it must be."""
    raise LedgerError(
        f"Frame {key[1]} is no longer in state {expected}: another program changed the "
        "ledger, or it was restored; check `bulksms status` before resuming.",
        code="request_changed",
        number=key[1],
    )


def claim_frame(  # noqa: PLR0913 - what is checked and written in one statement
    connection: sa.Connection,
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    *,
    version: tuple[str, int] | None = None,
    posted_as: PostedAs,
    terms: ClaimTerms | None = None,
) -> dict[str, Any] | None:
    """Make a frame an intent if it is in the expected state, and return it.

    With `version` only if its digest and the number of its posts are those; with `terms` only
    while that worker is alive and the common limits are those it has read.
    """
    values = {
        "state": FrameState.INTENT.value,
        "started_at": at,
        "finished_at": None,
        "holder": terms and terms.holder,
    }
    conditions: dict[str, Any] = {"expected": expected.value}
    if version is not None:
        conditions |= {"same_digest": version[0], "same_attempts": version[1]}
    if terms is not None:
        conditions |= {"living_holder": terms.holder, "limits_version": terms.version}
    logged = {"at": at, "account": posted_as[0], "server_time": posted_as[1]}
    claim = _change(
        tuple(values),
        tuple(logged),
        posted=True,
        versioned=version is not None,
        shared=terms is not None,
    )
    claimed = claim.execute(connection, key, values, conditions, logged)
    return None if claimed is None else {**claimed, **logged}


def find_claim(
    connection: sa.Connection,
    key: FrameKey,
    at: datetime,
    posted_as: PostedAs,
    terms: ClaimTerms | None = None,
) -> dict[str, Any] | None:
    """Return a frame that this very claim made an intent, and that nothing changed since."""
    account, server_time = posted_as
    of_frame = entry.c.campaign_id == key[0], entry.c.number == key[1]
    latest = sa.select(entry.c.id).where(*of_frame).order_by(entry.c.id.desc()).limit(1)
    columns = [frame.c[name] for name in RETURNED]
    statement = (
        sa.select(*columns)
        .join_from(frame, entry)
        .where(
            *of_frame,
            entry.c.id == latest.scalar_subquery(),
            frame.c.state == FrameState.INTENT.value,
            frame.c.holder.is_not_distinct_from(terms.holder if terms else None),
            entry.c.at == at,
            entry.c.account.is_not_distinct_from(account),
            entry.c.server_time.is_not_distinct_from(server_time),
        )
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    return {**row, "at": at, "account": account, "server_time": server_time}


def doubt_intents(connection: sa.Connection, campaign_id: int, at: datetime, why: str) -> int:
    """Put every frame in doubt that is in flight and has no living worker, and count them."""
    alive = sa.select(holder.c.id).where(holder.c.ended_at.is_(None))
    in_flight = sa.and_(
        frame.c.campaign_id == campaign_id,
        frame.c.state == FrameState.INTENT.value,
        sa.or_(frame.c.holder.is_(None), frame.c.holder.not_in(alive)),
    )
    numbers = list(connection.scalars(sa.select(frame.c.number).where(in_flight)))
    for number in numbers:
        doubt_intent(connection, (campaign_id, number), at, why)
    return len(numbers)


def doubt_intent(connection: sa.Connection, key: FrameKey, at: datetime, why: str) -> bool:
    """Put a frame in doubt if it is in flight."""
    doubt = {
        "state": FrameState.IN_DOUBT.value,
        "message": why,
        "finished_at": at,
        "repeatable": True,
    }
    return change_frame(connection, key, FrameState.INTENT, at, doubt)


def drop_planned(connection: sa.Connection, campaign_id: int, at: datetime, why: str) -> int:
    """Drop every planned frame, with an entry for each, and count them."""
    planned = sa.and_(frame.c.campaign_id == campaign_id, frame.c.state == FrameState.PLANNED.value)
    values = {"state": FrameState.DROPPED.value, "message": why, "finished_at": at}
    kept = [sa.literal(values[name]) if name in values else frame.c[name] for name in KEPT]
    entries = sa.select(*kept, sa.literal(at, entry.c.at.type)).where(planned)
    connection.execute(sa.insert(entry).from_select([*KEPT, "at"], entries))
    return connection.execute(sa.update(frame).where(planned).values(values)).rowcount


def storable(value: Any) -> Any:  # noqa: ANN401 - of any column
    """Replace what a database cannot store: lone surrogates, NUL, numbers over 64 bits."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    is_too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return None if is_too_large else value


def inherit_doubt(
    connection: sa.Connection, campaign_id: int, frames: Iterable[FrozenFrame]
) -> None:
    """Copy the doubt of a frame to its parts, whose people may have the text."""
    for part in (new for new in frames if new.parent is not None):
        source = sa.select(sa.literal(part.number), *(entry.c[name] for name in INHERITED)).where(
            entry.c.campaign_id == campaign_id,
            entry.c.number == part.parent,
            entry.c.state == FrameState.IN_DOUBT.value,
        )
        source = source.order_by(entry.c.id)
        connection.execute(sa.insert(entry).from_select(["number", *INHERITED], source))


class _Change:
    """An update of one frame, and the entry for it."""

    def __init__(self, update: ReturningUpdate[Any], logged: tuple[str, ...]) -> None:
        self._update = CompiledStatement(update)
        self._insert = CompiledStatement(sa.insert(entry), (*KEPT, *logged))
        self._both = CompiledStatement(_with_entry(update, logged))

    def execute(
        self,
        connection: sa.Connection,
        key: FrameKey,
        values: Mapping[str, Any],
        conditions: Mapping[str, Any],
        logged: Mapping[str, Any],
    ) -> dict[str, Any] | None:
        """Execute both; return the frame if it was in the expected state."""
        parameters = {NEW + name: value for name, value in values.items()}
        parameters |= {**conditions, "in_campaign": key[0], "frame_number": key[1]}
        on_server = connection.dialect.name == SERVER
        if on_server:  # which is asked once, as it may be far away
            parameters |= {LOGGED + name: value for name, value in logged.items()}
        rows = (self._both if on_server else self._update).execute(connection, parameters)
        if not rows:
            return None
        changed = dict(zip(RETURNED, rows[0], strict=True))
        if not on_server:
            self._insert.execute(connection, {**changed, **logged})
        return changed


def _with_entry(update: ReturningUpdate[Any], logged: tuple[str, ...]) -> sa.Select[Any]:
    """Build one statement of an update and its entry; SQLite has none such."""
    changed = update.cte("changed")
    values = [sa.bindparam(LOGGED + name, type_=entry.c[name].type) for name in logged]
    source = sa.select(*(changed.c[name] for name in KEPT), *values)
    insert = sa.insert(entry).from_select([*KEPT, *logged], source).cte("inserted")
    return sa.select(*(changed.c[name] for name in RETURNED)).add_cte(insert)


@cache
def _change(
    names: tuple[str, ...],
    logged: tuple[str, ...],
    *,
    posted: bool = False,
    versioned: bool = False,
    shared: bool = False,
    own: bool = False,
) -> _Change:
    """Build what sets these columns, counts a post, and adds the entry."""
    new: Any = {name: sa.bindparam(NEW + name, type_=frame.c[name].type) for name in names}
    if posted:
        new["attempts"] = frame.c.attempts + 1
    statement = (
        sa.update(frame)
        .where(frame.c.campaign_id == sa.bindparam("in_campaign"))
        .where(frame.c.number == sa.bindparam("frame_number"))
        .where(frame.c.state == sa.bindparam("expected"))
    )
    if versioned:
        statement = statement.where(frame.c.digest == sa.bindparam("same_digest"))
        statement = statement.where(frame.c.attempts == sa.bindparam("same_attempts"))
    if own:
        same_holder = frame.c.holder.is_not_distinct_from(sa.bindparam("own_holder"))
        statement = statement.where(same_holder, frame.c.attempts == sa.bindparam("own_attempts"))
    if shared:
        living = holder.c.id == sa.bindparam("living_holder"), holder.c.ended_at.is_(None)
        unchanged = (
            shared_run.c.campaign_id == sa.bindparam("in_campaign"),
            shared_run.c.version == sa.bindparam("limits_version"),
            shared_run.c.is_open,
        )
        statement = statement.where(sa.exists().where(*living), sa.exists().where(*unchanged))
    returned = (frame.c[name] for name in RETURNED)
    return _Change(statement.values(new).returning(*returned), logged)
