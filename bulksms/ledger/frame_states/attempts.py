"""The ledger's attempts to post frames, read and imported in the caller's transaction.

An attempt is one post: the n-th time that a frame of a campaign became an intent.
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
from bulksms.ledger.frame_states import statements, transitions
from bulksms.ledger.records.frame_records import FrameRecord, FrameState
from bulksms.ledger.schema.row_values import is_frame, read_all, row_of
from bulksms.ledger.schema.tables import campaign, entry, frame, ledger_identity, lost_intent
from bulksms.ledger.witness.witness_file import REHEARSAL_PREFIX, Intent, Key, attempt_key

__all__ = [
    "CRASHED",
    "all_intents",
    "doubt_lost_attempts",
    "identify_ledger",
    "import_attempts",
    "intent_of",
    "known_keys",
    "lost_campaigns",
    "name_and_text",
    "name_of_ledger",
    "read_identity",
    "text_fingerprint",
    "was_answered",
    "was_posted_only_under",
]

# Compared with the entries of older ledgers: do not reword.
CRASHED = "the program ended while this frame was on its way; it may have been sent"
IMPORTED = "listed in a safety log and missing from the ledger; it may have been sent"

KEPT = ("request_id", "digest", "at", "account", "server_time")
# Read at every verification, or for every campaign, so built once.
IDENTITY = sa.select(ledger_identity)
NAMES = sa.select(campaign.c.id, campaign.c.name)
POSTED = sa.select(entry.c.campaign_id, entry.c.number).where(entry.c.state == FrameState.INTENT)
LOST = sa.select(lost_intent)
LOST_OF_ONE = LOST.where(lost_intent.c.campaign == sa.bindparam("in_campaign"))
FRAMES = statements.SELECT_FRAMES.where(
    frame.c.campaign_id == sa.bindparam("in_campaign")
).order_by(frame.c.number)
INTENTS = (
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
    .where(entry.c.state == FrameState.INTENT)
    .order_by(entry.c.id)
)
# States that say "not texted"; parts of a refused frame may have gone out since.
NOT_TEXTED = (FrameState.PLANNED, FrameState.REFUSED)


def text_fingerprint(text_digest: str, *, rehearsal: bool) -> str:
    """Return a fingerprint of 16 characters for a text; that of a rehearsal differs."""
    digits = sha256(f"{rehearsal}\0{text_digest}".encode()).hexdigest()[:16]
    return REHEARSAL_PREFIX + digits[1:] if rehearsal else digits


def name_of_ledger(connection: sa.Connection) -> str | None:
    """Read the name the ledger was given when it was created."""
    return read_identity(connection)[0]


def read_identity(connection: sa.Connection) -> tuple[str | None, str | None]:
    """Read the ledger's name, and its path at the latest verification."""
    row = connection.execute(IDENTITY).one_or_none()
    if row is None:
        return None, None
    return row.name, None if row.path is None else json.loads(row.path)


def identify_ledger(connection: sa.Connection, name: str, path: str) -> None:
    """Record the ledger's name and path, in place of others."""
    connection.execute(sa.delete(ledger_identity))
    connection.execute(sa.insert(ledger_identity).values(id=1, name=name, path=json.dumps(path)))


def known_keys(connection: sa.Connection) -> set[Key]:
    """Read the keys of all attempts."""
    prefixes = {each: json.dumps(name) for each, name in connection.execute(NAMES)}
    counts = Counter((campaign_id, number) for campaign_id, number in connection.execute(POSTED))
    keys = {
        f"{prefixes[campaign_id]}\t{number}\t{attempt}".encode()
        for (campaign_id, number), count in counts.items()
        for attempt in range(1, count + 1)
    }
    lost = {attempt_key(i.campaign, i.number, i.attempt) for i in _lost_intents(connection)}
    return keys | lost


def all_intents(connection: sa.Connection) -> Iterator[Intent]:
    """Read all attempts, for a witness file that is rewritten."""
    counts: Counter[tuple[str, int]] = Counter()
    for row in connection.execute(INTENTS):
        counts[row.name, row.number] += 1
        yield Intent(
            campaign=row.name,
            number=row.number,
            attempt=counts[row.name, row.number],
            parent=row.parent or 0,
            text=text_fingerprint(row.text_digest, rehearsal=row.rehearsal),
            **{name: getattr(row, name) for name in KEPT},
        )
    yield from _lost_intents(connection)


def intent_of(claimed: Mapping[str, Any], name: str, text: str) -> Intent:
    """Build the attempt of a claimed frame; `name` and `text` are its campaign's."""
    return Intent(
        campaign=name,
        number=claimed["number"],
        attempt=claimed["attempts"],
        parent=claimed["parent"] or 0,
        text=text,
        **{name: claimed[name] for name in KEPT},
    )


def name_and_text(connection: sa.Connection, campaign_id: int) -> tuple[str, str]:
    """Read a campaign's name and the fingerprint of its text, which never change."""
    columns = sa.select(campaign.c.name, campaign.c.text_digest, campaign.c.rehearsal)
    row = connection.execute(columns.where(campaign.c.id == campaign_id)).one()
    return row.name, text_fingerprint(row.text_digest, rehearsal=row.rehearsal)


def was_answered(connection: sa.Connection, key: Key) -> bool:
    """Whether an attempt got an answer; one that did not may never have begun."""
    name, number, attempt = key.decode().split("\t")
    statement = (
        sa.select(entry.c.state, entry.c.message)
        .join(campaign, campaign.c.id == entry.c.campaign_id)
        .where(campaign.c.name == json.loads(name), entry.c.number == int(number))
        .order_by(entry.c.id)
    )
    rows = connection.execute(statement).all()
    posts = [index for index, row in enumerate(rows) if row.state == FrameState.INTENT]
    later = rows[posts[int(attempt) - 1] + 1 :] if len(posts) >= int(attempt) else rows
    return bool(later) and (later[0].state, later[0].message) != (FrameState.IN_DOUBT, CRASHED)


def was_posted_only_under(
    connection: sa.Connection, key: transitions.FrameKey, account: str | None
) -> bool:
    """Whether every post of a frame's request id was made under this account."""
    current = sa.select(frame.c.request_id).where(is_frame(frame, *key))
    posts = sa.select(entry.c.account).where(
        is_frame(entry, *key),
        entry.c.state == FrameState.INTENT,
        entry.c.request_id == current.scalar_subquery(),
    )
    accounts = set(connection.scalars(posts))
    return account is not None and accounts == {account}


def lost_campaigns(connection: sa.Connection, text: str) -> list[str]:
    """Name the campaigns with this text fingerprint that the ledger has lost."""
    gone = lost_intent.c.campaign.not_in(sa.select(campaign.c.name))
    names = sa.select(lost_intent.c.campaign).where(lost_intent.c.text == text, gone).distinct()
    return sorted(connection.scalars(names))


def import_attempts(
    connection: sa.Connection, campaign_id: int | None, intents: list[Intent], now: datetime
) -> int:
    """Import attempts of one campaign from a witness; count the frames put in doubt.

    A frame that is planned or refused is in doubt from here on; so is the whole of a missing
    part, and every such frame when that is missing too. Attempts without a frame are kept apart.
    """
    doubted = 0
    frames = {} if campaign_id is None else _frames_by_number(connection, campaign_id)
    stored = {(i.number, i.attempt) for i in _lost_intents(connection, intents[0].campaign)}
    for number, group in _group_by_frame(intents).items():
        if number in frames:
            doubted += _doubt(connection, frames[number], group, now)
            continue
        new = [row_of(lost_intent, i) for i in group if (number, i.attempt) not in stored]
        if new:
            connection.execute(sa.insert(lost_intent), new)
        whole = frames.get(group[0].parent)
        for record in frames.values() if whole is None else [whole]:
            doubted += _doubt(connection, record, [], now)
    return doubted


def doubt_lost_attempts(
    connection: sa.Connection, campaign_id: int, name: str, now: datetime
) -> None:
    """Put in doubt the posted frames of a lost campaign that is created again.

    Raises:
        SourceChanged: its frames are not the posted ones, so who was texted is unknown.
    """
    lost = _group_by_frame(_lost_intents(connection, name))
    frames = _frames_by_number(connection, campaign_id) if lost else {}
    for number, group in lost.items():
        record = frames.get(number)
        if record is None and group[0].parent in lost:
            continue
        if record is None or record.request_id not in {intent.request_id for intent in group}:
            raise SourceChanged(
                f"Frames of a campaign named {name!r} were posted and are missing from the ledger, "
                "and this file, text and opt-outs do not produce the same frames: leave out by "
                "hand everyone who may have the text, and choose another name with --campaign.",
                code="requests_missing",
            )
        _doubt(connection, record, group, now)


def _lost_intents(connection: sa.Connection, name: str | None = None) -> list[Intent]:
    if name is None:
        return read_all(connection, Intent, LOST)
    return read_all(connection, Intent, LOST_OF_ONE, in_campaign=name)


def _group_by_frame(intents: list[Intent]) -> dict[int, list[Intent]]:
    """Group attempts by frame, in their order."""
    ordered = sorted(intents, key=lambda intent: (intent.number, intent.attempt))
    return {number: list(group) for number, group in groupby(ordered, lambda i: i.number)}


def _frames_by_number(connection: sa.Connection, campaign_id: int) -> dict[int, FrameRecord]:
    records = read_all(connection, FrameRecord, FRAMES, in_campaign=campaign_id)
    return {record.number: record for record in records}


def _doubt(
    connection: sa.Connection, record: FrameRecord, intents: list[Intent], now: datetime
) -> int:
    """Add attempts to a frame's entries; doubt a frame reported as not texted."""
    key = (record.campaign_id, record.number)
    last = max((intent.attempt for intent in intents), default=record.attempts)
    attempts = max(record.attempts, last)
    by_attempt = {intent.attempt: intent for intent in intents}
    for attempt in range(record.attempts + 1, attempts + 1):
        # One that no witness lists, between two that are known, happened too.
        intent = by_attempt.get(attempt, intents[-1])
        values = {name: getattr(intent, name) for name in KEPT}
        values |= {"campaign_id": key[0], "number": key[1]}
        values |= {"state": FrameState.INTENT, "message": IMPORTED}
        connection.execute(sa.insert(entry).values(values))
    # What was posted may have been other bytes than these, so they are no repeat of it.
    doubt = {
        "state": FrameState.IN_DOUBT,
        "message": IMPORTED,
        "finished_at": now,
        "repeatable": False,
    }
    doubt |= {"attempts": attempts, "started_at": intents[-1].at} if intents else {}
    if any(transitions.change_frame(connection, key, state, now, doubt) for state in NOT_TEXTED):
        return 1
    kept = {"attempts": attempts, "repeatable": False}
    connection.execute(sa.update(frame).where(is_frame(frame, *key)).values(kept))
    return 0
