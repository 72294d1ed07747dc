"""Frames in doubt as text and as JSON."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bulksms.count_words import count_of
from bulksms.ledger import Evidence
from bulksms.money import format_money, round_to_cents
from bulksms.octopush import Likelihood, likelihood
from bulksms.results import quoted
from bulksms.use_cases.orders.settle_doubt import FrameInDoubt

__all__ = [
    "doubt_as_json",
    "doubt_details",
    "doubt_details_as_json",
    "doubt_table",
    "price_text",
]

TICKETS_SHOWN = 3
NUMBERS_SHOWN = 5  # they are masked, so showing more of them does not help
LIKELIHOODS = {
    Likelihood.LIKELY_SENT: "likely sent",
    Likelihood.UNLIKELY_SENT: "unlikely sent",
    Likelihood.OPEN: "unknown",
}
HEADER = ("campaign", "frame", "rows", "contacts", "since", "likelihood", "why")


def doubt_as_json(doubt: FrameInDoubt) -> dict[str, Any]:
    """Return the figures of one frame; money as decimal strings, times in UTC."""
    frame = doubt.frame
    return {
        "campaign": doubt.campaign,
        "frame": frame.number,
        "state": frame.state.value,
        "first_row": frame.first_row,
        "last_row": frame.last_row,
        "contacts": frame.contacts,
        "since": _iso_time(frame.started_at),
        "lean": likelihood(frame.message, frame.code).value,
        "code": frame.code,
        "why": frame.message,
        "sms_ticket": frame.ticket,
        "cost": None if doubt.cost is None else format_money(doubt.cost),
    }


def doubt_details_as_json(doubt: FrameInDoubt) -> dict[str, Any]:
    """Return everything about one frame; numbers are masked."""
    frame = doubt.frame
    return doubt_as_json(doubt) | {
        "wave": frame.wave,
        "attempts": frame.attempts,
        "request_id": frame.request_id,
        "digest": frame.digest,
        "numbers": list(doubt.numbers),
        "receipts": [
            {
                "sms_ticket": each.ticket,
                "people": each.reported,
                "others": each.strangers,
                "proof": each.is_proof,
            }
            for each in doubt.evidence
        ],
        "entries": [
            {
                "at": _iso_time(entry.at),
                "state": entry.state.value,
                "request_id": entry.request_id,
                "code": entry.code,
                "message": entry.message,
            }
            for entry in doubt.entries
        ],
    }


def doubt_table(doubts: Sequence[FrameInDoubt]) -> list[str]:
    """Lay frames out in columns; the reason is last and is never cut."""
    lines = [HEADER, *(_cells(doubt) for doubt in doubts)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADER) - 1)]
    return [
        "  ".join([*(cell.ljust(wide) for cell, wide in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    ]


def _cells(doubt: FrameInDoubt) -> tuple[str, ...]:
    frame = doubt.frame
    return (
        doubt.campaign,
        str(frame.number),
        f"{frame.first_row}-{frame.last_row}",
        str(frame.contacts),
        _time(frame.started_at),
        LIKELIHOODS[likelihood(frame.message, frame.code)],
        frame.message,
    )


def doubt_details(doubt: FrameInDoubt) -> list[str]:
    """Describe one frame and what the operator can do."""
    frame = doubt.frame
    contacts, more = count_of(frame.contacts, "contact"), len(doubt.numbers) - NUMBERS_SHOWN
    numbers = ", ".join(doubt.numbers[:NUMBERS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    lines = [
        f"Frame {frame.number} of {doubt.campaign}: {frame.state.replace('_', ' ')}",
        f"  rows:       {frame.first_row} to {frame.last_row}, {contacts}",
        f"  numbers:    {numbers}",
        f"  request id: {frame.request_id}",
        f"  digest:     {frame.digest}",
        f"  ticket:     {frame.ticket or 'unknown'}",
        f"  cost:       {price_text(doubt.cost)}",
    ]
    if frame.state == "in_doubt":
        lines.append(f"  likelihood: {LIKELIHOODS[likelihood(frame.message, frame.code)]}")
    lines.append(f"  attempts:   {frame.attempts}")
    lines += [
        f"    {_time(entry.at)} {_entry_text(entry.state, entry.message)}"
        for entry in doubt.entries
    ]
    if frame.state != "in_doubt":
        return lines
    return [*lines, *map(_receipts_text, doubt.evidence[:TICKETS_SHOWN]), *_choices(doubt)]


def _receipts_text(evidence: Evidence) -> str:
    """Describe what the receipts of a ticket prove, or why they do not."""
    came = (
        f"Receipts with the ticket {evidence.ticket} came for {evidence.reported:,} of its "
        f"{count_of(evidence.members, 'person', 'people')}"
    )
    if evidence.is_proof:
        return f"{came}, and for no one else, so it was sent: the next `bulksms resume` records it."
    if evidence.strangers:
        return (
            f"{came} and for {count_of(evidence.strangers, 'other')}, "
            "so the ticket may be another frame's."
        )
    if evidence.rivals:
        return f"{came}, but other frames in doubt have some of them too, so it proves nothing."
    return f"{came}, and for no one else, so it was probably sent."


def _entry_text(state: str, message: str) -> str:
    name = "posting" if state == "intent" else state.replace("_", " ")
    return f"{name}: {message}" if message else name


def _choices(doubt: FrameInDoubt) -> list[str]:
    frame = doubt.frame
    target = f"{quoted(doubt.campaign)} {frame.number}"
    contacts, at = count_of(frame.contacts, "contact"), _time(frame.started_at)
    return [
        f"Look in the Octopush console for {contacts} at about {at}. Then:",
        f"  it is listed:          bulksms doubt mark-sent {target} --ticket {_ticket(doubt)}",
        f"  give it up:            bulksms doubt drop {target}",
        f"  send it again anyway:  bulksms doubt resend {target}",
    ]


def _ticket(doubt: FrameInDoubt) -> str:
    """Return the ticket that receipts suggest, otherwise a placeholder."""
    likely = [each.ticket for each in doubt.evidence if not each.strangers and not each.rivals]
    return likely[0] if len(likely) == 1 else "TICKET"


def price_text(cost: Decimal | None) -> str:
    """Describe what a frame costs, where it is known."""
    return "an unknown amount" if cost is None else f"about {round_to_cents(cost):,} EUR"


def _iso_time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "an unknown time"
