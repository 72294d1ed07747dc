"""A change of one frame by compare-and-set, together with its entry.

A server does both in one statement, which a file has not. The statements are built once, since
two changes are made for every frame that is posted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from bulksms.ledger.records.operator_records import OrderKind
from bulksms.ledger.schema.column_types import SERVER, numbers_on_server
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.tables import (
    campaign_order,
    entry,
    erased_frame,
    frame,
    hashed_opt_out,
    holder,
    opt_out,
    shared_run,
)

__all__ = [
    "KEPT",
    "RETURNED",
    "ChangeStatements",
    "FrameChange",
    "FrameKey",
    "anybody_erased",
    "anybody_opted_out",
    "build_change",
]

FrameKey = tuple[int, int]  # the campaign's id and the frame's number

# What an entry keeps of its frame.
KEPT = ("campaign_id", "number", "state", "request_id", "digest", "ticket", "code", "message")
RETURNED = (*KEPT, "attempts", "parent")
NEW = "new_"  # before the names of new values, since SQLAlchemy reserves the columns' own
LOGGED = "logged_"  # before the names of what only the entry keeps


class ChangeStatements:
    """An update of one frame, and the entry for it."""

    def __init__(self, update: ReturningUpdate[Any], logged: tuple[str, ...]) -> None:
        self.update = CompiledStatement(update)
        self.insert = CompiledStatement(sa.insert(entry), (*KEPT, *logged))
        self.both = CompiledStatement(_with_entry(update, logged))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameChange:
    """A change that can be made: which frame, new values, conditions, and what is logged."""

    statements: ChangeStatements
    key: FrameKey
    values: Mapping[str, Any]
    conditions: Mapping[str, Any]
    logged: Mapping[str, Any]

    def execute(self, connection: sa.Connection) -> dict[str, Any] | None:
        """Make it; return the frame, and what was logged, if the conditions held."""
        if connection.dialect.name == SERVER:
            return self.send(connection)()
        rows = self.statements.update.execute(connection, self._parameters())
        if not rows:
            return None
        changed = {**dict(zip(RETURNED, rows[0], strict=True)), **self.logged}
        self.statements.insert.execute(connection, changed)
        return changed

    def send(self, connection: sa.Connection) -> Callable[[], dict[str, Any] | None]:
        """Send it to a server; what is returned reads the answer, as `execute` returns it."""
        logged = {LOGGED + name: value for name, value in self.logged.items()}
        read = self.statements.both.send(connection, self._parameters() | logged)

        def changed() -> dict[str, Any] | None:
            rows = read()
            return {**dict(zip(RETURNED, rows[0], strict=True)), **self.logged} if rows else None

        return changed

    def _parameters(self) -> dict[str, Any]:
        new = {NEW + name: value for name, value in self.values.items()}
        return {**new, **self.conditions, "in_campaign": self.key[0], "frame_number": self.key[1]}


@cache
def build_change(  # noqa: PLR0913 - each a condition
    names: tuple[str, ...],
    logged: tuple[str, ...],
    *,
    posted: bool = False,
    versioned: bool = False,
    shared: bool = False,
    own: bool = False,
    unless_left_out: bool = False,
) -> ChangeStatements:
    """Build what sets these columns, counts a post, and adds the entry.

    Nothing is `posted` while an order keeps its campaign back, nor with `unless_left_out` after
    one of its members opted out. Once any person was erased it is not posted either: whether
    that is a member takes hashes, which the caller looks up.
    """
    new: Any = {name: sa.bindparam(NEW + name, type_=frame.c[name].type) for name in names}
    in_campaign: sa.BindParameter[int] = sa.bindparam("in_campaign")
    statement = (
        sa.update(frame)
        .where(frame.c.campaign_id == in_campaign)
        .where(frame.c.number == sa.bindparam("frame_number"))
        .where(frame.c.state == sa.bindparam("expected"))
    )
    if posted:
        new["attempts"] = frame.c.attempts + 1
        statement = statement.where(_no_order_in_force(in_campaign))
    if versioned:
        statement = statement.where(frame.c.digest == sa.bindparam("same_digest"))
        statement = statement.where(frame.c.attempts == sa.bindparam("same_attempts"))
    if own:
        same_holder = frame.c.holder.is_not_distinct_from(sa.bindparam("own_holder"))
        statement = statement.where(same_holder, frame.c.attempts == sa.bindparam("own_attempts"))
    if shared:
        statement = statement.where(_holder_lives(sa.bindparam("living_holder")))
        version: sa.BindParameter[int] = sa.bindparam("limits_version")
        statement = statement.where(_limits_unchanged(in_campaign, version))
    if unless_left_out:
        members = numbers_on_server("members")
        statement = statement.where(sa.not_(anybody_opted_out(members)), sa.not_(anybody_erased()))
    returned = (frame.c[name] for name in RETURNED)
    return ChangeStatements(statement.values(new).returning(*returned), logged)


def anybody_opted_out(numbers: sa.Select[int] | None = None) -> sa.ColumnElement[bool]:
    """Build the condition that any person opted out, or the owner of one of these numbers."""
    opted_out = sa.select(opt_out.c.number)
    return sa.exists(
        opted_out if numbers is None else opted_out.where(opt_out.c.number.in_(numbers))
    )


def anybody_erased() -> sa.ColumnElement[bool]:
    """Build the condition that any person is only known by a hash, or by a pseudonym."""
    columns = (hashed_opt_out.c.key_id, erased_frame.c.number)
    return sa.or_(*(sa.exists(sa.select(column)) for column in columns))


def _no_order_in_force(campaign_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Build the condition that the newest order neither pauses nor stops a campaign."""
    newest = sa.select(campaign_order.c.kind).where(campaign_order.c.campaign_id == campaign_id)
    newest = newest.order_by(campaign_order.c.id.desc()).limit(sa.literal(1))
    kind = sa.func.coalesce(newest.scalar_subquery(), OrderKind.RESUME)
    return kind == OrderKind.RESUME


def _holder_lives(holder_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Build the condition that a worker was not declared dead."""
    return sa.exists().where(holder.c.id == holder_id, holder.c.ended_at.is_(None))


def _limits_unchanged(
    campaign_id: sa.ColumnElement[int], version: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Build the condition that the limits of an open run are those of this version."""
    is_version = shared_run.c.campaign_id == campaign_id, shared_run.c.version == version
    return sa.exists().where(*is_version, shared_run.c.is_open)


def _with_entry(update: ReturningUpdate[Any], logged: tuple[str, ...]) -> sa.Select[Any]:
    """Build one statement of an update and its entry; SQLite has none such."""
    changed = update.cte("changed")
    values = [sa.bindparam(LOGGED + name, type_=entry.c[name].type) for name in logged]
    source = sa.select(*(changed.c[name] for name in KEPT), *values)
    insert = sa.insert(entry).from_select([*KEPT, *logged], source).cte("inserted")
    return sa.select(*(changed.c[name] for name in RETURNED)).add_cte(insert)
