"""Collects everything the ledger holds on one phone number, for an access request."""

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import parse_number
from bulksms.contacts.phones.search_pattern import search_pattern
from bulksms.errors import InputError
from bulksms.ledger import CampaignRecord, FrameRecord, Ledger, ledger_exists, open_ledger
from bulksms.results.campaign_report import class_of, mode_of
from bulksms.results.person_record import (
    PersonCampaign,
    PersonMessage,
    PersonOptOut,
    PersonRecord,
)
from bulksms.results.person_rows import PersonRow, find_person_rows
from bulksms.settings import Settings
from bulksms.use_cases.orders.sent_texts import finished_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read_number", "show_person"]


def read_number(text: str, region: str) -> int:
    """Read a typed number as the digits of E.164.

    Raises:
        InputError: it is not a number.
    """
    parsed = parse_number(text, region, LENIENT_RULES)
    if parsed.reason is not None:
        raise InputError(rejection_sentence(parsed.reason, text, region))
    return parsed.phone_number


def show_person(text: str, region: str, settings: Settings, now: datetime) -> PersonRecord:
    """Collect what is held on a number: messages, source rows, opt-outs.

    Raises:
        InputError: it is not a number.
        LedgerError: the ledger cannot be read.
    """
    number = read_number(text, region)
    if not ledger_exists(settings.home, settings.ledger):
        opt_out = PersonOptOut(opted_out=False)
        return PersonRecord(phone_number=f"+{number}", at=now, campaigns=(), opt_out=opt_out)
    with open_ledger(settings.home, settings.ledger) as ledger:
        ledger.pseudonyms.recognise(np.array([number], dtype=np.int64))
        every = (_campaign(ledger, record, number) for record in ledger.campaigns.all())
        campaigns = tuple(campaign for campaign in every if campaign is not None)
        return PersonRecord(
            phone_number=f"+{number}",
            at=now,
            campaigns=campaigns,
            opt_out=_opt_out(ledger, number),
            other_receipts=tuple(_other_receipts(ledger, campaigns, number)),
        )


def _other_receipts(
    ledger: Ledger, campaigns: "Iterable[PersonCampaign]", number: int
) -> "Iterator[tuple[str, str, str]]":
    """Yield the receipts about a number that belong to none of its messages."""
    tickets = {message.ticket for campaign in campaigns for message in campaign.messages}
    for receipt in ledger.receipts.of_number(number):
        if receipt.ticket not in tickets:
            yield receipt.ticket, receipt.status, receipt.date


def _campaign(ledger: Ledger, record: CampaignRecord, number: int) -> PersonCampaign | None:
    """Collect a person's part of a campaign; none where they are not in it."""
    messages = tuple(_messages(ledger, record, number))
    rows = tuple(_rows(ledger, record, number))
    if not messages and not rows:
        return None
    return PersonCampaign(
        name=record.name,
        mode=mode_of(record),
        begun_at=record.created_at,
        sender=record.parameters.get("sender"),
        purpose=record.parameters.get("purpose"),
        send_at=record.parameters.get("send_at"),
        files=tuple(record.parameters.get("files", ())),
        messages=messages,
        rows=rows,
        erased=not rows and all(message.text is None for message in messages),
    )


def _messages(ledger: Ledger, record: CampaignRecord, number: int) -> "Iterator[PersonMessage]":
    for frame in ledger.frame_queries.each(record.id):
        stored = ledger.frames.phone_numbers(record.id, frame.number)
        if frame.contacts and number in ledger.pseudonyms.resolve(stored):
            yield _message(ledger, frame, number)


def _message(ledger: Ledger, frame: FrameRecord, number: int) -> PersonMessage:
    texts = finished_texts(ledger.frames.body(frame.campaign_id, frame.number))
    return PersonMessage(
        frame=frame.number,
        outcome=class_of(frame),
        ticket=frame.ticket,
        text=texts.get(number),
        posted_at=frame.started_at,
        receipts=tuple(
            (each.status, each.date)
            for each in ledger.receipts.of_number(number)
            if each.ticket == frame.ticket
        ),
    )


def _rows(ledger: Ledger, record: CampaignRecord, number: int) -> list[PersonRow]:
    pattern = search_pattern(number)
    return [
        row
        for packed in ledger.campaigns.source_rows(record.id)
        for row in find_person_rows(packed, f"+{number}", pattern)
    ]


def _opt_out(ledger: Ledger, number: int) -> PersonOptOut:
    origin = ledger.opt_outs.origin_of(number)
    by_hash = len(ledger.opt_outs.known_by_hash(np.array([number], dtype=np.int64))) > 0
    return PersonOptOut(
        opted_out=origin is not None or by_hash,
        by_hash=origin is None and by_hash,
        is_held=any(stop.phone_number == number for stop in ledger.held_stops.all()),
        since=origin and origin[0],
        origin=origin and origin[1],
        changes=ledger.opt_outs.history_of(number),
    )
