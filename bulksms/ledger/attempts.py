"""What the ledger itself knows of every time a frame was about to be posted.

Each function works on a connection it is given. Knows nothing of files.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bulksms.errors import SourceChanged
from bulksms.ledger import statements, transitions
from bulksms.ledger.records import FrameRecord, FrameState
from bulksms.ledger.tables import campaign, entry, frame, ledger_identity, lost_intent
from bulksms.ledger.witness_file import REHEARSED, Intent, Key, key_of

__all__ = [
    "CRASHED",
    "all_intents",
    "intent_of",
    "known_keys",
    "learn",
    "learn_again",
    "lost_names",
    "marks_of",
    "name_ledger",
    "name_of_ledger",
    "text_mark",
    "was_answered",
]

CRASHED = "the program ended while this frame was on its way; it may have been sent"
TOLD = "a witness saw it posted, and the ledger had forgotten; it may have been sent"

KEPT = ("request_id", "digest", "at")
# Where nobody is told to have the text; a refused frame may have gone out in parts since.
OPEN = (FrameState.PLANNED, FrameState.REFUSED)


def text_mark(text_digest: str, *, rehearsal: bool) -> str:
    """Name what people read, in 16 signs; a rehearsal is another text, since nobody reads it."""
    digits = sha256(f"{rehearsal}\0{text_digest}".encode()).hexdigest()[:16]
    return REHEARSED + digits[1:] if rehearsal else digits


def name_of_ledger(connection: sa.Connection) -> str | None:
    """Read the name the ledger was born with; none before its first campaign."""
    return connection.scalar(sa.select(ledger_identity.c.name))


def name_ledger(connection: sa.Connection, name: str) -> None:
    """Give the ledger its name, in the place of another one."""
    connection.execute(sa.delete(ledger_identity))
    connection.execute(sa.insert(ledger_identity).values(id=1, name=name))


def known_keys(connection: sa.Connection) -> set[Key]:
    """Name every attempt the ledger knows of."""
    names = {line.id: line.name for line in connection.execute(sa.select(campaign))}
    posted = sa.select(entry.c.campaign_id, entry.c.number)
    posted = posted.where(entry.c.state == FrameState.INTENT.value)
    counted = Counter((at, number) for at, number in connection.execute(posted))
    prefixes = {at: json.dumps(name) for at, name in names.items()}
    keys = {
        f"{prefixes[at]}\t{number}\t{attempt}".encode()
        for (at, number), count in counted.items()
        for attempt in range(1, count + 1)
    }
    return keys | {key_of(one.campaign, one.number, one.attempt) for one in _lost(connection)}


def all_intents(connection: sa.Connection) -> Iterator[Intent]:
    """Give every attempt the ledger knows of, for a witness that is written anew."""
    statement = (
        sa.select(
            campaign.c.name,
            campaign.c.text_digest,
            campaign.c.rehearsal,
            frame.c.parent,
            entry.c.number,
            *(entry.c[name] for name in KEPT),
        )
        .join_from(entry, frame)
        .join(campaign, campaign.c.id == entry.c.campaign_id)
        .where(entry.c.state == FrameState.INTENT.value)
        .order_by(entry.c.id)
    )
    counted: Counter[tuple[str, int]] = Counter()
    for line in connection.execute(statement):
        counted[line.name, line.number] += 1
        yield Intent(
            campaign=line.name,
            number=line.number,
            attempt=counted[line.name, line.number],
            parent=line.parent or 0,
            text=text_mark(line.text_digest, rehearsal=line.rehearsal),
            **{name: getattr(line, name) for name in KEPT},
        )
    yield from _lost(connection)


def intent_of(taken: Mapping[str, Any], at: datetime, name: str, text: str) -> Intent:
    """Give the attempt for which a frame was taken, of a campaign with that name and text mark."""
    return Intent(
        campaign=name,
        number=taken["number"],
        attempt=taken["attempts"],
        parent=taken["parent"] or 0,
        request_id=taken["request_id"],
        digest=taken["digest"],
        text=text,
        at=at,
    )


def marks_of(connection: sa.Connection, campaign_id: int) -> tuple[str, str]:
    """Give a campaign's name and the mark of its text, which stay what they are."""
    kept = sa.select(campaign.c.name, campaign.c.text_digest, campaign.c.rehearsal)
    line = connection.execute(kept.where(campaign.c.id == campaign_id)).one()
    return line.name, text_mark(line.text_digest, rehearsal=line.rehearsal)


def was_answered(connection: sa.Connection, key: Key) -> bool:
    """Say whether an attempt was followed by an answer; one that was not may never have begun."""
    name, number, attempt = key.decode().split("\t")
    statement = (
        sa.select(entry.c.state, entry.c.message)
        .join(campaign, campaign.c.id == entry.c.campaign_id)
        .where(campaign.c.name == json.loads(name), entry.c.number == int(number))
        .order_by(entry.c.id)
    )
    lines = connection.execute(statement).all()
    claims = [at for at, line in enumerate(lines) if line.state == FrameState.INTENT.value]
    after = lines[claims[int(attempt) - 1] + 1 :] if len(claims) >= int(attempt) else lines
    return bool(after) and (after[0].state, after[0].message) != (FrameState.IN_DOUBT, CRASHED)


def lost_names(connection: sa.Connection, text: str) -> list[str]:
    """Name the campaigns with this text that were posted and that the ledger does not have."""
    gone = lost_intent.c.campaign.not_in(sa.select(campaign.c.name))
    found = sa.select(lost_intent.c.campaign).where(lost_intent.c.text == text, gone).distinct()
    return sorted(connection.scalars(found))


def learn(
    connection: sa.Connection, campaign_id: int | None, seen: list[Intent], now: datetime
) -> int:
    """Write down posts of one campaign that a witness saw, and count the frames put in doubt.

    A frame that is planned or refused is in doubt from here on; so is the one that a missing
    frame is a part of, and every such frame when that is missing too. What has no frame is
    kept apart.
    """
    doubted = 0
    frames = {} if campaign_id is None else _by_number(connection, campaign_id)
    kept = {(one.number, one.attempt) for one in _lost(connection, seen[0].campaign)}
    for number, group in _by_frame(seen).items():
        if number in frames:
            doubted += _doubt(connection, frames[number], group, now)
            continue
        new = [_line(one) for one in group if (number, one.attempt) not in kept]
        if new:
            connection.execute(sa.insert(lost_intent), new)
        whole = frames.get(group[0].parent)
        for one in frames.values() if whole is None else [whole]:
            doubted += _doubt(connection, one, [], now)
    return doubted


def learn_again(connection: sa.Connection, campaign_id: int, name: str, now: datetime) -> None:
    """Put in doubt what was posted of a campaign that was lost and is made again.

    Raises:
        SourceChanged: its frames are not the ones that were posted, so nobody knows who was.
    """
    frames = _by_number(connection, campaign_id)
    lost = _by_frame(list(_lost(connection, name)))
    for number, group in lost.items():
        one = frames.get(number)
        if one is None and group[0].parent in lost:
            continue
        if one is None or one.request_id not in {intent.request_id for intent in group}:
            raise SourceChanged(
                f"Frames of a campaign named {name!r} were posted and then lost from the ledger, "
                "and the same frames cannot be cut from this file, text and opt-outs: leave out "
                "by hand who may have the text, and choose another name with --campaign."
            )
        _doubt(connection, one, group, now)


def _lost(connection: sa.Connection, name: str | None = None) -> Iterator[Intent]:
    statement = sa.select(lost_intent)
    if name is not None:
        statement = statement.where(lost_intent.c.campaign == name)
    for line in connection.execute(statement).mappings():
        yield Intent(**line)


def _by_frame(seen: list[Intent]) -> dict[int, list[Intent]]:
    """Sort what was seen by frame and attempt."""
    ordered = sorted(seen, key=lambda one: (one.number, one.attempt))
    return {number: list(group) for number, group in groupby(ordered, lambda one: one.number)}


def _by_number(connection: sa.Connection, campaign_id: int) -> dict[int, FrameRecord]:
    return {one.number: one for one in statements.frames_of(connection, campaign_id)}


def _doubt(connection: sa.Connection, one: FrameRecord, seen: list[Intent], now: datetime) -> int:
    """Add what was seen to a frame's entries, and put it in doubt if it was told as not sent."""
    place = (one.campaign_id, one.number)
    last = max((intent.attempt for intent in seen), default=one.attempts)
    attempts = max(one.attempts, last)
    by_attempt = {intent.attempt: intent for intent in seen}
    for attempt in range(one.attempts + 1, attempts + 1):
        # One that no witness told of, between two that are known, happened too.
        intent = by_attempt.get(attempt, seen[-1])
        told = {name: getattr(intent, name) for name in KEPT}
        at = {"campaign_id": place[0], "number": place[1]}
        state = FrameState.INTENT.value
        connection.execute(sa.insert(entry).values(state=state, message=TOLD, **at, **told))
    values = {"state": FrameState.IN_DOUBT.value, "message": TOLD, "finished_at": now}
    # What was posted may have been other bytes than these, so they are no repeat of it.
    values |= {"repeatable": False}
    values |= {"attempts": attempts, "started_at": seen[-1].at} if seen else {}
    if any(transitions.change_frame(connection, place, state, now, values) for state in OPEN):
        return 1
    here = sa.and_(frame.c.campaign_id == place[0], frame.c.number == place[1])
    kept = {"attempts": attempts, "repeatable": False}
    connection.execute(sa.update(frame).where(here).values(kept))
    return 0


def _line(intent: Intent) -> dict[str, object]:
    names = ("campaign", "number", "attempt", "parent", "request_id", "digest", "text", "at")
    return {name: getattr(intent, name) for name in names}
