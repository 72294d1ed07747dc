"""Changes of the opt-outs as witnesses know them, by keyed hashes instead of phone numbers.

A witness gets every change, so that a restored ledger is noticed and gets its opt-outs back.
The key is secret and random: a witness alone does not reveal the phone numbers.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.row_values import among, read_all, row_of, select_fields
from bulksms.ledger.schema.tables import (
    hashed_opt_out,
    opt_out,
    opt_out_event,
    opt_out_key,
)
from bulksms.ledger.witness.witness_file import HASH_SIZE, Key, OptOutEvent

__all__ = [
    "add_keys",
    "all_events",
    "changes_of",
    "find_lost",
    "find_own_key",
    "forget_hashed",
    "hash_of",
    "hashed_among",
    "import_events",
    "keep_hashed",
    "key_id_of",
    "known_keys",
    "own_key",
    "record_change",
    "refusals_by_key",
    "restore_lost",
]

# Asked before every post, and mostly answered by no row.
KEYS_USED = CompiledStatement(
    sa.select(opt_out_key.c.key_id, opt_out_key.c.key).where(
        opt_out_key.c.key_id.in_(sa.select(hashed_opt_out.c.key_id))
    )
)
# Read at every verification, so built once.
EVENTS = select_fields(OptOutEvent, opt_out_event).order_by(opt_out_event.c.id)
OWN_KEY = sa.select(opt_out_key.c.key).where(opt_out_key.c.own)
KEY_SIZE = 32
ORIGIN = "safety log"
PER_EVENT = 100  # phone numbers in one line of a witness, which may be read only at its end


def key_id_of(key: bytes) -> str:
    """Return a name for a key that does not reveal it."""
    return hashlib.blake2b(b"key id", key=key, digest_size=4).hexdigest()


def find_own_key(connection: sa.Connection) -> bytes | None:
    """Read this ledger's key, if it was ever needed."""
    key: bytes | None = connection.scalar(OWN_KEY)
    return key


def own_key(connection: sa.Connection, now: datetime) -> bytes:
    """Read this ledger's key; create it, and events for older opt-outs, if there is none."""
    key = find_own_key(connection)
    if key is None:
        key = secrets.token_bytes(KEY_SIZE)
        row = {"key_id": key_id_of(key), "key": key, "own": True}
        connection.execute(sa.insert(opt_out_key).values(row))
        older = list(connection.scalars(sa.select(opt_out.c.number).order_by(opt_out.c.number)))
        record_change(connection, "+", older, now)
    return key


def record_change(
    connection: sa.Connection,
    change: str,
    numbers: Sequence[int],
    now: datetime,
    campaign: str | None = None,
) -> list[OptOutEvent]:
    """Insert the events of a change: "+" for new opt-outs, "-" for numbers taken back.

    With a `campaign` they are refusals of that one alone.
    """
    key = own_key(connection, now)
    last = connection.scalar(sa.select(sa.func.max(opt_out_event.c.seq))) or 0
    chunks = [numbers[start : start + PER_EVENT] for start in range(0, len(numbers), PER_EVENT)]
    events = [
        OptOutEvent(
            seq=last + index,
            change=change,
            key_id=key_id_of(key),
            hashes=b"".join(hash_of(number, key) for number in chunk),
            at=now,
            campaign=campaign,
        )
        for index, chunk in enumerate(chunks, start=1)
    ]
    _insert(connection, events)
    return events


def all_events(connection: sa.Connection) -> list[OptOutEvent]:
    """Read all events, in the order of writing."""
    return read_all(connection, OptOutEvent, EVENTS)


def known_keys(connection: sa.Connection) -> set[Key]:
    """Read the keys of the lines that witnesses have of all events."""
    return {event.key for event in all_events(connection)}


def add_keys(connection: sa.Connection, keys: Iterable[bytes]) -> None:
    """Keep keys of earlier ledgers, for hashes that only witnesses know."""
    stored_key_ids = set(connection.scalars(sa.select(opt_out_key.c.key_id)))
    new = {key_id_of(key): key for key in keys if key_id_of(key) not in stored_key_ids}
    rows = [{"key_id": key_id, "key": key, "own": False} for key_id, key in new.items()]
    if rows:
        connection.execute(sa.insert(opt_out_key), rows)


def import_events(
    connection: sa.Connection,
    events: Iterable[OptOutEvent],
    candidates: Iterable[int],
    now: datetime,
) -> tuple[int, int]:
    """Take over events from witnesses; count opt-outs restored, and those without a key.

    Opt-outs come back, and no one is made textable: an imported "-" only ends a "+" before it.
    Phone numbers among the candidates are stored as such, others by their hash. The event of a
    refusal is the refusal itself.
    """
    ordered = sorted(events, key=lambda event: event.seq)
    _insert(connection, ordered)
    wanted, keys = _opted_out(ordered), _keys(connection)
    readable = {pair for pair in wanted if pair[0] in keys}
    present = set(connection.scalars(sa.select(opt_out.c.number)))
    numbers_by_hash = _numbers_of(readable, keys, {*candidates, *present})
    new = sorted(set(numbers_by_hash.values()) - present)
    if new:
        rows = [{"number": number, "added_at": now, "origin": ORIGIN} for number in new]
        connection.execute(sa.insert(opt_out), rows)
    hashed = readable - numbers_by_hash.keys() - _hashed(connection)
    if hashed:
        rows = [{"key_id": key_id, "hash": digest, "added_at": now} for key_id, digest in hashed]
        connection.execute(sa.insert(hashed_opt_out), rows)
    refusals = [event for event in ordered if event.campaign is not None]
    refused = sum(len(event.split_hashes()) for event in refusals if event.key_id in keys)
    lost = sum(len(event.split_hashes()) for event in refusals if event.key_id not in keys)
    return len(new) + len(hashed) + refused, len(wanted) - len(readable) + lost


def refusals_by_key(connection: sa.Connection, campaign: str) -> dict[bytes, set[bytes]]:
    """Read the hashes of the people who said no to a campaign, by the key of the hashes."""
    keys, hashes = _keys(connection), defaultdict[bytes, set[bytes]](set)
    of_campaign = opt_out_event.c.campaign == campaign
    statement = select_fields(OptOutEvent, opt_out_event).where(of_campaign)
    for event in read_all(connection, OptOutEvent, statement):
        if event.key_id in keys:
            hashes[keys[event.key_id]].update(event.split_hashes())
    return hashes


def hashed_among(connection: sa.Connection, numbers: Iterable[int]) -> list[int]:
    """List the phone numbers that opted out according to a hash alone."""
    return list(_find_hashed(connection, numbers).values())


def keep_hashed(connection: sa.Connection, number: int, key: bytes, now: datetime) -> None:
    """Keep an opt-out by its hash alone, for a person who was erased."""
    row = {"key_id": key_id_of(key), "hash": hash_of(number, key), "added_at": now}
    if not _find_hashed(connection, [number]):
        connection.execute(sa.insert(hashed_opt_out).values(row))


def changes_of(connection: sa.Connection, number: int) -> list[tuple[datetime, str]]:
    """Read when a phone number opted out ("+") or was taken back ("-"), the oldest first."""
    keys = _keys(connection)
    hashes = {key_id: hash_of(number, key) for key_id, key in keys.items()}
    return [
        (event.at, event.change)
        for event in all_events(connection)
        if event.campaign is None and hashes.get(event.key_id) in event.split_hashes()
    ]


def find_lost(connection: sa.Connection) -> set[tuple[str, bytes]]:
    """Find the hashes of opt-outs that were never taken back and are on no list any more."""
    keys = _keys(connection)
    wanted = {pair for pair in _opted_out(all_events(connection)) if pair[0] in keys}
    numbers = list(connection.scalars(sa.select(opt_out.c.number)))
    listed = _numbers_of(wanted, keys, numbers)
    return wanted - listed.keys() - _hashed(connection)


def restore_lost(connection: sa.Connection, now: datetime) -> int:
    """Put lost opt-outs back by their hashes, and count them."""
    lost = find_lost(connection)
    if lost:
        rows = [{"key_id": key_id, "hash": digest, "added_at": now} for key_id, digest in lost]
        connection.execute(sa.insert(hashed_opt_out), rows)
    return len(lost)


def forget_hashed(connection: sa.Connection, numbers: Iterable[int]) -> int:
    """Delete the hashes of phone numbers, by an order, and count them."""
    number_by_key = _find_hashed(connection, numbers)
    for key_id, digest in number_by_key:
        is_hash = sa.and_(hashed_opt_out.c.key_id == key_id, hashed_opt_out.c.hash == digest)
        connection.execute(sa.delete(hashed_opt_out).where(is_hash))
    return len(set(number_by_key.values()))


def hash_of(number: int, key: bytes) -> bytes:
    """Return the keyed hash of a phone number."""
    return hashlib.blake2b(b"%d" % number, key=key, digest_size=HASH_SIZE).digest()


def _opted_out(events: Iterable[OptOutEvent]) -> set[tuple[str, bytes]]:
    """Find the hashes of the numbers that opted out of everything and were not taken back."""
    opted_out: dict[tuple[str, bytes], bool] = {}
    for event in events:
        if event.campaign is None:
            pairs = ((event.key_id, digest) for digest in event.split_hashes())
            opted_out |= dict.fromkeys(pairs, event.change == "+")
    return {pair for pair, is_out in opted_out.items() if is_out}


def _insert(connection: sa.Connection, events: Sequence[OptOutEvent]) -> None:
    if events:
        connection.execute(sa.insert(opt_out_event), [row_of(opt_out_event, e) for e in events])


def _keys(connection: sa.Connection) -> dict[str, bytes]:
    return {row.key_id: row.key for row in connection.execute(sa.select(opt_out_key))}


def _hashed(connection: sa.Connection) -> set[tuple[str, bytes]]:
    return {(row.key_id, row.hash) for row in connection.execute(sa.select(hashed_opt_out))}


def _find_hashed(connection: sa.Connection, numbers: Iterable[int]) -> dict[tuple[str, bytes], int]:
    """Find the stored hashes of these phone numbers."""
    opted_out: dict[tuple[str, bytes], int] = {}
    asked = list(numbers)
    for key_id, key in KEYS_USED.execute(connection, {}):
        by_hash = {hash_of(number, key): number for number in asked}
        for has_hash in among(hashed_opt_out.c.hash, by_hash):
            statement = sa.select(hashed_opt_out.c.hash).where(has_hash)
            own = statement.where(hashed_opt_out.c.key_id == key_id)
            opted_out |= {(key_id, digest): by_hash[digest] for digest in connection.scalars(own)}
    return opted_out


def _numbers_of(
    hashed: set[tuple[str, bytes]], keys: Mapping[str, bytes], numbers: Iterable[int]
) -> dict[tuple[str, bytes], int]:
    """Find which of these phone numbers have one of the hashes."""
    used = {key_id: keys[key_id] for key_id, _ in hashed}
    return {
        pair: number
        for number in (numbers if used else ())
        for key_id, key in used.items()
        if (pair := (key_id, hash_of(number, key))) in hashed
    }
