"""The answer to an access request: a text for the person, or JSON for another program."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bulksms import __version__
from bulksms.output.whole_file import whole_file
from bulksms.results.person_record import PersonCampaign, PersonMessage, PersonOptOut, PersonRecord
from bulksms.results.person_words import person_words

__all__ = ["person_as_json", "person_as_text", "write_person"]


def person_as_text(record: PersonRecord, language: str) -> str:
    """Write a record as a text in one of the languages of the reports."""
    words = person_words(language)
    return "\n".join(_lines(record, words)) + "\n"


def person_as_json(record: PersonRecord) -> dict[str, Any]:
    """Return a record as a JSON object."""
    opt_out = record.opt_out
    return {
        "phone_number": record.phone_number,
        "at": record.at.isoformat(),
        "campaigns": [_campaign_as_json(campaign) for campaign in record.campaigns],
        "other_receipts": [
            {"ticket": ticket, "status": status, "date": date}
            for ticket, status, date in record.other_receipts
        ],
        "opt_out": {
            "opted_out": opt_out.opted_out,
            "by_hash": opt_out.by_hash,
            "held": opt_out.is_held,
            "since": _iso(opt_out.since),
            "origin": opt_out.origin,
            "changes": [
                {"at": at.isoformat(), "opted_out": change == "+"} for at, change in opt_out.changes
            ],
        },
    }


def write_person(path: Path, record: PersonRecord, language: str) -> None:
    """Write a record to a private file: JSON when `path` ends in .json, else the text.

    Raises:
        InputError: the file cannot be written.
    """
    as_json = path.suffix.lower() == ".json"
    with whole_file(path, "utf-8" if as_json else "utf-8-sig") as file:
        if as_json:
            json.dump(person_as_json(record), file, ensure_ascii=False, indent=2)
        else:
            file.write(person_as_text(record, language))


def _lines(record: PersonRecord, words: Mapping[str, str]) -> Iterator[str]:
    title = words["title"] % {"number": record.phone_number}
    yield from (title, "=" * len(title), "")
    yield words["made"] % {"at": _moment(record.at), "version": __version__}
    if record.is_empty:
        yield from ("", words["nothing"])
        return
    yield from _heading(words["messages"])
    if not record.campaigns:
        yield words["no_messages"]
    for index, campaign in enumerate(record.campaigns):
        yield from ("",) if index else ()
        yield from _campaign_lines(campaign, words)
    if record.other_receipts:
        yield from ("", words["other_receipts"])
    for _, status, date in record.other_receipts:
        yield from _values(words, receipt=f"{status} {date}".rstrip())
    yield from _heading(words["opt_out"])
    yield from _opt_out_lines(record.opt_out, words)
    yield from _heading(words["elsewhere"])
    yield from (words["octopush"], words["lists"])


def _heading(title: str) -> tuple[str, ...]:
    return "", title, "-" * len(title), ""


def _campaign_lines(campaign: PersonCampaign, words: Mapping[str, str]) -> Iterator[str]:
    yield words["campaign"] % {"name": campaign.name, "at": _moment(campaign.begun_at)}
    if campaign.mode in {"rehearsal", "simulation"}:
        yield f"  {words[campaign.mode]}"
    if campaign.erased:
        yield f"  {words['erased']}"
    yield from _values(
        words,
        sender=campaign.sender,
        purpose=words.get(campaign.purpose or "", campaign.purpose),
        send_at=campaign.send_at,
    )
    for message in campaign.messages:
        yield from _message_lines(message, words)
    for file in campaign.files:
        yield f"  {_pair(words, words['file'], file)}"
    for row in campaign.rows:
        reason = "" if row.phone_number else f" ({_pair(words, words['left_out'], row.reason)})"
        yield f"  {words['row'] % {'row': row.row}}{reason}"
        yield from (f"    {_pair(words, header, cell)}" for header, cell in row.cells)


def _message_lines(message: PersonMessage, words: Mapping[str, str]) -> Iterator[str]:
    yield from _values(
        words,
        text=message.text,
        state=words[message.outcome],
        posted_at=_moment(message.posted_at) if message.posted_at else None,
        ticket=message.ticket,
    )
    for status, date in message.receipts:
        yield from _values(words, receipt=f"{status} {date}".rstrip())


def _values(words: Mapping[str, str], **values: str | None) -> Iterator[str]:
    for name, value in values.items():
        if value:
            first, *more = value.splitlines()
            yield f"  {_pair(words, words[name], first)}"
            yield from (f"    {line}" for line in more)


def _pair(words: Mapping[str, str], name: str, value: str) -> str:
    return words["pair"] % {"name": name, "value": value}


def _opt_out_lines(opt_out: PersonOptOut, words: Mapping[str, str]) -> Iterator[str]:
    yield words["opted_out" if opt_out.opted_out else "not_opted_out"]
    if opt_out.by_hash:
        yield words["by_hash"]
    if opt_out.since is not None:
        yield words["since"] % {"at": _moment(opt_out.since), "origin": opt_out.origin}
    if opt_out.is_held:
        yield words["held"]
    for at, change in opt_out.changes:
        yield words["added" if change == "+" else "removed"] % {"at": _moment(at)}


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _campaign_as_json(campaign: PersonCampaign) -> dict[str, Any]:
    return {
        "campaign": campaign.name,
        "mode": campaign.mode,
        "begun_at": campaign.begun_at.isoformat(),
        "sender": campaign.sender,
        "purpose": campaign.purpose,
        "send_at": campaign.send_at,
        "files": list(campaign.files),
        "erased": campaign.erased,
        "messages": [
            {
                "text": message.text,
                "class": message.outcome,
                "frame": message.frame,
                "ticket": message.ticket,
                "posted_at": _iso(message.posted_at),
                "receipts": [{"status": status, "date": date} for status, date in message.receipts],
            }
            for message in campaign.messages
        ],
        "rows": [
            {
                "row": row.row,
                "cells": [{"header": header, "value": cell} for header, cell in row.cells],
                "texted": bool(row.phone_number),
                "reason": row.reason or None,
            }
            for row in campaign.rows
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
