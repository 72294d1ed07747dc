"""Sensible values for tests, any of them overridden by keyword."""
# ruff: noqa: ANN401  a keyword is whatever the field is

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from bulksms.campaign import Frame
from bulksms.chunker import SCHEMA
from bulksms.clock import Clock, SystemClock
from bulksms.contacts import Contact
from bulksms.ledger import (
    CampaignRecord,
    CampaignTotals,
    FrameRecord,
    FrameState,
    Ledger,
    NewCampaign,
    migrations,
    open_ledger,
)
from bulksms.ledger.campaigns.read_totals import read_totals
from bulksms.ledger.location import ledger_file, make_private_folder
from bulksms.ledger.recovery.reconcile import identify_new_ledger
from bulksms.ledger.schema.tables import entry, frame, metadata
from bulksms.ledger.sqlite import SqliteStorage

_CONTACT = Contact(row=2, phone_number="+33639980101", first_name="Éloïse", last_name="Marchand")

_CAMPAIGN = CampaignRecord(
    id=1,
    name="spring",
    digest="c" * 64,
    text_digest="t" * 64,
    state="done",
    created_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    parameters={"text": "Bonjour"},
    counts={"rows": 1000, "sendable": 930, "rejected": 40, "duplicates": 20, "opted_out": 10},
    rehearsal=False,
)

_RECORD = FrameRecord(
    campaign_id=1,
    number=1,
    state=FrameState.ACCEPTED,
    first_row=2,
    last_row=311,
    contacts=310,
    request_id="bs1-aaaa",
    digest="f" * 64,
    ticket="sms_1",
    number_of_contacts=310,
    number_of_sms_needed=620,
    total_cost=Decimal("27.9"),
    residual_credit=Decimal("72.1"),
    message="OK",
    attempts=1,
    started_at=datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC),
    finished_at=datetime(2026, 3, 1, 9, 0, 2, tzinfo=UTC),
)


def a_contact(**changes: Any) -> Contact:
    """Return someone who can be texted."""
    return _CONTACT._replace(**changes)


def a_frame(*people: Contact) -> Frame:
    """Return a frame of these contacts."""
    columns = dict(zip(Contact._fields, zip(*people, strict=True), strict=True))
    numbers = [int(number) for number in columns["phone_number"]]
    return Frame(number=1, table=pa.table({**columns, "phone_number": numbers}, SCHEMA))


def pack(*phone_numbers: int) -> bytes:
    """Pack numbers like a frame does."""
    return b"".join(number.to_bytes(8, "little") for number in phone_numbers)


def a_campaign(**changes: Any) -> CampaignRecord:
    """Return a finished campaign as the ledger knows it."""
    return replace(_CAMPAIGN, **changes)


def a_frame_record(**changes: Any) -> FrameRecord:
    """Return an accepted frame as the ledger knows it."""
    return replace(_RECORD, **changes)


def an_unposted_frame(**changes: Any) -> FrameRecord:
    """Return a frame that nothing was answered to."""
    nothing = {
        "state": FrameState.PLANNED,
        "ticket": None,
        "number_of_contacts": None,
        "number_of_sms_needed": None,
        "total_cost": None,
        "residual_credit": None,
        "message": "",
        "attempts": 0,
        "started_at": None,
        "finished_at": None,
    }
    return replace(_RECORD, **(nothing | changes))


@cache
def _engine_in_memory() -> sa.Engine:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine, tables=[frame, entry])
    return engine


def totals_of(frames: Iterable[FrameRecord]) -> CampaignTotals:
    """Sum up frames as a ledger that holds them does."""
    records = list(frames)
    names = [column.name for column in frame.c]
    rows = [{name: getattr(each, name) for name in names} for each in records]
    shared = ("campaign_id", "number", "request_id", "digest")
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    doubts = [
        {name: row[name] for name in shared} | {"at": now, "state": "in_doubt"}
        for each, row in zip(records, rows, strict=True)
        if each.doubted
    ]
    with _engine_in_memory().connect() as connection:  # nothing is committed
        for table, values in ((frame, rows), (entry, doubts)):
            if values:
                connection.execute(sa.insert(table), values)
        return read_totals(connection, 1)


def new_campaign(name: str = "spring", **fields: Any) -> NewCampaign:
    return replace(
        NewCampaign(
            name=name, digest="d", text_digest="t", parameters={}, counts={}, rehearsal=False
        ),
        **fields,
    )


def with_parts(ledger: Ledger, **parts: Any) -> Ledger:
    """Return the same ledger with some of its parts replaced."""
    changed = copy(ledger)
    for name, part in parts.items():
        setattr(changed, name, part)
    return changed


@cache
def _empty_tables() -> bytes:
    """Make the tables of a ledger once: they take most of the time of many a test."""
    with TemporaryDirectory() as folder:
        storage = SqliteStorage(ledger_file(Path(folder), None), SystemClock())
        with storage.writing() as connection:
            migrations.upgrade(connection)
        storage.close()
        return storage.file.read_bytes()


def ledger_in(home: Path, url: str | None = None, clock: Clock | None = None) -> Ledger:
    """Open a ledger in a folder, or on a server; a new one has its tables already."""
    file = ledger_file(home, None)
    if url is None and file.exists():
        return open_ledger(home, clock=clock)
    if url is None:
        make_private_folder(home)
        file.write_bytes(_empty_tables())
    ledger = open_ledger(home, url, clock)
    identify_new_ledger(ledger._storage)  # noqa: SLF001 - its tables were made by hand
    return ledger


def edit_by_hand(ledger: Ledger, statement: str, **values: object) -> None:
    """Change a ledger behind its back, by SQL."""
    with ledger._storage.writing() as connection:  # noqa: SLF001 - what no one else may do
        connection.execute(sa.text(statement), values)


def witness_of(ledger: Ledger) -> Path:
    """Return the witness beside a ledger, or beside the local name of a server's."""
    file = ledger._storage.file  # noqa: SLF001
    return file.with_name(f"{file.name}.intents")
