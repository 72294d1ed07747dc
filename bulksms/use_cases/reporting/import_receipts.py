"""Reads a file of delivery receipts that was exported elsewhere, and keeps them in the ledger."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from bulksms.errors import LoadError, MappingError
from bulksms.ledger import ReceiptRecord, open_ledger
from bulksms.loader import Sheet, open_sheets
from bulksms.octopush.callbacks import (
    DELIVERY_DATES,
    NUMBER_NAMES,
    STATUS_NAMES,
    TICKET_NAMES,
    Callback,
    CallbackKind,
    read_callback,
    read_number,
)
from bulksms.octopush.delivery_states import known_status
from bulksms.settings import Settings

__all__ = ["ImportedReceipts", "import_receipts"]

BATCH = 20_000  # receipts in one transaction, which a receiver waits for
JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedReceipts:
    """How many receipts files held, how many were new, and lines that are none."""

    receipts: int
    new: int
    unreadable: int


def import_receipts(files: Sequence[Path], settings: Settings, now: datetime) -> ImportedReceipts:
    """Keep the receipts of files in the ledger; repeated ones change nothing.

    Raises:
        LoadError: a file cannot be read.
        MappingError: a table lacks the columns of a receipt.
    """
    records: list[ReceiptRecord] = []
    unreadable = 0
    for path in files:
        of_file, rest = _read(path)
        records += of_file
        unreadable += rest
    with open_ledger(settings.home, settings.ledger) as ledger:
        new = sum(
            ledger.receipts.add(records[start : start + BATCH], now)
            for start in range(0, len(records), BATCH)
        )
    return ImportedReceipts(receipts=len(records), new=new, unreadable=unreadable)


def _read(path: Path) -> tuple[list[ReceiptRecord], int]:
    if path.suffix.lower() in JSON_SUFFIXES:
        callbacks = [read_callback(payload) for payload in _payloads(path)]
        records = [_record(each) for each in callbacks if each is not None and _is_delivery(each)]
        return records, len(callbacks) - len(records)
    tables = [_table(sheet) for sheet in open_sheets(str(path))]
    rows = pd.concat(tables, ignore_index=True)
    good = rows[(rows["number"] > 0) & (rows["status"] != "") & (rows["ticket"] != "")]
    records = [
        ReceiptRecord(ticket=ticket, phone_number=number, status=status, date=date)
        for ticket, number, status, date in zip(
            *(good[name].tolist() for name in ("ticket", "number", "status", "date")), strict=True
        )
    ]
    return records, len(rows) - len(good)


def _payloads(path: Path) -> Iterator[Mapping[str, object]]:
    """Read a file of one JSON list, or of one JSON object in each line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        whole = text.lstrip().startswith("[")
        values: Iterable[object] = (
            json.loads(text) if whole else map(json.loads, filter(str.strip, text.splitlines()))
        )
        yield from (value for value in values if isinstance(value, dict))
    except (OSError, ValueError, RecursionError) as error:
        raise LoadError(
            f"The receipts in {path} cannot be read ({error}): give a table, or JSON with one "
            "object in each line."
        ) from None


def _is_delivery(callback: Callback) -> bool:
    return callback.kind is CallbackKind.DELIVERY and callback.ticket != ""


def _record(callback: Callback) -> ReceiptRecord:
    return ReceiptRecord(
        ticket=callback.ticket,
        phone_number=callback.phone_number,
        status=callback.status,
        date=callback.date,
    )


def _table(sheet: Sheet) -> pd.DataFrame:
    """Return ticket, number, status and date of every row; 0 and empty where they are missing."""
    positions = {
        re.sub(r"\W+", "_", name.strip().lower()): at for at, name in enumerate(sheet.header)
    }
    columns = {
        "ticket": _column(sheet, positions, TICKET_NAMES),
        "number": _column(sheet, positions, NUMBER_NAMES),
        "status": _column(sheet, positions, STATUS_NAMES),
        "date": _column(sheet, positions, DELIVERY_DATES, optional=True),
    }
    table = pd.DataFrame(columns)
    for name, read in (("number", _number), ("status", _status)):
        distinct = {text: read(text) for text in table[name].unique()}
        table[name] = table[name].map(distinct)
    return table


def _number(text: str) -> int:
    return read_number(text) or 0


def _status(text: str) -> str:
    return known_status(text) if text else ""


def _column(
    sheet: Sheet, positions: Mapping[str, int], names: tuple[str, ...], *, optional: bool = False
) -> "pd.Series[str]":
    at = next((positions[name] for name in names if name in positions), None)
    if at is None and not optional:
        raise MappingError(
            f"No column of {sheet.source.path} is called {' or '.join(names)}: a file of receipts "
            f"needs {TICKET_NAMES[0]}, {NUMBER_NAMES[0]} and {STATUS_NAMES[0]}."
        )
    if at is None:
        return pd.Series([""] * len(sheet.rows), dtype="str")
    cells: pd.Series[str] = sheet.rows.column(at).to_pandas().astype("str")
    return cells.str.strip()
