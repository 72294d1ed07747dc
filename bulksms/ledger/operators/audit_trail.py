"""The audit trail: who did what and when, with digests, counts and costs, and no one's number.

Entries are only ever added. The witnesses get the fingerprint of each, so that one that was
deleted or changed by hand is noticed.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

import sqlalchemy as sa

from bulksms.clock import Clock
from bulksms.ledger.frame_states import attempts
from bulksms.ledger.records.operator_records import AuditAction, AuditEntry
from bulksms.ledger.schema.row_values import read_all, row_of, select_fields
from bulksms.ledger.schema.tables import audit_entry
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_file import AUDIT, Key, with_checksum, written
from bulksms.ledger.witness.witness_pair import WitnessPair
from bulksms.os_user import acting_user

__all__ = [
    "AuditTrail",
    "acknowledge_lost",
    "add_entry",
    "all_entries",
    "key_of",
    "known_entries",
    "line_of",
    "time_of_line",
]

ENTRIES = select_fields(AuditEntry, audit_entry).order_by(audit_entry.c.id)


class AuditFacts(TypedDict, total=False):
    """The facts of an entry besides who did what."""

    campaign: str | None
    digest: str | None
    counts: Mapping[str, int]
    cost: Decimal | None


class AuditTrail:
    """All entries of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage, witnesses: WitnessPair, clock: Clock) -> None:
        self._storage, self._witnesses, self._clock = storage, witnesses, clock

    def record(
        self, action: AuditAction, *, person: str | None = None, **facts: Unpack[AuditFacts]
    ) -> None:
        """Add an entry; without a `person` it is the user of this process.

        Raises:
            LedgerError: it could not be written down.
        """
        with self._storage.writing() as connection:
            entry = add_entry(connection, action, self._clock.now(), person, **facts)
            owner = attempts.name_of_ledger(connection)
        if owner is not None:
            self._witnesses.append_for(owner, [line_of(entry)])

    def all(self, campaign: str | None = None) -> list[AuditEntry]:
        """Read every entry, the oldest first, or those of one campaign."""
        with self._storage.reading() as connection:
            entries = all_entries(connection)
        return [each for each in entries if campaign in (None, each.campaign)]


def add_entry(
    connection: sa.Connection,
    action: AuditAction,
    at: datetime,
    person: str | None = None,
    **facts: Unpack[AuditFacts],
) -> AuditEntry:
    """Add an entry in the caller's transaction, and return it for the witnesses."""
    last = connection.scalar(sa.select(sa.func.max(audit_entry.c.seq))) or 0
    who = person or acting_user(os.environ)
    facts["counts"] = dict(facts.get("counts", {}))
    entry = AuditEntry(seq=last + 1, at=at, person=who, action=action, **facts)
    _insert(connection, entry)
    return entry


def all_entries(connection: sa.Connection) -> list[AuditEntry]:
    """Read all entries, in the order of writing."""
    return read_all(connection, AuditEntry, ENTRIES)


def known_entries(connection: sa.Connection) -> set[Key]:
    """Read the keys of the lines that witnesses have of all entries."""
    return {key_of(entry) for entry in all_entries(connection)}


def key_of(entry: AuditEntry) -> Key:
    """Build the key of an entry's line in a witness."""
    return f"{AUDIT}\t{entry.seq}\t{entry.fingerprint}".encode()


def line_of(entry: AuditEntry) -> bytes:
    """Build an entry's line in a witness, with its end."""
    return with_checksum(b"\t".join([key_of(entry), written(entry.at).encode()]))


def acknowledge_lost(connection: sa.Connection, lines: Mapping[Key, bytes]) -> None:
    """Add an entry for each one that only the witnesses have, by an operator's order."""
    for key, line in lines.items():
        _, seq, fingerprint = key.decode().split("\t")
        lost = AuditEntry(
            seq=int(seq),
            at=time_of_line(line),
            person="",
            action=AuditAction.LOST,
            lost=fingerprint,
        )
        _insert(connection, lost)


def time_of_line(line: bytes) -> datetime:
    """Read when the entry of a witness's line was written."""
    return datetime.fromisoformat(line.rpartition(b"\t")[2].decode())


def _insert(connection: sa.Connection, entry: AuditEntry) -> None:
    connection.execute(sa.insert(audit_entry).values(row_of(audit_entry, entry)))
