"""How a frame changes its state: by compare-and-set, with an entry for every change.

A change names the state it expects, and tells whether the frame was in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.frame_states.frame_change import (
    KEPT,
    RETURNED,
    FrameChange,
    FrameKey,
    build_change,
)
from bulksms.ledger.records.frame_records import FrameState, FrozenFrame
from bulksms.ledger.records.shared_records import ClaimTerms
from bulksms.ledger.schema.row_values import is_frame
from bulksms.ledger.schema.tables import entry, frame

__all__ = [
    "FrameKey",
    "PostedAs",
    "PostedBy",
    "change_frame",
    "change_of",
    "change_or_refuse",
    "claim_of",
    "doubt_intent",
    "doubt_intents",
    "drop_planned",
    "find_claim",
    "inherit_doubt",
    "refuse_change",
    "storable",
]

PostedAs = tuple[str | None, datetime | None]  # the account, and the server's time
PostedBy = tuple[str | None, int]  # the worker, if it was one, and which post of the frame

INHERITED = [column.name for column in entry.c if column.name not in {"id", "number"}]


def change_of(
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
    *,
    posted_by: PostedBy | None = None,
) -> FrameChange:
    """Build the change of a frame that is in the expected state, and its entry.

    With `posted_by` only if that is its last post. Whatever an answer of the API holds is recorded.
    """
    values = {name: storable(value) for name, value in values.items()}
    conditions: dict[str, Any] = {"expected": expected}
    if posted_by is not None:
        conditions |= {"own_holder": posted_by[0], "own_attempts": posted_by[1]}
    return FrameChange(
        statements=build_change(tuple(values), ("at",), own=posted_by is not None),
        key=key,
        values=values,
        conditions=conditions,
        logged={"at": at},
    )


def change_frame(
    connection: sa.Connection,
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    values: Mapping[str, Any],
    *,
    posted_by: PostedBy | None = None,
) -> bool:
    """Change a frame if it is in the expected state, and add the entry."""
    change = change_of(key, expected, at, values, posted_by=posted_by)
    return change.execute(connection) is not None


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


def claim_of(  # noqa: PLR0913 - what is checked and written in one statement
    key: FrameKey,
    expected: FrameState,
    at: datetime,
    *,
    version: tuple[str, int] | None = None,
    posted_as: PostedAs,
    terms: ClaimTerms | None = None,
    unless_left_out: Sequence[int] | None = None,
) -> FrameChange:
    """Build the claim of a frame in the expected state, which no order keeps back.

    With `version` only if its digest and the number of its posts are those; with `terms` only
    while that worker is alive and the common limits are those it has read; with
    `unless_left_out` only if none of these phone numbers opted out and no one was erased.
    """
    values = {
        "state": FrameState.INTENT,
        "started_at": at,
        "finished_at": None,
        "holder": terms and terms.holder,
    }
    conditions: dict[str, Any] = {"expected": expected}
    if version is not None:
        conditions |= {"same_digest": version[0], "same_attempts": version[1]}
    if terms is not None:
        conditions |= {"living_holder": terms.holder, "limits_version": terms.version}
    if unless_left_out is not None:
        conditions["members"] = list(unless_left_out)
    logged = {"at": at, "account": posted_as[0], "server_time": posted_as[1]}
    statements = build_change(
        tuple(values),
        tuple(logged),
        posted=True,
        versioned=version is not None,
        shared=terms is not None,
        unless_left_out=unless_left_out is not None,
    )
    return FrameChange(
        statements=statements, key=key, values=values, conditions=conditions, logged=logged
    )


def find_claim(
    connection: sa.Connection,
    key: FrameKey,
    at: datetime,
    posted_as: PostedAs,
    terms: ClaimTerms | None = None,
) -> dict[str, Any] | None:
    """Return a frame that this very claim made an intent, and that nothing changed since."""
    account, server_time = posted_as
    of_frame = is_frame(entry, *key)
    latest = sa.select(entry.c.id).where(of_frame).order_by(entry.c.id.desc()).limit(1)
    columns = [frame.c[name] for name in RETURNED]
    statement = (
        sa.select(*columns)
        .join_from(frame, entry)
        .where(
            of_frame,
            entry.c.id == latest.scalar_subquery(),
            frame.c.state == FrameState.INTENT,
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


def doubt_intents(
    connection: sa.Connection, which: sa.ColumnElement[bool], at: datetime, why: str
) -> list[FrameKey]:
    """Put the frames in doubt that are in flight and meet a condition, and return which."""
    in_flight = frame.c.state == FrameState.INTENT, which
    rows = connection.execute(sa.select(frame.c.campaign_id, frame.c.number).where(*in_flight))
    keys: list[FrameKey] = [(row.campaign_id, row.number) for row in rows]
    for key in keys:
        doubt_intent(connection, key, at, why)
    return keys


def doubt_intent(connection: sa.Connection, key: FrameKey, at: datetime, why: str) -> bool:
    """Put a frame in doubt if it is in flight."""
    doubt = {
        "state": FrameState.IN_DOUBT,
        "message": why,
        "finished_at": at,
        "repeatable": True,
    }
    return change_frame(connection, key, FrameState.INTENT, at, doubt)


def drop_planned(connection: sa.Connection, campaign_id: int, at: datetime, why: str) -> int:
    """Drop every planned frame, with an entry for each, and count them."""
    planned = sa.and_(frame.c.campaign_id == campaign_id, frame.c.state == FrameState.PLANNED)
    values = {"state": FrameState.DROPPED, "message": why, "finished_at": at}
    kept = [
        sa.literal(values[name], frame.c[name].type) if name in values else frame.c[name]
        for name in KEPT
    ]
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
            entry.c.state == FrameState.IN_DOUBT,
        )
        source = source.order_by(entry.c.id)
        connection.execute(sa.insert(entry).from_select(["number", *INHERITED], source))
