"""Which database a ledger on a server is, and how far this machine has seen it get.

A restored dump has another table of entries, a copy of the server's files is behind what was
seen, and a promoted standby has a higher timeline. Each of them may lack posts that other
machines made, so nothing is sent until an operator says that it is the one to use.
"""

import json
from dataclasses import asdict, dataclass, replace
from json import JSONDecodeError
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from bulksms.errors import LedgerRolledBack
from bulksms.ledger.schema.shared_tables import server_identity
from bulksms.ledger.schema.tables import entry
from bulksms.ledger.server.server_connection import ServerFacts
from bulksms.ledger.witness.witness_file import write_private_file

__all__ = [
    "WHAT_TO_DO",
    "HighWaterMark",
    "check_mark",
    "describe_replacement",
    "read_mark",
    "record_identity",
]

IDENTITY = ("system", "timeline", "entry_table")
WHAT_TO_DO = (
    "It may lack posts, and people would be texted twice. Nothing is sent: name the newest "
    "database in BULKSMS_LEDGER, or let `bulksms doctor --mend-ledger` accept this one, on every "
    "machine that sent from it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HighWaterMark:
    """A database, and how far it had got when this machine last looked.

    `entry` is the number of its newest entry, `wal_position` the bytes of log it had written.
    """

    system: str
    timeline: str
    entry_table: int
    entry: int
    wal_position: int


def read_mark(connection: sa.Connection, facts: ServerFacts) -> HighWaterMark:
    """Read how far a database has got."""
    newest = connection.scalar(sa.select(sa.func.max(entry.c.id)))
    return HighWaterMark(
        system=facts.system,
        timeline=facts.timeline or "",
        entry_table=facts.entry_table or 0,
        entry=int(newest or 0),
        wal_position=facts.wal_position or 0,
    )


def describe_replacement(
    expected: HighWaterMark | ServerFacts, actual: HighWaterMark | ServerFacts
) -> str | None:
    """Explain why a database is not the one that was known; None when it is."""
    if (expected.system, expected.entry_table) != (actual.system, actual.entry_table):
        return "was restored from a dump, or moved to another server"
    if expected.timeline != actual.timeline:
        return "is now on a standby that was promoted"
    if (actual.wal_position or 0) < (expected.wal_position or 0):
        return "is an older copy of the one this machine sent from"
    return None


def check_mark(connection: sa.Connection, now: HighWaterMark, file: Path, label: str) -> None:
    """Refuse a database that is not the one that the ledger, or this machine, knew.

    Raises:
        LedgerRolledBack: it is another one, or an older copy.
    """
    recorded = connection.execute(sa.select(server_identity)).mappings().one_or_none()
    seen = _load(file)
    problem = None
    if recorded is not None:
        accepted = replace(now, **{name: recorded[name] for name in IDENTITY})
        problem = describe_replacement(accepted, now)
    if seen is not None and problem is None:
        problem = describe_replacement(seen, now)
        if problem is None and now.entry < seen.entry:
            problem = "is an older copy of the one this machine sent from"
    if problem is not None:
        raise LedgerRolledBack(
            f"The ledger {label} {problem}. {WHAT_TO_DO}", code="ledger_rolled_back"
        )


def record_identity(connection: sa.Connection, now: HighWaterMark, file: Path) -> None:
    """Note in the ledger which database it is, and for this machine how far it has got."""
    values = {name: getattr(now, name) for name in IDENTITY}
    current = connection.execute(sa.select(server_identity)).mappings().one_or_none()
    if current is None or {name: current[name] for name in values} != values:
        # Of two programs that look at a new ledger at the same time, both write the same.
        row = insert(server_identity).values(id=1, **values)
        connection.execute(
            row.on_conflict_do_update(index_elements=[server_identity.c.id], set_=values)
        )
    write_private_file(file, [json.dumps(asdict(now)).encode()])


def _load(file: Path) -> HighWaterMark | None:
    """Read this machine's mark; one that cannot be read says nothing."""
    try:
        return HighWaterMark(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, JSONDecodeError, TypeError):
        return None
